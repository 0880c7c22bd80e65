"""What the player is told after every accepted call."""

from dataclasses import dataclass

from services.playback.app.context import Context
from services.playback.app.tokens import seal
from services.playback.domain.policy import policy
from services.playback.domain.questions import Asked
from services.playback.domain.watch import Live, Prompt


@dataclass(frozen=True)
class WatchState:
    """The state of a watch after a call; times in milliseconds, instants since 1970."""

    token: str
    live: Live
    prompts_total: int
    gap_cap_ms: int
    next_beat_ms: int
    day_left_ms: int
    prompt: Prompt | None
    asked: Asked | None


def watch_state(context: Context, learner_id: str, live: Live, version: int) -> WatchState:
    """The answer for a stored live state. Rebuilt from that state it is the same again."""
    rules = policy(live.policy_id)
    return WatchState(
        token=seal(context.keys, learner_id, live, version),
        live=live,
        prompts_total=rules.prompt_count(live.duration_ms),
        gap_cap_ms=rules.gap_cap_ms,
        next_beat_ms=rules.next_beat_ms(live.duration_ms),
        day_left_ms=live.day_left_ms(rules, live.refilled_at),
        prompt=live.prompt,
        asked=context.asked(live),
    )
