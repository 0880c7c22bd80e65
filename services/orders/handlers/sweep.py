"""The schedule that looks after orders whose time is over, and payments and refunds whose news did not reach us."""

from time import monotonic
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.orders import bootstrap_payments
from services.orders.app.ordering.sweep_orders import sweep_orders
from services.orders.app.payments.sweep_payments import sweep_payments

SECONDS = 50
"""How long a run goes on: the next one begins a minute after it."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run."""
    until = monotonic() + SECONDS

    def enough() -> bool:
        return monotonic() >= until

    ctx = bootstrap_payments.payments()
    try:
        # First, so that an order which was paid unnoticed is granted, not closed.
        settled = sweep_payments(ctx, enough)
    finally:
        closed = sweep_orders(ctx, enough)
    return {"settled": settled, "closed": closed}
