"""What finance asks of orders. It reads what was sold, and has others write exports and fetch statements."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.orders import bootstrap_finance
from services.orders.app.context import FinanceContext
from services.orders.app.finance.problems import EXPORT_PROBLEMS
from services.orders.handlers.routes.finance.exports import add_export_routes
from services.orders.handlers.routes.finance.reconciliations import MAX_STATEMENT, add_reconciliation_routes
from services.orders.handlers.routes.finance.revenue import add_revenue_routes

MAX_BODY_BYTES = MAX_STATEMENT + 64 * 1024
"""A statement, and what else is said of it."""


def build_api(ctx: FinanceContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi finance", EXPORT_PROBLEMS, origin_secret, MAX_BODY_BYTES, function="finance")
    add_export_routes(api, ctx)
    add_revenue_routes(api, ctx)
    add_reconciliation_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap_finance.finance(), secret))
