"""The calls that carry a session's token."""

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from services.kit.bodies import Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.playback.app.context import Context
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.handlers.routes.fields import Token
from services.playback.handlers.routes.watching.answers import WatchAnswer, watch_answer
from services.playback.handlers.routes.watching.plain_beats import MAX_CHOICE, MAX_NONCE_LENGTH, MAX_POSITION_MS

Position = Annotated[StrictInt, Field(ge=0, le=MAX_POSITION_MS, description="where the player is, milliseconds")]


class PositionRequest(Request):
    """A beat or a pause."""

    token: Token
    position_ms: Position


class ConfirmRequest(Request):
    """The answer to the open prompt."""

    token: Token
    nonce: StrictStr = Field(min_length=1, max_length=MAX_NONCE_LENGTH, description="the open prompt's nonce")
    choice: StrictInt | None = Field(
        None,
        ge=0,
        le=MAX_CHOICE,
        description="where the prompt asks a question: the place of the chosen answer, from 0",
    )


def add_beat_routes(api: HttpApi, ctx: Context) -> None:
    """Beating, confirming and pausing."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/playback/beats", "beat")
    def record_beat(request: PositionRequest) -> WatchAnswer:
        """Report the position; be credited."""
        return watch_answer(beat(ctx, api.call(), request.token, request.position_ms))

    @learner.route("POST /v1/playback/confirmations", "confirm_prompt")
    def confirm(request: ConfirmRequest) -> WatchAnswer:
        """Confirm the open prompt."""
        return watch_answer(confirm_prompt(ctx, api.call(), request.token, request.nonce, request.choice))

    @learner.route("POST /v1/playback/pauses", "pause")
    def record_pause(request: PositionRequest) -> WatchAnswer:
        """Save, and give the session back."""
        return watch_answer(pause(ctx, api.call(), request.token, request.position_ms))
