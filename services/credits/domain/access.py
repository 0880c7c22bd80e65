"""Codes to keep for the day on which the device with the second factor is gone."""

import hashlib

from services.credits.domain.ids import LearnerId
from services.kit.read_codes import as_read

RECOVERY_CODES = 10
"""How many there are."""
CODE_LENGTH = 16
"""Characters of base 32: 80 random bits, which nobody guesses, so that a plain hash hides them."""
_GROUP = 4


def code_hash(person_id: LearnerId, code: str) -> str:
    """What is kept of a code: of the same code of somebody else it is another. Read as people write it."""
    return hashlib.sha256(f"{person_id}:{as_read(code)}".encode()).hexdigest()


def written_code(code: str) -> str:
    """A code as people read it: "ABCD-EFGH-JKMN-PQRS"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
