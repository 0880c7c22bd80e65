"""Opening the lecture's files to a live session. A function of its own: beats hold no media key."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.clock import SystemClock
from services.kit.http import HttpApi, caller, secured
from services.kit.identity import Role
from services.playback import bootstrap
from services.playback.app.grant_media import MediaGrant, grant_media
from services.playback.app.problems import MEDIA_PROBLEMS
from services.playback.handlers.models import MediaAnswer, MediaRequest

Grant = Callable[[str, str], MediaGrant]
"""(learner id, token) -> what is opened."""


def build_api(grant: Grant, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The route."""
    api = HttpApi("Xueshi playback", MEDIA_PROBLEMS, origin_secret)
    app = api.app

    @app.post(
        "/v1/playback/media-grants",
        operation_id="grant_media",
        summary="Open the lecture's files to the live session for five minutes (sets cookies)",
        **secured(Role.LEARNER, function="media"),
    )
    def media(request: Annotated[MediaRequest, Body()]) -> Response[MediaAnswer]:
        granted = grant(caller(app).id, request.token)
        cookie = partial(
            Cookie, path=granted.folder, http_only=True, same_site=SameSite.STRICT_MODE, expires=granted.expires_at
        )
        return Response(
            200,
            body=MediaAnswer(folder=granted.folder, expires_at=granted.expires_at),
            content_type="application/json",
            cookies=[cookie(name=name, value=value) for name, value in granted.cookies.items()],
        )

    return api


@cache
def _api() -> HttpApi:
    grant = partial(grant_media, bootstrap.store(), bootstrap.keys(), SystemClock(), bootstrap.media_signer())
    return build_api(grant, bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
