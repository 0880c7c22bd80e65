"""What a learner has watched, for staff."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.playback.app.context import RiskContext
from services.playback.app.watching.watches import newest, read_attempts, read_live
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt


@dataclass(frozen=True)
class WatchView:
    """A watch as of its last accepted call, with how many prompts it has."""

    attempt: Attempt
    prompts: int


def list_watches(ctx: RiskContext, learner_id: LearnerId) -> list[WatchView]:
    """All of a learner's watches, begun last first. There are tens of them in a year, and a query reads thousands."""
    live = read_live(ctx.store, learner_id)
    attempts = (newest(stored.value, live) for stored in read_attempts(ctx.store, learner_id))
    return sorted(_views(attempts), key=lambda view: view.attempt.started_at, reverse=True)


def _views(attempts: Iterator[Attempt]) -> Iterator[WatchView]:
    for attempt in attempts:
        yield WatchView(attempt, policy(attempt.policy_id).prompt_count(attempt.duration_ms))
