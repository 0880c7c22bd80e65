"""The player's calls."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.routes import caller_address
from services.playback.app.context import Context
from services.playback.app.risk.note_places import note_places
from services.playback.app.watching.read_progress import find_progress, read_progress
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.ids import LearnerId
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Attempt, Prompt
from services.playback.handlers.routes.fields import CourseId, Instant, Token

MAX_POSITION_MS = 24 * 3_600_000
"""No lecture is longer than a day."""

Position = Annotated[StrictInt, Field(ge=0, le=MAX_POSITION_MS, description="where the player is, milliseconds")]


class StartRequest(Request):
    """Start, or go on."""

    course_id: CourseId
    take_over: StrictBool = Field(False, description="stop the session that is live elsewhere")
    token: Token | None = Field(
        None,
        description="the newest token that this page was given before it was loaded anew, of whatever course: then it "
        "is the same place, and nobody is asked whether to take over",
    )
    device: StrictStr | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]{16,64}$",
        description="a random name that the browser keeps; only its keyed hash is kept, for 60 days, and never shown",
    )
    new_attempt: StrictBool = Field(
        False,
        description="where the latest watch is complete: watch the published version anew, from its start and with "
        "prompts of its own, as a later recertification period needs; otherwise without effect",
    )


class PositionRequest(Request):
    """A beat or a pause."""

    token: Token
    position_ms: Position


class ConfirmRequest(Request):
    """The answer to the open prompt."""

    token: Token
    nonce: StrictStr = Field(min_length=1, max_length=64, description="the open prompt's nonce")
    choice: StrictInt | None = Field(
        None, ge=0, le=99, description="where the prompt asks a question: the place of the chosen answer, from 0"
    )


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


class StartAnswer(WatchAnswer):
    """A session, and where its lecture is. `prompts` and `max_rate` announce the rules before the first second."""

    media_url: str


class ProgressAnswer(Answer):
    """How far the learner is."""

    course_id: str
    watch_id: str
    content_version: str
    duration_ms: int
    furthest_ms: int
    prompts: PromptsAnswer
    completed: bool
    completed_at: Instant | None


class OwnProgressAnswer(Answer):
    """How far the learner is, who may not have begun."""

    progress: ProgressAnswer | None = Field(description="null: there is no watch of the course yet")


def add_watching_routes(api: HttpApi, ctx: Context) -> None:
    """Starting, beating, confirming, pausing, and how far it got."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/playback/sessions", "start_session", status_code=201, idempotent=True)
    def start(request: StartRequest) -> StartAnswer:
        """Start or go on watching."""
        call = api.call()
        session = start_session(
            ctx,
            call,
            request.course_id,
            take_over=request.take_over,
            new_attempt=request.new_attempt,
            token=request.token,
        )
        note_places(ctx, LearnerId(call.caller_id), request.device, caller_address(api.app))
        return StartAnswer.of(session, _watch(session.state))

    @learner.route("POST /v1/playback/beats", "beat")
    def record_beat(request: PositionRequest) -> WatchAnswer:
        """Report the position; be credited."""
        return _watch(beat(ctx, api.call(), request.token, request.position_ms))

    @learner.route("POST /v1/playback/confirmations", "confirm_prompt")
    def confirm(request: ConfirmRequest) -> WatchAnswer:
        """Confirm the open prompt."""
        return _watch(confirm_prompt(ctx, api.call(), request.token, request.nonce, request.choice))

    @learner.route("POST /v1/playback/pauses", "pause")
    def record_pause(request: PositionRequest) -> WatchAnswer:
        """Save, and give the session back."""
        return _watch(pause(ctx, api.call(), request.token, request.position_ms))

    @learner.route("GET /v1/playback/courses/<course_id>/progress", "read_progress")
    def progress(course_id: CourseId) -> ProgressAnswer:
        """How far the learner is; 404 before they have begun (`find_progress` says null then)."""
        return _progress(*read_progress(ctx, api.call(), course_id))

    @learner.route("GET /v1/playback/progress/<course_id>", "find_progress")
    def own_progress(course_id: CourseId) -> OwnProgressAnswer:
        """How far the learner is, or that they have not begun."""
        found = find_progress(ctx, api.call(), course_id)
        return OwnProgressAnswer(progress=_progress(*found) if found else None)


def _progress(watch: Attempt, prompts: int) -> ProgressAnswer:
    counted = PromptsAnswer(total=prompts, confirmed=watch.confirmed)
    return ProgressAnswer.of(watch, prompts=counted, completed=watch.completed_at is not None)


def _watch(state: WatchState) -> WatchAnswer:
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
