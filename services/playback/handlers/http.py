"""Starting a session, and how far it got."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import Context
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.app.risk.problems import RISK_PROBLEMS
from services.playback.app.watching.problems import WATCHING_PROBLEMS
from services.playback.handlers.routes.watching.sessions import add_session_routes


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (*WATCHING_PROBLEMS, EVIDENCE_NOT_FOUND, *RISK_PROBLEMS), origin_secret)
    add_session_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.context(), secret))
