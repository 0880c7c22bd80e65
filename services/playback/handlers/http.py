"""The player's calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.clock import from_ms
from services.kit.http import HttpApi, caller, correlation_id, idempotency_key, secured
from services.kit.identity import Role
from services.playback import bootstrap
from services.playback.app.answers import WatchState
from services.playback.app.context import Context
from services.playback.app.problems import COURSE_NOT_FOUND, PROBLEMS
from services.playback.app.read_progress import read_progress
from services.playback.app.start_session import start_session
from services.playback.app.watch import beat, confirm_prompt, pause
from services.playback.domain.questions import Asked
from services.playback.domain.watch import Prompt
from services.playback.handlers.models import (
    ConfirmRequest,
    CourseId,
    PositionRequest,
    ProgressAnswer,
    PromptAnswer,
    PromptsAnswer,
    QuestionAnswer,
    StartAnswer,
    StartRequest,
    WatchAnswer,
)


def build_api(context: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", PROBLEMS, origin_secret)
    app = api.app
    learner = secured(Role.LEARNER)

    @app.post(
        "/v1/playback/sessions",
        status_code=201,
        operation_id="start_session",
        summary="Start or go on watching",
        **secured(Role.LEARNER, idempotent=True),
    )
    def start(request: Annotated[StartRequest, Body()]) -> StartAnswer:
        key = idempotency_key(app)
        started = start_session(
            context,
            caller(app).id,
            request.course_id,
            key,
            take_over=request.take_over,
            new_attempt=request.new_attempt,
        )
        return StartAnswer(media_url=started.media_url, **_answer(started.state))

    @app.post("/v1/playback/beats", operation_id="beat", summary="Report the position; be credited", **learner)
    def record_beat(request: Annotated[PositionRequest, Body()]) -> WatchAnswer:
        state = beat(context, caller(app).id, request.token, request.position_ms, correlation_id(app))
        return WatchAnswer(**_answer(state))

    @app.post("/v1/playback/confirmations", operation_id="confirm_prompt", summary="Confirm the open prompt", **learner)
    def confirm(request: Annotated[ConfirmRequest, Body()]) -> WatchAnswer:
        state = confirm_prompt(
            context, caller(app).id, request.token, request.nonce, correlation_id(app), request.choice
        )
        return WatchAnswer(**_answer(state))

    @app.post("/v1/playback/pauses", operation_id="pause", summary="Save, and give the session back", **learner)
    def record_pause(request: Annotated[PositionRequest, Body()]) -> WatchAnswer:
        state = pause(context, caller(app).id, request.token, request.position_ms, correlation_id(app))
        return WatchAnswer(**_answer(state))

    @app.get(
        "/v1/playback/courses/<course_id>/progress",
        operation_id="read_progress",
        summary="How far the learner is",
        **learner,
    )
    def progress(course_id: Annotated[CourseId, Path()]) -> ProgressAnswer:
        found = read_progress(context, caller(app).id, course_id)
        if found is None:
            raise COURSE_NOT_FOUND.problem()
        watch, total = found
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

    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.watching(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)


def _answer(state: WatchState) -> dict[str, Any]:
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
        "prompt": state.prompt and _prompt(state.prompt, state.asked),
        "completed": live.completed_at is not None,
        "completed_at": _instant(live.completed_at),
    }


def _prompt(prompt: Prompt, asked: Asked | None) -> PromptAnswer:
    return PromptAnswer(
        index=prompt.index,
        nonce=prompt.nonce,
        shown_at=from_ms(prompt.shown_at),
        question=QuestionAnswer(text=asked.text, choices=list(asked.choices)) if asked else None,
        wrong_answers=prompt.wrong,
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
