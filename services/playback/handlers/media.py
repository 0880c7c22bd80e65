"""Opening the lecture's files to a live session. A function of its own: beats hold no media key."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import MediaContext
from services.playback.app.watching.problems import MEDIA_PROBLEMS
from services.playback.handlers.routes.media import add_media_routes


def build_api(ctx: MediaContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", MEDIA_PROBLEMS, origin_secret)
    add_media_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.media(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
