"""Random codes and places, from the operating system's generator."""

import secrets

from services.credits.domain.attestations import CODE_LENGTH, STATUS_LIST_LENGTH
from services.kit.read_codes import ALPHABET


class RandomCodes:
    """What nobody can guess."""

    def new(self) -> str:
        """A fresh code."""
        return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))

    def place(self) -> int:
        """A place in a status list, each as likely."""
        return secrets.randbelow(STATUS_LIST_LENGTH)
