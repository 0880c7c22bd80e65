"""The queue of courses, entitlements and their revocations, memberships, and hashes of credits' records."""

from functools import partial

from services.kit.consumer import EventHandler, consumer
from services.playback import bootstrap
from services.playback.app.context import Context
from services.playback.app.courses.record_course import record_course
from services.playback.app.entitlements.record_entitlement import record_entitlement
from services.playback.app.log.note_entries import record_sealed
from services.playback.app.memberships.record_membership import record_membership
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.events.consumed import (
    CoursePublished,
    CourseWithdrawn,
    EntitlementGranted,
    EntitlementRevocationRequested,
    MembershipChanged,
    RecordSealed,
)


def event_handlers(ctx: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        CoursePublished.TYPE: partial(record_course, ctx),
        CourseWithdrawn.TYPE: partial(record_course, ctx),
        EntitlementGranted.TYPE: partial(record_entitlement, ctx),
        MembershipChanged.TYPE: partial(record_membership, ctx),
        EntitlementRevocationRequested.TYPE: partial(decide_revocation, ctx),
        RecordSealed.TYPE: partial(record_sealed, ctx),
    }


handler = consumer(lambda: event_handlers(bootstrap.context()))
