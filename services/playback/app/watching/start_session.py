"""Starting to watch, going on where it was left, and taking over from another device."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from services.kit.call import Call
from services.kit.observability import count
from services.kit.problems import IDEMPOTENCY_KEY_REUSED, Problem
from services.kit.store import ABSENT, Change, Check, Conflict, Stored, Write, commit_retrying
from services.playback.app.context import Context
from services.playback.app.items import (
    attempt_key,
    course_key,
    grants_of,
    leg_key,
    live_key,
    partition_of_learner,
)
from services.playback.app.metrics import SESSIONS
from services.playback.app.watching.broken_records import broken
from services.playback.app.watching.legs import append_leg, save_watch
from services.playback.app.watching.problems import (
    COURSE_NOT_FOUND,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    NOT_ENTITLED,
    TAKEOVER_REQUIRED,
    saved_part,
)
from services.playback.app.watching.right_to_watch import right_among
from services.playback.app.watching.rights import refuse_lost_right
from services.playback.app.watching.seals import check_attempt, check_course, check_session, sealed_live
from services.playback.app.watching.tokens import unseal
from services.playback.app.watching.watch_state import WatchState, watch_state
from services.playback.app.watching.watches import newest, read_attempt, read_attempts, read_live
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import CourseId, LearnerId, SessionId, WatchId
from services.playback.domain.legs import FIRST, Leg
from services.playback.domain.policy import policy, policy_in_force
from services.playback.domain.watch import NO_SESSION, Attempt, LegKind, Live, checkpoint, day_of, keep_in_bucket


@dataclass(frozen=True)
class Session:
    """A session that was opened, and where its lecture is."""

    state: WatchState
    media_url: str


@dataclass(frozen=True)
class Start:
    """Who wants to watch what. `session_id` comes from the caller's Idempotency-Key, so a retry finds its session.

    `own` is the session that the same page had before, if it could show that.
    """

    learner_id: LearnerId
    course_id: CourseId
    session_id: SessionId
    take_over: bool
    new_attempt: bool
    own: SessionId | None
    now: int


Draft = tuple[Stored[Attempt], Attempt]
"""A watch as it was read, at version 0 where it is new, and as it is by now."""


def start_session(
    ctx: Context,
    call: Call,
    course_id: CourseId,
    *,
    take_over: bool,
    new_attempt: bool = False,
    token: str | None = None,
) -> Session:
    """Takes the caller's one live session for this course.

    A complete watch is watched again for free, and gives nothing more; with `new_attempt` a watch of its own begins.
    Who brings a token of the session that is live is the same place, reloaded, and takes nothing over.

    Raises:
        Problem: COURSE_NOT_FOUND, NOT_ENTITLED, ENTITLEMENT_ENDED, ENTITLEMENT_REVOKED; TAKEOVER_REQUIRED while another
            session has the lease; IDEMPOTENCY_KEY_REUSED where the live one of this key is of another course;
            WATCH_RECORD_BROKEN.
    """
    session_id = SessionId(sha256(f"{call.caller_id}|{call.idempotency_key}".encode()).hexdigest()[:32])
    learner_id = LearnerId(call.caller_id)
    own = _session_of(ctx, learner_id, token) if token else None
    opened: list[tuple[Change, Session]] = []

    def plan() -> tuple[Change, Session]:
        stored = read_live(ctx.store, learner_id)
        now = ctx.time_of_call(stored.value if stored else None)
        planned = _plan(ctx, Start(learner_id, course_id, session_id, take_over, new_attempt, own, now), stored)
        opened.append(planned)
        return planned

    try:
        session = commit_retrying(ctx.store, plan)
    except Conflict:
        if opened:
            _refuse_rolled_back(ctx, learner_id, opened[-1][1].state.live)
        raise
    if opened[-1][0].writes:
        count(SESSIONS)
    return session


def _refuse_rolled_back(ctx: Context, learner_id: LearnerId, live: Live) -> None:
    """Where there is a leg that its attempt does not know, which one transaction writes, somebody put the attempt back.

    Raises:
        Problem: WATCH_RECORD_BROKEN.
    """
    leg = ctx.store.get(leg_key(live.watch_id, live.legs), Leg)
    attempt = ctx.store.get(attempt_key(learner_id, live.course_id, live.attempt), Attempt)
    if leg and attempt and attempt.value.legs < live.legs:
        raise broken(live.watch_id, [f"there are legs from {live.legs} on that the attempt does not know"])


def _session_of(ctx: Context, learner_id: LearnerId, token: str) -> SessionId | None:
    """The session that a page had. Another learner's token, as a shared browser may keep it, shows nothing."""
    try:
        return unseal(ctx.keys, learner_id, token).value.session_id
    except Problem:
        return None


def _plan(ctx: Context, start: Start, stored: Stored[Live] | None) -> tuple[Change, Session]:
    if stored and stored.value.session_id == start.session_id and stored.value.course_id != start.course_id:
        raise IDEMPOTENCY_KEY_REUSED.problem()
    if stored and stored.value.session_id == start.session_id and stored.value.revoked_at is None:
        return Change(), _repeat(ctx, start, stored)
    course = ctx.store.get(course_key(start.course_id), Course)
    if course is None:
        raise COURSE_NOT_FOUND.problem()
    entitlement, unchanged = _entitlement(ctx, start, course.value, stored)
    asks = stored and stored.value.has_lease(start.now) and stored.value.session_id != start.own
    if stored and asks and not start.take_over:
        raise TAKEOVER_REQUIRED.problem(saved=saved_part(stored.value))
    closing, closed = _close(ctx, start, stored)
    latest = closed or _latest(ctx, start)
    going_on = latest and not _is_over(start, latest[1])
    sealing = [] if going_on else check_course(ctx, course)
    attempt, watch = latest if latest and going_on else _first_or_next(ctx, start, course.value, entitlement, latest)
    if watch.completed_at is None:
        watch = replace(watch, entitlement=entitlement)
    live, opening = _open(ctx, start, stored, (attempt, watch), entitlement)
    session = Session(watch_state(ctx, start.learner_id, live), watch.media_url)
    return Change([*closing, *opening, *sealing, unchanged]), session


def _repeat(ctx: Context, start: Start, stored: Stored[Live]) -> Session:
    refuse_lost_right(ctx.store, start.learner_id, stored.value)
    attempt = read_attempt(ctx.store, start.learner_id, stored.value).value
    check_session(ctx, start.learner_id, attempt, stored)
    return Session(watch_state(ctx, start.learner_id, stored), attempt.media_url)


def _entitlement(ctx: Context, start: Start, course: Course, live: Stored[Live] | None) -> tuple[Entitlement, Check]:
    """What the session rests on, and the condition that it still holds when the session is written."""
    granted = ctx.store.query(partition_of_learner(start.learner_id), grants_of(start.course_id), Entitlement)
    found = right_among(ctx.store, start.learner_id, course, granted, start.now)
    if found is None:
        raise _not_entitled(ctx, start, granted, live)
    return found


def _not_entitled(
    ctx: Context, start: Start, granted: Sequence[Stored[Entitlement]], live: Stored[Live] | None
) -> Problem:
    """Whether there never was a right to watch it, it has ended, or it was taken away; and what is saved."""
    latest = _latest(ctx, start)
    saved = saved_part(newest(latest[1], live)) if latest else None
    resting = [latest[1].entitlement] if latest else []
    if any(lost.revoked_at is not None for lost in [*resting, *(stored.value for stored in granted)]):
        return ENTITLEMENT_REVOKED.problem(saved=saved)
    return ENTITLEMENT_ENDED.problem(saved=saved) if saved else NOT_ENTITLED.problem()


def _close(ctx: Context, start: Start, stored: Stored[Live] | None) -> tuple[list[Write], Draft | None]:
    """Ends the session before this one: its watch is brought up to date and gets a leg that says how it ended.

    Returns the writes, and that watch where it is of the course to be started: what starts then goes on from it.
    """
    if stored is None:
        return [], None
    live, has_lease = stored.value, stored.value.has_lease(start.now)
    attempt = read_attempt(ctx.store, start.learner_id, live)
    check_session(ctx, start.learner_id, attempt.value, stored)
    if not has_lease and (attempt.value.live_version, attempt.value.furthest_ms) == (stored.version, live.furthest_ms):
        return [], (attempt, attempt.value) if live.course_id == start.course_id else None
    over = LegKind.PAUSED if live.session_id == start.own else LegKind.TAKEN_OVER
    kind = over if has_lease else LegKind.EXPIRED
    closed, leg = append_leg(ctx, start.learner_id, live, kind, start.now)
    if live.course_id == start.course_id:
        return leg, (attempt, checkpoint(attempt.value, closed, stored.version + 1))
    _, saving = save_watch(ctx, attempt, attempt.value, stored.after(stored.put(closed)), start.now)
    return [*leg, *saving], None


def _latest(ctx: Context, start: Start) -> Draft | None:
    """The learner's latest watch of the course."""
    attempts = read_attempts(ctx.store, start.learner_id, start.course_id)
    if attempts:
        check_attempt(ctx, attempts[-1].value)
    return (attempts[-1], attempts[-1].value) if attempts else None


def _is_over(start: Start, watch: Attempt) -> bool:
    """Whether the start is of a watch after this one. A complete one's chain is closed: it needs no last leg."""
    return start.new_attempt and watch.completed_at is not None


def _first_or_next(ctx: Context, start: Start, course: Course, entitlement: Entitlement, before: Draft | None) -> Draft:
    """A new watch, at the version that is published now and with prompts of its own."""
    watch = Attempt(
        watch_id=WatchId(ctx.ids.new()),
        learner_id=start.learner_id,
        course_id=start.course_id,
        number=before[1].number + 1 if before else 1,
        content_version=course.content_version,
        media_url=course.media_url,
        duration_ms=course.duration_ms,
        max_rate=course.max_rate,
        policy_id=policy_in_force(date.fromisoformat(day_of(start.now))).id,
        key_id=ctx.keys.current_id(),
        entitlement=entitlement,
        started_at=start.now,
        furthest_ms=0,
        confirmed=0,
        legs=0,
        head_mac=FIRST,
        live_version=0,
        questions=course.questions,
    )
    return Stored(attempt_key(start.learner_id, start.course_id, watch.number), watch, ABSENT), watch


def _open(
    ctx: Context, start: Start, before: Stored[Live] | None, draft: Draft, entitlement: Entitlement
) -> tuple[Stored[Live], list[Write]]:
    attempt, watch = draft
    before = before or Stored(live_key(start.learner_id), NO_SESSION, ABSENT)
    live = _session(ctx, start, before.value, watch, entitlement)
    live, leg = append_leg(ctx, start.learner_id, live, LegKind.STARTED, start.now)
    put = before.put(sealed_live(ctx.keys, start.learner_id, live))
    _, saving = save_watch(ctx, attempt, watch, before.after(put), start.now)
    return before.after(put), [put, *saving, *leg]


def _session(ctx: Context, start: Start, before: Live, watch: Attempt, entitlement: Entitlement) -> Live:
    """A new session's state: the watch's and the start's, but for the bucket and the day's total.

    The bucket is kept from session to session, but the time between them does not refill it.
    """
    prompt = watch.prompt and replace(watch.prompt, nonce=ctx.ids.new(), shown_at=start.now)
    session = replace(
        before,
        session_id=start.session_id,
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
        refilled_at=start.now,
        day=before.day or day_of(start.now),
        lease_until=start.now + policy(watch.policy_id).lease_ms,
        legs=watch.legs,
        head_mac=watch.head_mac,
        answered="",
        revoked_at=None,
        prompt=prompt,
        entitled_until=entitlement.valid_until,
        completed_at=watch.completed_at,
        questions=watch.questions,
        entitlement_id=entitlement.id,
    )
    return keep_in_bucket(session, before.unspent_ms)
