"""Sealing what is stored of a watch, and refusing to go on from what somebody has changed."""

from collections.abc import Sequence
from dataclasses import replace

from services.kit import base64url
from services.kit.keyring import KeyRing, UnknownKey
from services.kit.observability import count
from services.kit.store import Conflict, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import course_key
from services.playback.app.metrics import UNSEALED_WATCHES
from services.playback.app.watching.broken_records import broken, broken_course
from services.playback.app.watching.watches import read_legs, read_live
from services.playback.domain.course import Course
from services.playback.domain.ids import LearnerId
from services.playback.domain.legs import verify_legs
from services.playback.domain.policy import policy
from services.playback.domain.seals import (
    ATTEMPT_PURPOSE,
    COURSE_PURPOSE,
    LIVE_PURPOSE,
    attempt_message,
    attempt_problems,
    course_message,
    live_message,
    may_lack_seal,
    session_problems,
)
from services.playback.domain.watch import Attempt, Live


def sealed_attempt(keys: KeyRing, attempt: Attempt) -> Attempt:
    """The attempt as it is stored."""
    return replace(attempt, seal=_seal(keys, ATTEMPT_PURPOSE, attempt_message(attempt)))


def sealed_live(keys: KeyRing, learner_id: LearnerId, live: Live) -> Live:
    """The live item as it is stored."""
    return replace(live, seal=_seal(keys, LIVE_PURPOSE, live_message(learner_id, live)))


def sealed_course(keys: KeyRing, course: Course) -> Course:
    """The course as it is stored."""
    return replace(course, seal=_seal(keys, COURSE_PURPOSE, course_message(course)))


def is_sealed_attempt(keys: KeyRing, attempt: Attempt) -> bool:
    """Whether the attempt is what was sealed."""
    return _fits(keys, ATTEMPT_PURPOSE, attempt_message(attempt), attempt.seal)


def is_sealed_live(keys: KeyRing, learner_id: LearnerId, live: Live) -> bool:
    """Whether the live item is what was sealed."""
    return _fits(keys, LIVE_PURPOSE, live_message(learner_id, live), live.seal)


def check_attempt(ctx: Context, attempt: Attempt) -> None:
    """Refuses an attempt that is not what was sealed. Where no seal fits, its signed legs speak for it.

    Raises:
        Problem: WATCH_RECORD_BROKEN.
    """
    if is_sealed_attempt(ctx.keys, attempt):
        return
    count(UNSEALED_WATCHES)
    _refuse(attempt, _vouching_problems(ctx, attempt))


def check_course(ctx: Context, stored: Stored[Course]) -> list[Write]:
    """Refuses to begin a watch of a course that is not what was sealed.

    Returns:
        The write that seals it where release 1.0.0 left it without, so that few are left when none is taken any more.

    Raises:
        Problem: WATCH_RECORD_BROKEN.
    """
    course = stored.value
    fits = _fits(ctx.keys, COURSE_PURPOSE, course_message(course), course.seal)
    if fits and stored.key == course_key(course.course_id):
        return []
    count(UNSEALED_WATCHES)
    if course.seal or not may_lack_seal(ctx.time_of_call(None)):
        raise broken_course(course.course_id)
    return [stored.put(sealed_course(ctx.keys, course))]


def check_leg(ctx: Context, attempt: Attempt, known: Stored[Live]) -> None:
    """Refuses an attempt that is not what was sealed, or from which the state in a token cannot have followed.

    Raises:
        Problem: WATCH_RECORD_BROKEN.
    """
    check_attempt(ctx, attempt)
    # An attempt that is newer makes the token an old one, which is refused by its version.
    if attempt.live_version <= known.version:
        _refuse(attempt, session_problems(attempt, known.value, _prompts(ctx, attempt)))


def check_session(ctx: Context, learner_id: LearnerId, attempt: Attempt, stored: Stored[Live]) -> None:
    """Refuses an attempt, or a live item of it as the table held it just before, that is not what was sealed.

    Raises:
        Problem: WATCH_RECORD_BROKEN.
        Conflict: another call wrote both between the two reads; nothing can be said of them.
    """
    check_attempt(ctx, attempt)
    live = stored.value
    if attempt.live_version > stored.version and _has_moved(ctx, learner_id, stored):
        raise Conflict("a session that moved while it was read")
    problems = session_problems(attempt, live, _prompts(ctx, attempt))
    if not is_sealed_live(ctx.keys, learner_id, live):
        count(UNSEALED_WATCHES)
        of_release = may_lack_seal(ctx.time_of_call(None)) or not attempt.seal
        problems += [] if of_release else ["the live item has no seal that fits"]
    _refuse(attempt, problems)


def _has_moved(ctx: Context, learner_id: LearnerId, stored: Stored[Live]) -> bool:
    now = read_live(ctx.store, learner_id)
    return now is not None and now.version != stored.version


def _prompts(ctx: Context, attempt: Attempt) -> tuple[int, ...]:
    return ctx.prompts_of(attempt, policy(attempt.policy_id))


def _refuse(attempt: Attempt, problems: Sequence[str]) -> None:
    if problems:
        raise broken(attempt.watch_id, problems)


def _vouching_problems(ctx: Context, attempt: Attempt) -> list[str]:
    legs = [stored.value for stored in read_legs(ctx.store, attempt.watch_id)]
    if not legs and attempt.completed_at is not None:
        # They have aged out; nothing comes of a complete watch any more.
        return []
    findings = verify_legs(attempt.watch_id, legs, (attempt.legs, attempt.head_mac), ctx.leg_mac)
    if findings or not legs:
        return ["the attempt has no seal that fits, and its legs are not whole", *(f.problem for f in findings)]
    stored = ctx.store.get(course_key(attempt.course_id), Course)
    course = stored.value if stored else None
    published = (course.content_version, course.duration_ms, course.max_rate) if course else None
    unsealed = [] if may_lack_seal(legs[-1].facts.at) else ["the attempt has no seal that fits"]
    return [*unsealed, *attempt_problems(attempt, legs, published)]


def _seal(keys: KeyRing, purpose: str, message: bytes) -> str:
    key_id = keys.current_id()
    return f"{key_id}.{base64url.encode(keys.mac(key_id, purpose, message))}"


def _fits(keys: KeyRing, purpose: str, message: bytes, seal: str) -> bool:
    key_id, _, mac = seal.partition(".")
    try:
        return keys.verify(key_id, purpose, message, base64url.decode(mac))
    except (UnknownKey, ValueError):
        return False
