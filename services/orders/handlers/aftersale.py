"""What follows on a paid order: refunds and invoices, for the learners who ask for them and for staff."""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.orders import bootstrap_finance
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.problems import INVOICE_PROBLEMS
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.app.refunds.problems import REFUND_PROBLEMS
from services.orders.handlers.routes.invoices.own import add_invoice_routes
from services.orders.handlers.routes.invoices.staff import add_invoice_staff_routes
from services.orders.handlers.routes.refunds import add_refund_routes


def build_api(ctx: InvoiceContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi(
        "Xueshi after-sales",
        (ORDER_NOT_FOUND, *REFUND_PROBLEMS, *INVOICE_PROBLEMS),
        origin_secret,
        function="aftersale",
    )
    add_refund_routes(api, ctx)
    add_invoice_routes(api, ctx)
    add_invoice_staff_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap_finance.invoices(), secret))
