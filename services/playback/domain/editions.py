"""Rules as data with effective dates: which edition holds on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Edition(Protocol):
    """Rules that hold from a day on, until a later edition does."""

    @property
    def effective_from(self) -> date:
        """The first day."""


E = TypeVar("E", bound=Edition)


def in_force(editions: Iterable[E], day: date) -> E:
    """The edition that holds on this day (Asia/Shanghai). Raises LookupError before the first one."""
    begun = [edition for edition in editions if edition.effective_from <= day]
    if not begun:
        raise LookupError(f"no edition in force on {day}")
    return max(begun, key=lambda edition: edition.effective_from)
