"""The queue of entitlements, completed watches and erased persons."""

from functools import partial

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.erasure.erase_person import erase_person
from services.catalog.app.learning.record_learning import record_completion, record_entitlement
from services.catalog.events.consumed import EntitlementGranted, PersonErased, WatchCompleted
from services.kit.consumer import EventHandler, consumer


def event_handlers(ctx: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        EntitlementGranted.TYPE: partial(record_entitlement, ctx),
        WatchCompleted.TYPE: partial(record_completion, ctx),
        PersonErased.TYPE: partial(erase_person, ctx),
    }


handler = consumer(lambda: event_handlers(bootstrap.catalog()))
