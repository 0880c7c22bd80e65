"""Where a watch stands, as the player is told."""

from decimal import Decimal

from pydantic import Field

from services.kit.bodies import Answer
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Prompt
from services.playback.handlers.routes.fields import Instant


class PromptsAnswer(Answer):
    """How many prompts the watch has, and how many are confirmed."""

    total: int
    confirmed: int


class QuestionAnswer(Answer):
    """What a prompt asks. The right choice is known to the server only."""

    text: str
    choices: list[str]


class PromptAnswer(Answer):
    """The prompt that waits: nothing is credited until it is confirmed. It waits for ever."""

    index: int = Field(description="its number, from 0")
    nonce: str
    shown_at: Instant
    question: QuestionAnswer | None = Field(description="null: it only waits to be confirmed")
    wrong_answers: int = Field(description="how often it was answered wrongly; each time it asks again")


class WatchAnswer(Answer):
    """Where the watch stands after the call. Times are milliseconds."""

    token: str = Field(description="for the next call")
    session_id: str
    watch_id: str
    course_id: str
    attempt: int
    content_version: str
    duration_ms: int
    furthest_ms: int = Field(description="credited: the prefix [0, furthest_ms] of the lecture")
    saved_at: Instant = Field(description="everything credited until then is saved")
    lease_expires_at: Instant
    next_beat_ms: int = Field(description="how long to wait before the next beat")
    gap_cap_ms: int = Field(
        description="unsaved play beyond this is lost: stop there. Time of the lecture: a real-time span at `max_rate`"
    )
    day_left_ms: int = Field(description="how much more can be credited today (Asia/Shanghai)")
    max_rate: Decimal = Field(description="playing faster earns nothing extra")
    prompts: PromptsAnswer
    prompt: PromptAnswer | None
    completed: bool
    completed_at: Instant | None


def watch_answer(state: WatchState) -> WatchAnswer:
    """The state of a watch."""
    live = state.live
    return WatchAnswer.of(
        state,
        live,
        day_left_ms=state.day_left_ms,
        saved_at=live.refilled_at,
        lease_expires_at=live.lease_until,
        prompts=PromptsAnswer(total=state.prompts_total, confirmed=live.confirmed),
        prompt=state.prompt and _prompt(state.prompt, state.question),
        completed=live.completed_at is not None,
    )


def _prompt(prompt: Prompt, question: ShownQuestion | None) -> PromptAnswer:
    return PromptAnswer.of(prompt, question=question, wrong_answers=prompt.wrong)
