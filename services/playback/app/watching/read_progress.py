"""How far a learner is with a course."""

from services.kit.call import Call
from services.playback.app.context import Context
from services.playback.app.watching.problems import COURSE_NOT_FOUND
from services.playback.app.watching.watches import newest, read_attempts, read_live
from services.playback.domain.ids import CourseId, LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt


def find_progress(ctx: Context, call: Call, course_id: CourseId) -> tuple[Attempt, int] | None:
    """The caller's latest watch of the course as of its last accepted call, and its number of prompts; None before it.

    The live item is read first: if a leg lands in between, the attempt is the newer one, and wins by its version.
    """
    learner_id = LearnerId(call.caller_id)
    live = read_live(ctx.store, learner_id)
    attempts = read_attempts(ctx.store, learner_id, course_id)
    if not attempts:
        return None
    attempt = newest(attempts[-1].value, live)
    return attempt, policy(attempt.policy_id).prompt_count(attempt.duration_ms)


def read_progress(ctx: Context, call: Call, course_id: CourseId) -> tuple[Attempt, int]:
    """The same. Raises COURSE_NOT_FOUND where there is no watch of the course."""
    found = find_progress(ctx, call, course_id)
    if found is None:
        raise COURSE_NOT_FOUND.problem()
    return found
