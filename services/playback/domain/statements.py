"""A completed watch as a statement of the xAPI Video Profile (https://w3id.org/xapi/video), from its signed legs only.

What a player would report of itself is what was *verified* here: the played segments are the stretches that the
server credited between two legs, the duration is the server's own time. A statement follows from records that never
change, so exporting it again gives the same one, with the same id.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.playback.domain.ids import SessionId
from services.playback.domain.legs import Leg
from services.playback.domain.policy import WatchPolicy
from services.playback.domain.watch import Attempt, LegKind

NAMESPACE = "https://xueshi.example/xapi"
"""Of our identifiers. They are names, not addresses, and stay whatever host the system runs on."""

PROFILE = "https://w3id.org/xapi/video"
EXTENSIONS = f"{PROFILE}/extensions"

_PARTS = 1_000

PLAYING = frozenset({LegKind.STARTED, LegKind.PROMPT_CONFIRMED})
"""The legs after which the lecture plays, until the next leg. After the others nobody watches, or a prompt waits."""


def completed_statement(watch: Attempt, legs: Sequence[Leg], policy: WatchPolicy) -> dict[str, Any]:
    """The statement "completed" of a watch, as JSON values. The actor is an account named by the opaque learner id.

    Raises:
        ValueError: the watch is not complete.
    """
    if watch.completed_at is None:
        raise ValueError(f"watch {watch.watch_id} is not complete")
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{NAMESPACE}/watches/{watch.watch_id}/completed")),
        "version": "1.0.0",
        "timestamp": datetime.fromtimestamp(watch.completed_at / 1000, UTC).isoformat(timespec="milliseconds"),
        "actor": {"objectType": "Agent", "account": {"homePage": NAMESPACE, "name": watch.learner_id}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "completed"}},
        "object": {
            "objectType": "Activity",
            "id": f"{NAMESPACE}/courses/{watch.course_id}",
            "definition": {"type": f"{PROFILE}/activity-type/video"},
        },
        "result": {
            "completion": True,
            "duration": f"PT{_seconds(_played_ms(legs))}S",
            "extensions": {
                f"{EXTENSIONS}/time": float(_seconds(watch.furthest_ms)),
                f"{EXTENSIONS}/progress": _share(watch.furthest_ms, watch.duration_ms),
                f"{EXTENSIONS}/played-segments": _segments(legs),
            },
        },
        "context": {
            "registration": str(UUID(watch.watch_id)),
            "platform": "Xueshi",
            "revision": watch.content_version,
            "contextActivities": {"category": [{"objectType": "Activity", "id": PROFILE, "definition": _PROFILE_TYPE}]},
            "extensions": {
                f"{EXTENSIONS}/session-id": _session(legs[-1].facts.session_id),
                f"{EXTENSIONS}/length": float(_seconds(watch.duration_ms)),
                f"{EXTENSIONS}/completion-threshold": _threshold(watch.duration_ms, policy),
                f"{NAMESPACE}/extensions/evidence": f"/v1/playback/watches/{watch.watch_id}/evidence",
            },
        },
    }


_PROFILE_TYPE = {"type": "http://adlnet.gov/expapi/activities/profile"}


def _segments(legs: Sequence[Leg]) -> str:
    """What was credited between each two legs, in seconds, as the profile writes it: "0[.]12.5[,]12.5[.]20"."""
    gained = [(a.facts.furthest_ms, b.facts.furthest_ms) for a, b in pairwise(legs)]
    return "[,]".join(f"{_seconds(start)}[.]{_seconds(end)}" for start, end in gained if end > start)


def _played_ms(legs: Sequence[Leg]) -> int:
    return sum(b.facts.at - a.facts.at for a, b in pairwise(legs) if a.facts.kind in PLAYING)


def _session(session_id: SessionId) -> str:
    """The session as the profile's pattern wants it: our ids are digests, and a UUID of version 4 says so in 6 bits."""
    return str(UUID(session_id, version=4))


def _threshold(duration_ms: int, policy: WatchPolicy) -> float:
    """From which share on a watch is complete; above 0, however short the lecture is."""
    return max(_share(duration_ms - policy.tail_tolerance_ms, duration_ms), 1 / _PARTS)


def _share(part_ms: int, whole_ms: int) -> float:
    """Three decimals at most, as the profile says; rounded down, so that nothing looks more complete than it is."""
    return part_ms * _PARTS // whole_ms / _PARTS


def _seconds(milliseconds: int) -> str:
    return format((Decimal(milliseconds) / 1000).normalize(), "f")
