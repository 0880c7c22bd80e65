"""The player's calls."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from services.kit.bodies import Request
from services.kit.clock import from_ms
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.playback.app.context import Context
from services.playback.app.risk.note_places import note_places
from services.playback.app.watching.read_progress import read_progress
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.ids import LearnerId
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Prompt
from services.playback.handlers.routes.fields import CourseId, Token

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


class PromptsAnswer(BaseModel):
    """How many prompts the watch has, and how many are confirmed."""

    total: int
    confirmed: int


class QuestionAnswer(BaseModel):
    """What a prompt asks. The right choice is known to the server only."""

    text: str
    choices: list[str]


class PromptAnswer(BaseModel):
    """The prompt that waits: nothing is credited until it is confirmed. It waits for ever."""

    index: int = Field(description="its number, from 0")
    nonce: str
    shown_at: datetime
    question: QuestionAnswer | None = Field(description="null: it only waits to be confirmed")
    wrong_answers: int = Field(description="how often it was answered wrongly; each time it asks again")


class WatchAnswer(BaseModel):
    """Where the watch stands after the call. Times are milliseconds."""

    token: str = Field(description="for the next call")
    session_id: str
    watch_id: str
    course_id: str
    attempt: int
    content_version: str
    duration_ms: int
    furthest_ms: int = Field(description="credited: the prefix [0, furthest_ms] of the lecture")
    saved_at: datetime = Field(description="everything credited until then is saved")
    lease_expires_at: datetime
    next_beat_ms: int = Field(description="how long to wait before the next beat")
    gap_cap_ms: int = Field(
        description="unsaved play beyond this is lost: stop there. Time of the lecture: a real-time span at `max_rate`"
    )
    day_left_ms: int = Field(description="how much more can be credited today (Asia/Shanghai)")
    max_rate: Decimal = Field(description="playing faster earns nothing extra")
    prompts: PromptsAnswer
    prompt: PromptAnswer | None
    completed: bool
    completed_at: datetime | None


class StartAnswer(WatchAnswer):
    """A session, and where its lecture is. `prompts` and `max_rate` announce the rules before the first second."""

    media_url: str


class ProgressAnswer(BaseModel):
    """How far the learner is."""

    course_id: str
    watch_id: str
    content_version: str
    duration_ms: int
    furthest_ms: int
    prompts: PromptsAnswer
    completed: bool
    completed_at: datetime | None


def add_watching_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """Starting, beating, confirming, pausing, and how far it got."""
    learner = secured(Role.LEARNER)

    @app.post(
        "/v1/playback/sessions",
        status_code=201,
        operation_id="start_session",
        summary="Start or go on watching",
        **secured(Role.LEARNER, idempotent=True),
    )
    def start(request: Annotated[StartRequest, Body()]) -> StartAnswer:
        call = call_of(app)
        session = start_session(
            ctx,
            call,
            request.course_id,
            take_over=request.take_over,
            new_attempt=request.new_attempt,
            token=request.token,
        )
        note_places(ctx, LearnerId(call.caller_id), request.device, _address(app))
        return StartAnswer(media_url=session.media_url, **_fields(session.state))

    @app.post("/v1/playback/beats", operation_id="beat", summary="Report the position; be credited", **learner)
    def record_beat(request: Annotated[PositionRequest, Body()]) -> WatchAnswer:
        return WatchAnswer(**_fields(beat(ctx, call_of(app), request.token, request.position_ms)))

    @app.post("/v1/playback/confirmations", operation_id="confirm_prompt", summary="Confirm the open prompt", **learner)
    def confirm(request: Annotated[ConfirmRequest, Body()]) -> WatchAnswer:
        state = confirm_prompt(ctx, call_of(app), request.token, request.nonce, request.choice)
        return WatchAnswer(**_fields(state))

    @app.post("/v1/playback/pauses", operation_id="pause", summary="Save, and give the session back", **learner)
    def record_pause(request: Annotated[PositionRequest, Body()]) -> WatchAnswer:
        return WatchAnswer(**_fields(pause(ctx, call_of(app), request.token, request.position_ms)))

    @app.get(
        "/v1/playback/courses/<course_id>/progress",
        operation_id="read_progress",
        summary="How far the learner is",
        **learner,
    )
    def progress(course_id: Annotated[CourseId, Path()]) -> ProgressAnswer:
        watch, total = read_progress(ctx, call_of(app), course_id)
        return ProgressAnswer(
            course_id=watch.course_id,
            watch_id=watch.watch_id,
            content_version=watch.content_version,
            duration_ms=watch.duration_ms,
            furthest_ms=watch.furthest_ms,
            prompts=PromptsAnswer(total=total, confirmed=watch.confirmed),
            completed=watch.completed_at is not None,
            completed_at=_instant(watch.completed_at),
        )


def _address(app: APIGatewayHttpResolver) -> str | None:
    """The learner's address: what the distribution saw, the last but the distribution's own."""
    seen = [part.strip() for part in app.current_event.headers.get("x-forwarded-for", "").split(",")]
    return seen[-2:][0] or None


def _fields(state: WatchState) -> dict[str, Any]:
    live = state.live
    return {
        "token": state.token,
        "session_id": live.session_id,
        "watch_id": live.watch_id,
        "course_id": live.course_id,
        "attempt": live.attempt,
        "content_version": live.content_version,
        "duration_ms": live.duration_ms,
        "furthest_ms": live.furthest_ms,
        "saved_at": from_ms(live.refilled_at),
        "lease_expires_at": from_ms(live.lease_until),
        "next_beat_ms": state.next_beat_ms,
        "gap_cap_ms": state.gap_cap_ms,
        "day_left_ms": state.day_left_ms,
        "max_rate": live.max_rate,
        "prompts": PromptsAnswer(total=state.prompts_total, confirmed=live.confirmed),
        "prompt": state.prompt and _prompt(state.prompt, state.question),
        "completed": live.completed_at is not None,
        "completed_at": _instant(live.completed_at),
    }


def _prompt(prompt: Prompt, question: ShownQuestion | None) -> PromptAnswer:
    return PromptAnswer(
        index=prompt.index,
        nonce=prompt.nonce,
        shown_at=from_ms(prompt.shown_at),
        question=QuestionAnswer(text=question.text, choices=list(question.choices)) if question else None,
        wrong_answers=prompt.wrong,
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
