"""What a stage's learners need at once: throttles, reserved concurrency, the firewall's limits.

All of it follows from how many watch at the same time (the stage's data) and from how often a player sends a beat (the
watch policies). Nothing else computes any of these figures.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.stages import Stage

POLICIES = Path(__file__).resolve().parent.parent / "services" / "playback" / "domain" / "policies.toml"
OTHER_CALL_EVERY_S = 20.0
"""A learner's calls beside beats, over all pages: a course page makes five, and is looked at for minutes."""
HEADROOM = 2.0
"""How many times the calculated rate passes: for lectures so short that they are beaten more often, and for calls that
are sent again. A throttle is against runaways, not against use."""
BEAT_S = 0.15
"""How long a warm beat takes in its function, in seconds, with two round trips to DynamoDB: the 99th percentile."""
LEAST_RESERVED = 10
"""A stage of few learners too starts more than one instance at a time after a deployment."""
UNRESERVED = 100
"""What Lambda always leaves for functions without a reservation, and our other functions need."""
WINDOW_S = 300
"""The firewall counts requests in five minutes."""
BEHIND_ONE_ADDRESS = 0.2
"""The largest part of all learners that comes through one address: a mobile carrier's (CGNAT), a training room's."""
CALLS_OF_A_SIGN_IN = 2
"""To the user pool: the password, and a code or a second try."""
SIGNED_IN_BY_PHONE = 0.02
"""Of the learners at once, those who ask for a code in one period of an alarm: the others are signed in already."""
ONE_LEARNERS_SHARE = 10.0
"""How many times an ordinary learner's calls one token may make: several pages, an editor's command."""


@dataclass(frozen=True)
class Throttle:
    """Of an API's stage: requests a second, and how many may come at once."""

    rate: int
    burst: int


@cache
def pace_s() -> float:
    """The shortest time between two beats of a watch that any edition of the policies sets, in seconds."""
    editions = tomllib.loads(POLICIES.read_text(encoding="utf-8"))["policy"]
    return min(int(edition["beat_interval_ms"]) for edition in editions) / 1000


def beats_per_second(stage: Stage) -> float:
    """With all learners of the stage watching."""
    return stage.learners_at_once / pace_s()


def calls_per_second(stage: Stage, service: str) -> float:
    """Of an API: playback has the beats, and any other may be the one that all pages ask at that moment."""
    return stage.learners_at_once / OTHER_CALL_EVERY_S + (beats_per_second(stage) if service == "playback" else 0)


def throttle(stage: Stage, service: str) -> Throttle:
    """What an API takes."""
    rate = math.ceil(calls_per_second(stage, service) * HEADROOM)
    return Throttle(rate, 2 * rate)


def beats_at_once(stage: Stage) -> int:
    """Instances kept for the beat's function, so that no burst of anything else takes them; it gets no more, either."""
    return max(LEAST_RESERVED, math.ceil(beats_per_second(stage) * BEAT_S * HEADROOM))


def requests_per_address(stage: Stage) -> int:
    """In the firewall's window, from one address: as many learners as may share one, each with a player and pages."""
    return math.ceil(stage.learners_at_once * BEHIND_ONE_ADDRESS * _requests_of_one() * HEADROOM)


def sign_ins_per_address(stage: Stage) -> int:
    """Calls of the user pool in its firewall's window, from one address: all who share it sign in at once, which takes
    a few calls, or renew what they have."""
    return math.ceil(stage.learners_at_once * BEHIND_ONE_ADDRESS * CALLS_OF_A_SIGN_IN * HEADROOM)


def messages_per_5_minutes(stage: Stage) -> int:
    """Short messages that ask for an explanation: each costs."""
    return max(20, math.ceil(stage.learners_at_once * SIGNED_IN_BY_PHONE))


def requests_per_token() -> int:
    """In the firewall's window, with one access token."""
    return math.ceil(_requests_of_one() * ONE_LEARNERS_SHARE)


def _requests_of_one() -> float:
    # A page of the client has files of its own besides, which browsers keep.
    return WINDOW_S * (1 / pace_s() + 2 / OTHER_CALL_EVERY_S)
