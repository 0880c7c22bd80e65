"""The queue of entitlements, completed watches and erased persons."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.erase_person import erase_person
from services.catalog.app.record_learning import record_completion, record_entitlement
from services.catalog.events.consumed import EntitlementGranted, PersonErased, WatchCompleted
from services.kit.clock import Clock, SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.store import Store


def event_handlers(store: Store, clock: Clock) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        EntitlementGranted.TYPE: partial(record_entitlement, store, clock),
        WatchCompleted.TYPE: partial(record_completion, store, clock),
        PersonErased.TYPE: partial(erase_person, store, clock),
    }


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.store(), SystemClock()))
