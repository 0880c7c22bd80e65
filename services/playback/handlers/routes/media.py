"""Opening the lecture's files to a live session."""

from datetime import datetime
from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from pydantic import BaseModel, Field

from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.playback.app.context import MediaContext
from services.playback.app.media.grant_media import grant_media
from services.playback.handlers.routes.fields import Token


class MediaRequest(Request):
    """The session that wants its lecture."""

    token: Token


class MediaAnswer(BaseModel):
    """What is open until when; the cookies that open it come with the answer."""

    folder: str = Field(description="path of the content version's folder")
    expires_at: datetime = Field(description="ask again before then")


def add_media_routes(app: APIGatewayHttpResolver, ctx: MediaContext) -> None:
    """The one route."""

    @app.post(
        "/v1/playback/media-grants",
        operation_id="grant_media",
        summary="Open the lecture's files to the live session for five minutes (sets cookies)",
        **secured(Role.LEARNER, function="media"),
    )
    def media(request: Annotated[MediaRequest, Body()]) -> Response[MediaAnswer]:
        grant = grant_media(ctx, call_of(app), request.token)
        cookie = partial(
            Cookie, path=grant.folder, http_only=True, same_site=SameSite.STRICT_MODE, expires=grant.expires_at
        )
        return Response(
            200,
            body=MediaAnswer(folder=grant.folder, expires_at=grant.expires_at),
            content_type="application/json",
            cookies=[cookie(name=name, value=value) for name, value in grant.cookies.items()],
        )
