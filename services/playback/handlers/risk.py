"""What staff see of watching, and what reviewers do about risk signals. A function of its own: it holds no key."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import RiskContext
from services.playback.app.risk.problems import RISK_PROBLEMS
from services.playback.handlers.routes.personal_data import add_personal_data_routes
from services.playback.handlers.routes.risk import add_risk_routes
from services.playback.handlers.routes.watching.of_learner import add_learner_routes


def build_api(ctx: RiskContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", RISK_PROBLEMS, origin_secret, function="risk")
    add_risk_routes(api, ctx)
    add_personal_data_routes(api, ctx)
    add_learner_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.risk(), secret))
