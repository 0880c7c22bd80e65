"""The queue of courses and entitlements."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.clock import Clock, SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.store import Store
from services.playback import bootstrap
from services.playback.app.record_views import record_course, record_entitlement
from services.playback.events.consumed import CoursePublished, EntitlementGranted


def event_handlers(store: Store, clock: Clock) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        CoursePublished.TYPE: partial(record_course, store, clock),
        EntitlementGranted.TYPE: partial(record_entitlement, store, clock),
    }


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.store(), SystemClock()))
