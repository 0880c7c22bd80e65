"""The queue of the catalogue's courses, of erased persons, and of what is answered about refunds."""

from functools import partial

from services.kit.consumer import EventHandler, consumer
from services.orders import bootstrap
from services.orders.app.context import Context
from services.orders.app.courses.record_course import record_course
from services.orders.app.erasure.erase_person import erase_person
from services.orders.app.refunds.settle_refund import record_decision, record_reversal
from services.orders.events.consumed import (
    CoursePublished,
    CourseWithdrawn,
    EntitlementRevocationDecided,
    PersonErased,
    WatchesReversed,
)


def event_handlers(ctx: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    courses = partial(record_course, ctx)
    return {
        CoursePublished.TYPE: courses,
        CourseWithdrawn.TYPE: courses,
        EntitlementRevocationDecided.TYPE: partial(record_decision, ctx),
        WatchesReversed.TYPE: partial(record_reversal, ctx),
        PersonErased.TYPE: partial(erase_person, ctx),
    }


handler = consumer(lambda: event_handlers(bootstrap.orders()))
