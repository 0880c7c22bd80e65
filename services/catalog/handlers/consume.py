"""The queue of entitlements, completed watches and erased persons."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.erasure.erase_person import erase_person
from services.catalog.app.learning.record_learning import record_completion, record_entitlement
from services.catalog.events.consumed import EntitlementGranted, PersonErased, WatchCompleted
from services.kit.consumer import EventHandler, consume


def event_handlers(ctx: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        EntitlementGranted.TYPE: partial(record_entitlement, ctx),
        WatchCompleted.TYPE: partial(record_completion, ctx),
        PersonErased.TYPE: partial(erase_person, ctx),
    }


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.catalog()))
