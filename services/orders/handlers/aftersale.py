"""What follows on a paid order: refunds and invoices, for the learners who ask for them and for staff."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.orders import bootstrap_finance
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.problems import INVOICE_PROBLEMS
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.app.refunds.problems import REFUND_PROBLEMS
from services.orders.handlers.routes.invoices.own import add_invoice_routes
from services.orders.handlers.routes.invoices.staff import add_invoice_staff_routes
from services.orders.handlers.routes.refunds import add_refund_routes


def build_api(ctx: InvoiceContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi after-sales", (ORDER_NOT_FOUND, *REFUND_PROBLEMS, *INVOICE_PROBLEMS), origin_secret)
    add_refund_routes(api.app, ctx)
    add_invoice_routes(api.app, ctx)
    add_invoice_staff_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap_finance.invoices(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
