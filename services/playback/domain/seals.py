"""Seals: MACs over the items that decide of a watch beside its legs: the attempt, the live item, the course it pins.

A seal covers every member of its item but itself. Members at their default are left out, so that one that is added
later changes no old seal; it stays at its default for a release, since code that does not know it seals without it.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from services.kit.json_text import canonical
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import LearnerId
from services.playback.domain.legs import Leg, Pins, pins_of
from services.playback.domain.policy import policy_in_force
from services.playback.domain.watch import Attempt, LegKind, Live, Prompt, day_of

ATTEMPT_PURPOSE = "attempt"
LIVE_PURPOSE = "live"
COURSE_PURPOSE = "course"
"""What the keys are used for."""

SEALED_SINCE = int(datetime(2027, 3, 1, tzinfo=UTC).timestamp() * 1000)
"""By then release 1.0.0, which seals nothing, runs nowhere. What it left is taken without a seal for ever, if the last
of its legs, which it signed, is from before; and until then what it writes beside newer code."""

Published = tuple[str, int, Decimal]
"""A version that is published, its duration (ms) and highest rate."""


def attempt_message(attempt: Attempt) -> bytes:
    """What an attempt's seal covers."""
    return _message(attempt, Attempt, attempt.learner_id)


def live_message(learner_id: LearnerId, live: Live) -> bytes:
    """What a live item's seal covers; it is bound to the learner, whom the item does not name."""
    return _message(live, Live, learner_id)


def course_message(course: Course) -> bytes:
    """What the seal of a course covers, as the catalogue told of it."""
    return _message(course, Course, course.course_id)


def _message(item: Attempt | Live | Course, kind: type, owner: str) -> bytes:
    told = _told(item, kind)
    told.pop("seal", None)
    return canonical([owner, told]).encode()


def _told(value: object, kind: type) -> dict[str, Any]:
    members = ((name, getattr(value, name), default) for name, default in _defaults(kind))
    return {name: _plain(member) for name, member, default in members if member != default}


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _plain(value: object) -> object:
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, Decimal):
        return str(value)
    return _told(value, Prompt if isinstance(value, Prompt) else Entitlement)


def session_problems(attempt: Attempt, live: Live, prompts: Sequence[int]) -> list[str]:
    """How a live item cannot have followed from its attempt by beats alone: all else would have left a leg."""
    upcoming = next(iter(prompts[max(0, live.confirmed) :]), live.duration_ms)
    reachable = range(attempt.furthest_ms, (attempt.furthest_ms if live.prompt else upcoming) + 1)
    checks = {
        "is another watch": live.watch_id != attempt.watch_id,
        "has another head": (live.legs, live.head_mac) != (attempt.legs, attempt.head_mac),
        "has other pins": _pinned(live) != _pinned(attempt),
        "is at another prompt": (live.confirmed, live.completed_at) != (attempt.confirmed, attempt.completed_at),
        "is credited what no beat credits": live.furthest_ms not in reachable and live.completed_at is None,
    }
    return [f"the live item {problem}" for problem, found in checks.items() if found]


def _pinned(watch: Attempt | Live) -> tuple[object, ...]:
    return (watch.course_id, watch.content_version, watch.policy_id, watch.key_id, watch.duration_ms, watch.max_rate)


def attempt_problems(attempt: Attempt, legs: Sequence[Leg], published: Published | None) -> list[str]:
    """Where an attempt is not what its signed legs say, which stand in for a seal where it has none that fits.

    Args:
        legs: all there are; they were verified against the attempt's head.
        published: legs of release 1.0.0 say no pins; figures of the version speak for them, if it is still published.
    """
    facts = [leg.facts for leg in legs]
    last, pinned = facts[-1], [leg.pins for leg in facts if leg.pins is not None]
    asked = last.prompt_index if last.kind is not LegKind.PROMPT_CONFIRMED else None
    completed = [leg.at for leg in facts if leg.kind is LegKind.COMPLETED]
    named = (attempt.learner_id, attempt.course_id, attempt.content_version)
    checks = {
        "learner, course or version": any((f.learner_id, f.course_id, f.content_version) != named for f in facts),
        "pins": not (_are_pinned(attempt, pinned[-1]) if pinned else _are_plausible(attempt, legs[0], published)),
        "start": attempt.started_at != facts[0].at,
        "credit": attempt.furthest_ms != last.furthest_ms,
        "confirmed prompts": attempt.confirmed != sum(leg.kind is LegKind.PROMPT_CONFIRMED for leg in facts),
        "open prompt": (attempt.prompt.index if attempt.prompt else None) != asked,
        "completion": ([] if attempt.completed_at is None else [attempt.completed_at]) != completed,
    }
    return [f"the attempt and its legs differ in {what}" for what, found in checks.items() if found]


def _are_pinned(attempt: Attempt, pins: Pins) -> bool:
    return pins_of(attempt, attempt.entitlement.id) == pins


def _are_plausible(attempt: Attempt, first: Leg, published: Published | None) -> bool:
    policy = policy_in_force(date.fromisoformat(day_of(first.facts.at)))
    figures = (attempt.duration_ms, attempt.max_rate)
    agrees = published is None or published[0] != attempt.content_version or published[1:] == figures
    return agrees and (attempt.policy_id, attempt.key_id) == (policy.id, first.key_id)


def may_lack_seal(last_written: int) -> bool:
    """Whether what was written at this instant may have been by release 1.0.0."""
    return last_written < SEALED_SINCE
