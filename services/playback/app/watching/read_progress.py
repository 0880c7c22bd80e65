"""How far a learner is with a course."""

from services.kit.call import Call
from services.kit.store import Page, Stored
from services.kit.store.pages import every
from services.playback.app.context import Context
from services.playback.app.items import ATTEMPTS, attempts_of, partition_of_learner
from services.playback.app.watching.problems import COURSE_NOT_FOUND
from services.playback.app.watching.watches import newest, read_attempts, read_live
from services.playback.domain.ids import CourseId, LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt, Live


def find_progress(ctx: Context, call: Call, course_id: CourseId) -> tuple[Attempt, int] | None:
    """The caller's latest watch of the course as of its last accepted call, and its number of prompts; None before it.

    The live item is read first: if a leg lands in between, the attempt is the newer one, and wins by its version.
    """
    learner_id = LearnerId(call.caller_id)
    live = read_live(ctx.store, learner_id)
    attempts = read_attempts(ctx.store, learner_id, course_id)
    if not attempts:
        return None
    return _counted(attempts[-1].value, live)


def list_progress(ctx: Context, call: Call, after: str | None, limit: int) -> Page[tuple[Attempt, int]]:
    """The same of every course that the caller has begun, by course, from the one after a page's `after`."""
    learner_id = LearnerId(call.caller_id)
    live = read_live(ctx.store, learner_id)
    latest: dict[CourseId, Attempt] = {}
    for stored in every(ctx.store, partition_of_learner(learner_id), ATTEMPTS, Attempt, _last_of(after)):
        if len(latest) == limit and stored.value.course_id not in latest:
            return Page([_counted(attempt, live) for attempt in latest.values()], next(reversed(latest)))
        latest[stored.value.course_id] = stored.value
    return Page([_counted(attempt, live) for attempt in latest.values()], None)


def _last_of(course_id: str | None) -> str | None:
    """Where a course's attempts end; they are numbered with digits."""
    return f"{attempts_of(CourseId(course_id))}~" if course_id else None


def _counted(attempt: Attempt, live: Stored[Live] | None) -> tuple[Attempt, int]:
    attempt = newest(attempt, live)
    return attempt, policy(attempt.policy_id).prompt_count(attempt.duration_ms)


def read_progress(ctx: Context, call: Call, course_id: CourseId) -> tuple[Attempt, int]:
    """The same. Raises COURSE_NOT_FOUND where there is no watch of the course."""
    found = find_progress(ctx, call, course_id)
    if found is None:
        raise COURSE_NOT_FOUND.problem()
    return found
