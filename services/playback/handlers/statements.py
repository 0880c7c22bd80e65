"""Completed watches as xAPI statements, for the learner and for auditors. It only reads, and holds no key."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import StatementsContext
from services.playback.handlers.routes.statements import add_statements_routes


def build_api(ctx: StatementsContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (), origin_secret, function="statements")
    add_statements_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.statements(), secret))
