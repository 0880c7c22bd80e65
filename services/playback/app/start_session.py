"""Starting to watch, going on where it was left, and taking over from another device."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from services.kit.problems import Problem
from services.kit.store import ABSENT, Change, Check, Put, Stored, Write, commit_retrying
from services.playback.app.answers import WatchState, watch_state
from services.playback.app.context import (
    MEMBERSHIPS,
    Context,
    attempt_key,
    attempts_of,
    course_key,
    grants_of,
    live_key,
)
from services.playback.app.legs import append_leg, save_watch
from services.playback.app.problems import (
    COURSE_NOT_FOUND,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    NOT_ENTITLED,
    TAKEOVER_REQUIRED,
)
from services.playback.app.read_progress import newest
from services.playback.app.saved import saved_part
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement, best_entitlement
from services.playback.domain.legs import FIRST
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.policy import policy, policy_in_force
from services.playback.domain.watch import Attempt, LegKind, Live, checkpoint, shanghai_day


@dataclass(frozen=True)
class Started:
    """A session, and where its lecture is."""

    state: WatchState
    media_url: str


@dataclass(frozen=True)
class Request:
    """Who wants to watch what. `session_id` comes from the caller's Idempotency-Key, so a retry finds its session."""

    learner_id: str
    course_id: str
    session_id: str
    take_over: bool
    new_attempt: bool
    now: int


def start_session(
    context: Context,
    learner_id: str,
    course_id: str,
    idempotency_key: str,
    *,
    take_over: bool,
    new_attempt: bool = False,
) -> Started:
    """Takes the learner's one live session for this course.

    A complete watch is watched again for free, and gives nothing more; with `new_attempt` a watch of its own begins.

    Raises:
        Problem: COURSE_NOT_FOUND, NOT_ENTITLED, ENTITLEMENT_ENDED, ENTITLEMENT_REVOKED; TAKEOVER_REQUIRED while another
            session has the lease.
    """
    session_id = sha256(f"{learner_id}|{idempotency_key}".encode()).hexdigest()[:32]
    request = Request(learner_id, course_id, session_id, take_over, new_attempt, context.now())
    return commit_retrying(context.store, lambda: _plan(context, request))


def _plan(context: Context, request: Request) -> tuple[Change, Started]:
    stored = context.store.get(live_key(request.learner_id), Live)
    if stored and stored.value.session_id == request.session_id and stored.value.revoked_at is None:
        return Change(), _again(context, request, stored)
    course = context.store.get(course_key(request.course_id), Course)
    if course is None:
        raise COURSE_NOT_FOUND.problem()
    entitlement = _entitlement(context, request, course.value, stored)
    if stored and stored.value.has_lease(request.now) and not request.take_over:
        raise TAKEOVER_REQUIRED.problem(saved=saved_part(stored.value))
    closing, closed = _close(context, request, stored)
    latest = closed or _latest(context, request)
    attempt = latest if latest and not _is_over(request, latest.value) else None
    if attempt is None:
        attempt = _first_or_next(context, request, course.value, entitlement.value, latest)
    if attempt.value.completed_at is None:
        attempt = replace(attempt, value=replace(attempt.value, entitlement=entitlement.value))
    live, opening = _open(context, request, stored, attempt, entitlement.value)
    writes = [*closing, *opening, Check(entitlement.key, entitlement.version)]
    version = (stored.version if stored else ABSENT) + 1
    return Change(writes), Started(watch_state(context, request.learner_id, live, version), attempt.value.media_url)


def _again(context: Context, request: Request, stored: Stored[Live]) -> Started:
    live = stored.value
    attempt = context.store.get(attempt_key(request.learner_id, live.course_id, live.attempt), Attempt)
    if attempt is None:
        raise LookupError(f"watch {live.watch_id} is live without an attempt")
    return Started(watch_state(context, request.learner_id, live, stored.version), attempt.value.media_url)


def _entitlement(context: Context, request: Request, course: Course, live: Stored[Live] | None) -> Stored[Entitlement]:
    granted = _granted(context, request)
    found = _best_granted(granted, request.now) or _on_membership(context, request, course)
    if found is None:
        raise _not_entitled(context, request, granted, live)
    return found


def _granted(context: Context, request: Request) -> list[Stored[Entitlement]]:
    return context.store.query(live_key(request.learner_id).pk, grants_of(request.course_id), Entitlement)


def _best_granted(granted: Sequence[Stored[Entitlement]], now: int) -> Stored[Entitlement] | None:
    best = best_entitlement([stored.value for stored in granted], now)
    return next((stored for stored in granted if stored.value == best), None)


def _on_membership(context: Context, request: Request, course: Course) -> Stored[Entitlement] | None:
    """The running period that opens the course, as an entitlement; asked only where none was granted, which the quota
    would not be charged for."""
    if not course.in_library:
        return None
    periods = context.store.query(live_key(request.learner_id).pk, MEMBERSHIPS, MembershipPeriod)
    opening = (stored for stored in periods if stored.value.opens(request.now))
    return next((Stored(stored.key, stored.value.entitlement(), stored.version) for stored in opening), None)


def _not_entitled(
    context: Context, request: Request, granted: Sequence[Stored[Entitlement]], live: Stored[Live] | None
) -> Problem:
    """Whether there never was a right to watch it, it has ended, or it was taken away; and what is saved."""
    latest = _latest(context, request)
    saved = saved_part(newest(latest.value, live)) if latest else None
    resting = [latest.value.entitlement] if latest else []
    if any(lost.revoked_at is not None for lost in [*resting, *(stored.value for stored in granted)]):
        return ENTITLEMENT_REVOKED.problem(saved=saved)
    return ENTITLEMENT_ENDED.problem(saved=saved) if saved else NOT_ENTITLED.problem()


def _close(
    context: Context, request: Request, stored: Stored[Live] | None
) -> tuple[list[Write], Stored[Attempt] | None]:
    """Ends the session before this one: its watch is brought up to date and gets a leg that says how it ended.

    Answers the writes, and that watch where it is of the course to be started: what starts then goes on from it.
    """
    if stored is None:
        return [], None
    live = stored.value
    attempt = context.store.get(attempt_key(request.learner_id, live.course_id, live.attempt), Attempt)
    if attempt is None:
        raise LookupError(f"watch {live.watch_id} is live without an attempt")
    if not live.has_lease(request.now) and attempt.value.live_version == stored.version:
        return [], attempt if live.course_id == request.course_id else None
    kind = LegKind.TAKEN_OVER if live.has_lease(request.now) else LegKind.EXPIRED
    closed, leg = append_leg(context, request.learner_id, live, kind, request.now)
    if live.course_id == request.course_id:
        return leg, Stored(attempt.key, checkpoint(attempt.value, closed, stored.version + 1), attempt.version)
    _, saving = save_watch(attempt, closed, stored.version + 1, request.now)
    return [*leg, *saving], None


def _latest(context: Context, request: Request) -> Stored[Attempt] | None:
    """The learner's latest watch of the course."""
    partition = live_key(request.learner_id).pk
    attempts = context.store.query(partition, attempts_of(request.course_id), Attempt)
    return attempts[-1] if attempts else None


def _is_over(request: Request, watch: Attempt) -> bool:
    """Whether the request is for a watch after this one. A complete one's chain is closed: it needs no last leg."""
    return request.new_attempt and watch.completed_at is not None


def _first_or_next(
    context: Context, request: Request, course: Course, entitlement: Entitlement, before: Stored[Attempt] | None
) -> Stored[Attempt]:
    """A new watch, at the version that is published now and with prompts of its own."""
    today = date.fromisoformat(shanghai_day(request.now))
    watch = Attempt(
        watch_id=context.ids.new(),
        learner_id=request.learner_id,
        course_id=request.course_id,
        number=before.value.number + 1 if before else 1,
        content_version=course.content_version,
        media_url=course.media_url,
        duration_ms=course.duration_ms,
        max_rate=course.max_rate,
        policy_id=policy_in_force(today).id,
        key_id=context.keys.current_id(),
        entitlement=entitlement,
        started_at=request.now,
        furthest_ms=0,
        confirmed=0,
        legs=0,
        head_mac=FIRST,
        live_version=0,
        questions=course.questions,
    )
    return Stored(attempt_key(request.learner_id, request.course_id, watch.number), watch, ABSENT)


def _open(
    context: Context,
    request: Request,
    before: Stored[Live] | None,
    attempt: Stored[Attempt],
    entitlement: Entitlement,
) -> tuple[Live, list[Write]]:
    live = _session(context, request, before.value if before else None, attempt.value, entitlement)
    live, leg = append_leg(context, request.learner_id, live, LegKind.STARTED, request.now)
    version = before.version if before else ABSENT
    _, saving = save_watch(attempt, live, version + 1, request.now)
    return live, [Put(live_key(request.learner_id), live, after=version), *saving, *leg]


def _session(context: Context, request: Request, before: Live | None, watch: Attempt, entitlement: Entitlement) -> Live:
    prompt = watch.prompt and replace(watch.prompt, nonce=context.ids.new(), shown_at=request.now)
    return Live(
        session_id=request.session_id,
        watch_id=watch.watch_id,
        course_id=watch.course_id,
        attempt=watch.number,
        content_version=watch.content_version,
        policy_id=watch.policy_id,
        key_id=watch.key_id,
        duration_ms=watch.duration_ms,
        max_rate=watch.max_rate,
        furthest_ms=watch.furthest_ms,
        confirmed=watch.confirmed,
        allowance_ms=_carried(before, watch) if before else 0,
        refilled_at=request.now,
        day=before.day if before else shanghai_day(request.now),
        day_total_ms=before.day_total_ms if before else 0,
        lease_until=request.now + policy(watch.policy_id).lease_ms,
        legs=watch.legs,
        head_mac=watch.head_mac,
        answered="",
        prompt=prompt,
        entitled_until=entitlement.valid_until,
        completed_at=watch.completed_at,
        questions=watch.questions,
        entitlement_id=entitlement.id,
    )


def _carried(before: Live, watch: Attempt) -> int:
    """The allowance is kept from session to session, but the time between them does not refill it.

    On a slower course it is worth less: what was earned there is time, and a lecture takes its own, at its own rate.
    """
    return int(before.allowance_ms * min(Decimal(1), watch.max_rate / before.max_rate))
