"""Opening the lecture's files to a live session. A function of its own: beats hold no media key."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import MediaContext
from services.playback.app.watching.problems import MEDIA_PROBLEMS
from services.playback.handlers.routes.media import add_media_routes


def build_api(ctx: MediaContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", MEDIA_PROBLEMS, origin_secret, function="media")
    add_media_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.media(), secret))
