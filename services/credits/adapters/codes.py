"""Random codes and places, from the operating system's generator."""

import secrets

from services.credits.domain import access
from services.credits.domain.attestations import CODE_LENGTH, STATUS_LIST_LENGTH
from services.kit.read_codes import ALPHABET


class RandomCodes:
    """What nobody can guess."""

    def new(self) -> str:
        """A fresh code."""
        return _random(CODE_LENGTH)

    def recovery(self) -> str:
        """A fresh recovery code."""
        return _random(access.CODE_LENGTH)

    def digits(self, count: int) -> str:
        """So many random digits."""
        return "".join(secrets.choice("0123456789") for _ in range(count))

    def place(self) -> int:
        """A place in a status list, each as likely."""
        return secrets.randbelow(STATUS_LIST_LENGTH)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
