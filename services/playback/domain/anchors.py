"""Anchors: each day's heads of the chains that grew, kept where nobody can change them, each bound to the day before.

A chain that was cut together with its own head agrees with itself; it no longer agrees with an anchor made before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from services.kit.days import ONE_DAY
from services.playback.domain.ids import LearnerId, WatchId
from services.playback.domain.legs import Finding, Leg

FORMAT = "xueshi.anchor/1"

FIRST_ANCHOR = ""
"""What the first anchor names as the digest of the anchor before it."""


@dataclass(frozen=True)
class ChainHead:
    """Where a watch's chain ended when it was anchored: number of legs, last MAC. No legs: the watch was gone."""

    watch_id: WatchId
    learner_id: LearnerId
    legs: int
    mac: str


@dataclass(frozen=True)
class Anchor:
    """The heads of the watches that got legs on a day (Asia/Shanghai, ISO); `previous`: SHA-256 of the one before."""

    day: str
    previous: str
    heads: tuple[ChainHead, ...]


def anchor_document(anchor: Anchor) -> dict[str, Any]:
    """The anchor as JSON values."""
    return {"format": FORMAT, **asdict(anchor)}


def anchor_of(document: Mapping[str, Any]) -> Anchor:
    """The anchor in a document. Raises KeyError, TypeError or ValueError where it is none."""
    if document["format"] != FORMAT:
        raise ValueError(f"unknown format {document['format']}")
    heads = tuple(ChainHead(**head) for head in document["heads"])
    return Anchor(document["day"], document["previous"], heads)


def next_day(day: str) -> str:
    """The day after, ISO."""
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


def link_problems(before: tuple[str, str] | None, day: str, anchor: Anchor) -> list[str]:
    """How an anchor kept for a day does not follow the one before it (its day and digest; None: it is the first)."""
    checks = {
        f"the anchor of {day} says that it is of {anchor.day}": anchor.day != day,
        f"the anchor of {day} does not follow the one before it": anchor.previous
        != (before[1] if before else FIRST_ANCHOR),
        f"anchors are missing before {day}": before is not None and next_day(before[0]) != day,
    }
    return [problem for problem, found in checks.items() if found]


def verify_anchored(legs: Sequence[Leg], heads: Sequence[tuple[str, ChainHead]]) -> list[Finding]:
    """Checks a chain against the heads that anchors of some days name: what was anchored must still be there."""
    return [Finding(head.legs, problem) for day, head in heads for problem in _head_problems(legs, day, head)]


def _head_problems(legs: Sequence[Leg], day: str, head: ChainHead) -> list[str]:
    if head.legs == 0:
        return [f"the watch was gone when the chains of {day} were anchored"]
    if head.legs > len(legs):
        return [f"was anchored on {day} and is gone: the chain was cut together with its head"]
    if legs[head.legs - 1].mac != head.mac:
        return [f"is not the leg that was anchored on {day}"]
    return []
