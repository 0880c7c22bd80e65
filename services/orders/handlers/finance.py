"""What finance asks of orders. It reads what was sold, and has others write exports and fetch statements."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.orders import bootstrap_finance
from services.orders.app.context import FinanceContext
from services.orders.app.finance.problems import EXPORT_PROBLEMS
from services.orders.handlers.routes.finance.exports import add_export_routes
from services.orders.handlers.routes.finance.reconciliations import MAX_STATEMENT, add_reconciliation_routes
from services.orders.handlers.routes.finance.revenue import add_revenue_routes

MAX_BODY_BYTES = MAX_STATEMENT + 64 * 1024
"""A statement, and what else is said of it."""


def build_api(ctx: FinanceContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi finance", EXPORT_PROBLEMS, origin_secret, MAX_BODY_BYTES)
    add_export_routes(api.app, ctx)
    add_revenue_routes(api.app, ctx)
    add_reconciliation_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap_finance.finance(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
