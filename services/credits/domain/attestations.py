"""Certificates of completion ("attestations"; `certificates` are what learners hold and are recertified for)."""

from collections.abc import Sequence
from datetime import date, datetime

from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Entry, Kind
from services.kit.kinds import ID_ONLY, stored
from services.kit.read_codes import ALPHABET, as_read

CODE_LENGTH = 28
"""140 random bits: nobody finds a code by trying."""
_GROUP = 4

STATUS_LIST_LENGTH = 131_072
"""Places in a status list: the smallest that the W3C's specification allows, so that one's neighbours hide one."""


@stored(shape=1, personal=ID_ONLY)
class Attestation:
    """What was issued for one award, once. What it certifies is the ledger's entry; the name on it is kept apart.

    `status_list` (the day of issue, Asia/Shanghai) and `status_index` are its place among the published revocations.
    """

    code: str
    learner_id: LearnerId
    entry_id: EntryId
    entry_number: int
    issued_at: datetime
    status_list: date
    status_index: int


def award_of(entries: Sequence[Entry], entry_id: EntryId) -> Entry | None:
    """The award with this id; None where the ledger has none."""
    return next((entry for entry in entries if entry.entry_id == entry_id and entry.kind is Kind.AWARD), None)


def written(code: str) -> str:
    """A code as it is printed: in groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read(text: str) -> str | None:
    """The code that somebody typed, however they wrote it; None where it cannot be one."""
    code = as_read(text)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None
