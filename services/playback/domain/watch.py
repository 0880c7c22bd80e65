"""What is known of a learner's watching, and the transitions that may change it.

`Live` is the one item per learner that every call replaces; `Attempt` is the lasting record of one watch, brought
up to date at each leg. Times are milliseconds: positions of the lecture, instants of the server's clock since 1970.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from math import ceil
from typing import Any

from services.kit.days import civil_day
from services.kit.kinds import ID_ONLY, stored
from services.playback.domain.entitlement import Entitlement, revoke_entitlement
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId, SessionId, WatchId
from services.playback.domain.policy import WatchPolicy

UNKNOWN_ENTITLEMENT = EntitlementId("")
"""Of live items from before they said what they rest on."""


class LegKind(StrEnum):
    """What closes one stretch of a watch and opens the next."""

    STARTED = "started"
    PROMPT_OPENED = "prompt_opened"
    PROMPT_CONFIRMED = "prompt_confirmed"
    ANSWERED_WRONG = "answered_wrong"
    PAUSED = "paused"
    TAKEN_OVER = "taken_over"
    EXPIRED = "expired"
    REVOKED = "revoked"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Prompt:
    """A prompt that is open: its number from 0, its single-use nonce, when it was shown, wrong answers so far."""

    index: int
    nonce: str
    shown_at: int
    wrong: int = 0


@stored(shape=1, personal=ID_ONLY)
class Live:
    """A learner's one live session, and the bucket that is kept from session to session.

    The session's token carries exactly this, so a beat needs no read; hence it holds no prompt position.

    Attributes:
        furthest_ms: how much of the lecture is credited: always the prefix [0, furthest_ms].
        bucket_ms: how much more may be credited now, in real time: the token bucket, refilled by server time.
        allowance_ms: the same in time of the lecture, as release 1.0.0 keeps it, which knows no bucket.
        refilled_at: the time of the last call that was accepted, to which the bucket is brought up to date.
        day: the day (Asia/Shanghai, ISO) that `day_total_ms` counts; all courses together.
        legs, head_mac: number of the watch's signed records, and the last one's MAC.
        entitlement_id, entitled_until: what the session rests on, and when that ends, if it does.
        revoked_at: when that was taken away, which ended the session.
        questions: how many the pinned version's prompts may ask; 0: prompts are only confirmed.
        answered: digest of the request this state answered, so that exactly that one can be repeated.
        seal: key id and MAC of all the rest (`domain/seals.py`); "": of release 1.0.0.
    """

    session_id: SessionId
    watch_id: WatchId
    course_id: CourseId
    attempt: int
    content_version: str
    policy_id: str
    key_id: str
    duration_ms: int
    max_rate: Decimal
    furthest_ms: int
    confirmed: int
    allowance_ms: int
    refilled_at: int
    day: str
    day_total_ms: int
    lease_until: int
    legs: int
    head_mac: str
    answered: str
    prompt: Prompt | None = None
    entitled_until: int | None = None
    completed_at: int | None = None
    entitlement_id: EntitlementId = UNKNOWN_ENTITLEMENT
    revoked_at: int | None = None
    questions: int = 0
    bucket_ms: int | None = None
    seal: str = ""

    @property
    def unspent_ms(self) -> int:
        """What is in the bucket, in real time. What release 1.0.0 has taken from it since is gone from it."""
        if self.bucket_ms is None:
            return int(self.allowance_ms / self.max_rate)
        return min(self.bucket_ms, ceil(self.allowance_ms / self.max_rate))

    def has_lease(self, now: int) -> bool:
        """Whether the session still holds the learner's exclusive right to play."""
        return not self.is_over() and now < self.lease_until

    def is_over(self) -> bool:
        """Whether the session was given back or taken away. One whose lease ran out is not over: see `has_lease`."""
        return self.lease_until <= self.refilled_at

    def is_entitled(self, now: int) -> bool:
        """Whether what the session rests on still runs."""
        return self.entitled_until is None or now < self.entitled_until

    def day_left_ms(self, policy: WatchPolicy, now: int) -> int:
        """How much more can be credited today."""
        counted = self.day_total_ms if self.day == day_of(now) else 0
        return max(0, policy.daily_cap_ms - counted)

    def is_covered(self, policy: WatchPolicy, prompts: int) -> bool:
        """Whether the watch is complete: the prefix covers the lecture, and every prompt is confirmed."""
        return self.furthest_ms >= self.duration_ms - policy.tail_tolerance_ms and self.confirmed == prompts


NO_SESSION = Live(
    session_id=SessionId(""),
    watch_id=WatchId(""),
    course_id=CourseId(""),
    attempt=0,
    content_version="",
    policy_id="",
    key_id="",
    duration_ms=0,
    max_rate=Decimal(1),
    furthest_ms=0,
    confirmed=0,
    allowance_ms=0,
    refilled_at=0,
    day="",
    day_total_ms=0,
    lease_until=0,
    legs=0,
    head_mac="",
    answered="",
)
"""Of a learner who never watched."""


@stored(shape=1, personal=ID_ONLY)
class Attempt:
    """One numbered watch of one pinned content version by one learner, as of its last leg.

    `live_version` is the version of `Live` that the last leg wrote: a reader takes whichever of the two is newer.
    `entitlement` is what it rests on; a complete watch keeps the one that it was completed on.
    `grown_on` is the last day (Asia/Shanghai, ISO) on which it got a leg. `seal` is as of `Live`.
    """

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    number: int
    content_version: str
    media_url: str
    duration_ms: int
    max_rate: Decimal
    policy_id: str
    key_id: str
    entitlement: Entitlement
    started_at: int
    furthest_ms: int
    confirmed: int
    legs: int
    head_mac: str
    live_version: int
    prompt: Prompt | None = None
    completed_at: int | None = None
    grown_on: str = ""
    questions: int = 0
    seal: str = ""


def day_of(instant: int) -> str:
    """The civil day of an instant in Asia/Shanghai, ISO."""
    return civil_day(datetime.fromtimestamp(instant / 1000, UTC)).isoformat()


def time_of_call(before: Live | None, host_time: int) -> int:
    """The server's time of a learner's call: what the host's clock shows, but never before that of an earlier call.

    Hosts' clocks differ. Everything that refills, compares or records takes its time from here: a host that is behind
    takes nothing back, and one that is ahead gives time once, until the others have caught up with it.
    """
    return host_time if before is None else max(host_time, before.refilled_at)


def advance(live: Live, position_ms: int, prompts: Sequence[int], policy: WatchPolicy, now: int) -> Live:
    """Credits what the player may have watched since the last call, and renews the lease.

    Credit = max(0, min(position, duration) - furthest), limited by the bucket and by what is left of the day. It passes
    at most one unconfirmed prompt: it ends at the one after. Nothing is credited, and the bucket is not refilled, while
    a prompt is open.

    Args:
        position_ms: where the player says it is. It can only lower the credit: time comes from `now`.
        prompts: the positions of all prompts of the watch, rising.
    """
    unspent_ms = _refilled_ms(live, policy, now)
    credit = 0
    if live.prompt is None and live.completed_at is None:
        reach = min(position_ms, live.duration_ms, *prompts[live.confirmed + 1 :])
        day_left_ms = live.day_left_ms(policy, now)
        credit = max(0, min(reach - live.furthest_ms, int(unspent_ms * live.max_rate), day_left_ms))
    return replace(
        live,
        **_renewed(live, unspent_ms - ceil(credit / live.max_rate), policy, now),
        **_credited(live, credit, now),
    )


def keep_in_bucket(live: Live, unspent_ms: int) -> Live:
    """The state with this in its bucket: real time, worth as much of the lecture as is played in it at the course's
    rate. A course of another rate takes it over as it is.
    """
    return replace(live, **_bucket(live, unspent_ms))


def _bucket(live: Live, unspent_ms: int) -> dict[str, Any]:
    return {"bucket_ms": unspent_ms, "allowance_ms": int(unspent_ms * live.max_rate)}


def _refilled_ms(live: Live, policy: WatchPolicy, now: int) -> int:
    if live.prompt is not None:
        return live.unspent_ms
    return min(policy.gap_cap_ms, live.unspent_ms + now - live.refilled_at)


def _renewed(live: Live, unspent_ms: int, policy: WatchPolicy, now: int) -> dict[str, Any]:
    """What every accepted call changes. Of an open prompt the bucket stays as it is, in whichever form it was kept."""
    bucket = {} if live.prompt is not None else _bucket(live, unspent_ms)
    return {**bucket, "refilled_at": now, "lease_until": now + policy.lease_ms}


def _credited(live: Live, credit: int, now: int) -> dict[str, Any]:
    if live.prompt is not None or live.completed_at is not None:
        return {}
    today = day_of(now)
    counted = live.day_total_ms if live.day == today else 0
    return {"furthest_ms": live.furthest_ms + credit, "day": today, "day_total_ms": counted + credit}


def is_prompt_due(live: Live, prompts: Sequence[int]) -> bool:
    """Whether the next prompt is to be shown: what is credited has reached or passed it."""
    return live.prompt is None and live.confirmed < len(prompts) and live.furthest_ms >= prompts[live.confirmed]


def confirm(live: Live, policy: WatchPolicy, now: int) -> Live:
    """Closes the open prompt; the bucket is refilled again from now on."""
    renewed = _renewed(live, _refilled_ms(live, policy, now), policy, now)
    return replace(live, **renewed, prompt=None, confirmed=live.confirmed + 1)


def ask_again(live: Live, nonce: str, policy: WatchPolicy, now: int) -> Live:
    """After a wrong answer: the same prompt under another nonce, shown anew."""
    if live.prompt is None:
        raise ValueError("no prompt is open")
    prompt = replace(live.prompt, nonce=nonce, shown_at=now, wrong=live.prompt.wrong + 1)
    return replace(live, **_renewed(live, _refilled_ms(live, policy, now), policy, now), prompt=prompt)


def revoke_session(live: Live, now: int) -> Live:
    """Ends the session because what it rests on was taken away; nothing that was answered before is answered again."""
    return replace(live, revoked_at=now, refilled_at=now, lease_until=min(live.lease_until, now), answered="")


def lose_entitlement(attempt: Attempt, now: int) -> Attempt:
    """The attempt after what it rests on was taken away."""
    return replace(attempt, entitlement=revoke_entitlement(attempt.entitlement, attempt.entitlement.id, now))


def checkpoint(attempt: Attempt, live: Live, live_version: int) -> Attempt:
    """The attempt brought up to date with the live state of the same watch."""
    return replace(
        attempt,
        furthest_ms=live.furthest_ms,
        confirmed=live.confirmed,
        legs=live.legs,
        head_mac=live.head_mac,
        prompt=live.prompt,
        completed_at=live.completed_at,
        live_version=live_version,
    )
