"""The calls that carry a session's token: hundreds in an hour that is watched, where every other call is rare.

So their function's start, and each of them, must cost next to nothing: docs/decisions/0043.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from services.kit.origin import OriginSecret
from services.kit.wiring.init import at_init
from services.playback import bootstrap_beat as bootstrap
from services.playback.app.context import Context
from services.playback.handlers.routes.watching.plain_beats import answer_plainly

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from services.kit.http import HttpApi


def build_api(ctx: Context, origin_secret: OriginSecret) -> "HttpApi":
    """The routes, for what is not answered plainly."""
    # Loaded for the first such request.
    from services.kit.http import HttpApi
    from services.playback.app.watching.problems import WATCHING_PROBLEMS
    from services.playback.handlers.routes.watching.beats import add_beat_routes

    api = HttpApi("Xueshi playback", WATCHING_PROBLEMS, origin_secret, function="beat")
    add_beat_routes(api, ctx)
    return api


@cache
def _api() -> "HttpApi":
    return build_api(bootstrap.context(), bootstrap.origin_secret())


at_init(bootstrap.context)
at_init(bootstrap.origin_secret)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answers one request of the HTTP API (payload format 2.0)."""
    plain = answer_plainly(event, bootstrap.context(), bootstrap.origin_secret())
    return plain or _api().handle(event, context)
