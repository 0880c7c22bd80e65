"""Where ledgers ended on a day, and whether what is there now still holds it.

The heads carry their seals, so heads that somebody else wrote are found by themselves, too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.credits.domain.ledger import Entry, Head
from services.kit.days import Days

SERVICE = "credits"


def head_in(value: Mapping[str, Any]) -> Head:
    """The head in a document's value. Raises TypeError where it is none."""
    return Head(**value)


def rolled_back(entries: Sequence[Entry], heads: Sequence[Head]) -> list[int]:
    """The numbers of the entries that were the last of their day and are gone or other ones, each once."""
    return sorted({head.count for head in heads if not _holds(entries, head)})


def unnoted(entries: Sequence[Entry], heads: Sequence[Head], sealed: Days | None) -> list[int]:
    """The last entry of the sealed days, where none of their heads reaches it: its posting was removed on its day.

    Args:
        heads: the ledger's in the documents of those days; None where the documents of no day are known.
    """
    if sealed is None:
        return []
    last = max((entry.number for entry in entries if entry.at in sealed), default=0)
    return [last] if last > max((head.count for head in heads), default=0) else []


def _holds(entries: Sequence[Entry], head: Head) -> bool:
    if head.count == 0:
        return True
    return head.count <= len(entries) and entries[head.count - 1].mac == head.last_mac
