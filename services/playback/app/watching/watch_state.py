"""What the player is told after every accepted call."""

from dataclasses import dataclass

from services.kit.store import Stored
from services.playback.app.context import Context
from services.playback.app.watching.tokens import seal
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Live, Prompt


@dataclass(frozen=True)
class WatchState:
    """The state of a watch after a call; times in milliseconds, instants since 1970.

    `gap_cap_ms` is how much of the lecture a full bucket is worth at the course's rate.
    """

    token: str
    live: Live
    prompts_total: int
    gap_cap_ms: int
    next_beat_ms: int
    day_left_ms: int
    prompt: Prompt | None
    question: ShownQuestion | None


def watch_state(ctx: Context, learner_id: LearnerId, stored: Stored[Live]) -> WatchState:
    """What is stored, for the player. Made from it again, it is the same again."""
    live = stored.value
    rules = policy(live.policy_id)
    return WatchState(
        token=seal(ctx.keys, learner_id, stored),
        live=live,
        prompts_total=rules.prompt_count(live.duration_ms),
        gap_cap_ms=int(rules.gap_cap_ms * live.max_rate),
        next_beat_ms=rules.next_beat_ms(live.duration_ms),
        day_left_ms=live.day_left_ms(rules, live.refilled_at),
        prompt=live.prompt,
        question=ctx.open_question(live),
    )
