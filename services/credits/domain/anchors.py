"""Anchors: each day's heads of the ledgers that grew, kept where nobody can change them, each bound to the day before.

A ledger that was rolled back together with its own head agrees with itself; it no longer agrees with an anchor made
before. The heads carry their seals, so an anchor that somebody else wrote is found by its heads.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from services.credits.domain.ledger import Entry, Head

FORMAT = "xueshi.ledger-anchor/1"

FIRST_ANCHOR = ""
"""What the first anchor names as the digest of the anchor before it."""


@dataclass(frozen=True)
class Anchor:
    """The heads of the ledgers that grew on a day (Asia/Shanghai); `previous`: SHA-256 of the anchor before."""

    day: date
    previous: str
    heads: tuple[Head, ...]


def anchor_text(anchor: Anchor) -> bytes:
    """The anchor as it is kept: canonical JSON."""
    content: dict[str, Any] = {**asdict(anchor), "format": FORMAT, "day": anchor.day.isoformat()}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_anchor(text: bytes) -> Anchor:
    """The anchor in a text. Raises KeyError, TypeError or ValueError where it is none."""
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"unknown format {content['format']}")
    heads = tuple(Head(**head) for head in content["heads"])
    return Anchor(date.fromisoformat(content["day"]), content["previous"], heads)


def rolled_back_at(entries: Sequence[Entry], heads: Sequence[Head]) -> int | None:
    """The number of the first anchored entry that is gone or another one; None where all that was anchored is there."""
    missing = [head.count for head in heads if not _holds(entries, head)]
    return min(missing, default=None)


def _holds(entries: Sequence[Entry], head: Head) -> bool:
    if head.count == 0:
        return True
    return head.count <= len(entries) and entries[head.count - 1].mac == head.last_mac
