"""The schedule of what finance wants of every day that is over."""

from time import monotonic
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.orders import bootstrap
from services.orders.app.finance.exports import request_daily_exports
from services.orders.app.finance.request_check import request_daily_checks
from services.orders.app.invoices.numbers import register_numbers

SECONDS = 40
"""For the numbers of the last release's invoices, of which there may be many once; the next day goes on."""


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    ctx, correlation_id = bootstrap.orders(), context.aws_request_id
    asked = {
        "exports": request_daily_exports(ctx, correlation_id),
        "reconciliations": request_daily_checks(ctx, correlation_id),
    }
    until = monotonic() + SECONDS
    register_numbers(ctx, lambda: monotonic() >= until)
    return {what: [f"{day}" for day in days] for what, days in asked.items()}
