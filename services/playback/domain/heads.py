"""Where watches' chains ended on a day, and whether what is there now still holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.kit.days import Days
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Finding, Leg

SERVICE = "playback"


@dataclass(frozen=True)
class ChainHead:
    """Where a watch's chain ended: number of legs, last MAC. No legs: the watch was gone."""

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    number: int
    legs: int
    mac: str


@dataclass(frozen=True)
class DatedHead:
    """A head, and the day of which it is."""

    day: date
    head: ChainHead


def head_in(value: Mapping[str, Any]) -> ChainHead:
    """The head in a document's value. Raises TypeError where it is none."""
    return ChainHead(**value)


def verify_heads(legs: Sequence[Leg], heads: Sequence[DatedHead]) -> list[Finding]:
    """Checks a chain against heads of some days: what was there must still be there."""
    return [Finding(dated.head.legs, problem) for dated in heads for problem in _head_problems(legs, dated)]


def verify_noted(grown_on: str, legs: int, heads: Sequence[DatedHead], sealed: Days | None) -> list[Finding]:
    """Checks that the heads have a chain of the last day on which it grew, as a note of that day made sure.

    Args:
        grown_on: what the attempt's seal says.
        heads: the chain's, of the sealed days.
        sealed: the days of which the documents are known; None where none is.
    """
    if not sealed or not grown_on or not sealed.first <= date.fromisoformat(grown_on) <= sealed.last:
        return []
    if any(dated.day.isoformat() == grown_on for dated in heads):
        return []
    return [Finding(legs, f"grew on {grown_on}, and the heads of that day do not have it: its note was removed")]


def _head_problems(legs: Sequence[Leg], dated: DatedHead) -> list[str]:
    head = dated.head
    if head.legs == 0:
        return [f"the watch was gone when the heads of {dated.day} were logged"]
    if head.legs > len(legs):
        return [f"was the head of {dated.day} and is gone: the chain was cut together with its head"]
    if legs[head.legs - 1].mac != head.mac:
        return [f"is not the leg that was the head of {dated.day}"]
    return []
