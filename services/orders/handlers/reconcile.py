"""The queue of reconciliations to be done. It talks to providers, and may write reports."""

from functools import partial
from typing import TYPE_CHECKING, Any

from services.kit.consumer import EventHandler, consume
from services.orders import bootstrap_finance, bootstrap_payments
from services.orders.app.context import ReconciliationContext
from services.orders.app.finance.run_check import run_check
from services.orders.events.published import ReconciliationRequested

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def event_handlers(ctx: ReconciliationContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {ReconciliationRequested.TYPE: partial(run_check, ctx)}


def handler(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
    """One batch of the queue."""
    ctx = ReconciliationContext(**vars(bootstrap_finance.finance()), provider=bootstrap_payments.provider)
    return consume(event, event_handlers(ctx))
