"""The queue of the catalogue's courses."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.clock import Clock, SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.store import Store
from services.orders import bootstrap
from services.orders.app.record_course import record_course
from services.orders.events.consumed import CoursePublished, CourseWithdrawn


def event_handlers(store: Store, clock: Clock) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return dict.fromkeys((CoursePublished.TYPE, CourseWithdrawn.TYPE), partial(record_course, store, clock))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.store(), SystemClock()))
