"""What learners, administrators and reviewers ask of the ledger."""

from services.credits import bootstrap
from services.credits.app.context import LedgerContext
from services.credits.app.problems import PROBLEMS
from services.credits.handlers.routes.accounts import add_account_routes
from services.credits.handlers.routes.advice import add_advice_routes
from services.credits.handlers.routes.awarding import add_grant_routes, add_review_routes
from services.credits.handlers.routes.certificates import add_certificate_routes
from services.credits.handlers.routes.deadlines import add_calendar_routes
from services.credits.handlers.routes.erasure import add_erasure_routes
from services.credits.handlers.routes.ledger import add_timeline_routes
from services.credits.handlers.routes.notices import add_notice_routes
from services.credits.handlers.routes.personal_data import add_personal_data_routes
from services.credits.handlers.routes.planning import add_plan_routes
from services.credits.handlers.routes.profiles import add_profile_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: LedgerContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", PROBLEMS, origin_secret)
    add_account_routes(api, ctx)
    add_timeline_routes(api, ctx)
    add_certificate_routes(api, ctx)
    add_review_routes(api, ctx)
    add_grant_routes(api, ctx)
    add_profile_routes(api, ctx)
    add_advice_routes(api, ctx)
    add_plan_routes(api, ctx)
    add_notice_routes(api, ctx)
    add_erasure_routes(api, ctx)
    add_calendar_routes(api, ctx)
    add_personal_data_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.ledger(), secret))
