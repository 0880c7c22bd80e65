"""What learners, administrators and reviewers ask of the ledger."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

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
from services.credits.handlers.routes.profiles import add_profile_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: LedgerContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", PROBLEMS, origin_secret)
    add_account_routes(api.app, ctx)
    add_timeline_routes(api.app, ctx)
    add_certificate_routes(api.app, ctx)
    add_review_routes(api.app, ctx)
    add_grant_routes(api.app, ctx)
    add_profile_routes(api.app, ctx)
    add_advice_routes(api.app, ctx)
    add_notice_routes(api.app, ctx)
    add_erasure_routes(api.app, ctx)
    add_calendar_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.ledger(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
