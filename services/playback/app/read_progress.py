"""How far a learner is with a course."""

from services.kit.store import Stored
from services.playback.app.context import Context, attempts_of, live_key
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt, Live, checkpoint


def read_progress(context: Context, learner_id: str, course_id: str) -> tuple[Attempt, int] | None:
    """The learner's latest watch of the course as of its last accepted call, and its number of prompts; None if none.

    The live item is read first: if a leg lands in between, the attempt is the newer one, and wins by its version.
    """
    live = context.store.get(live_key(learner_id), Live)
    attempts = context.store.query(live_key(learner_id).pk, attempts_of(course_id), Attempt)
    if not attempts:
        return None
    attempt = newest(attempts[-1].value, live)
    return attempt, policy(attempt.policy_id).prompt_count(attempt.duration_ms)


def newest(attempt: Attempt, live: Stored[Live] | None) -> Attempt:
    """The attempt as of the last accepted call: live state that is newer than the last leg counts."""
    if live is None or live.value.watch_id != attempt.watch_id or live.version <= attempt.live_version:
        return attempt
    return checkpoint(attempt, live.value, live.version)
