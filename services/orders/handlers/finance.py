"""What finance asks of orders. It reads what was sold, and has others write exports and fetch statements."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.objects import Objects
from services.orders import bootstrap, bootstrap_finance
from services.orders.app.context import Context
from services.orders.app.finance.problems import EXPORT_PROBLEMS
from services.orders.handlers.routes.exports import add_export_routes
from services.orders.handlers.routes.reconciliations import MAX_STATEMENT, add_reconciliation_routes
from services.orders.handlers.routes.revenue import add_revenue_routes

MAX_BODY_BYTES = MAX_STATEMENT + 64 * 1024
"""A statement, and what else is said of it."""


def build_api(context: Context, objects: Objects, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi finance", EXPORT_PROBLEMS, origin_secret, MAX_BODY_BYTES)
    add_export_routes(api.app, context, objects)
    add_revenue_routes(api.app, context)
    add_reconciliation_routes(api.app, context, objects)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.orders(), bootstrap_finance.objects(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
