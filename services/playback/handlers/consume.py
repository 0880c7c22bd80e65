"""The queue of courses, entitlements and their revocations, and memberships."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.consumer import EventHandler, consume
from services.playback import bootstrap
from services.playback.app.context import Context
from services.playback.app.decide_revocation import decide_revocation
from services.playback.app.record_membership import record_membership
from services.playback.app.record_views import record_course, record_entitlement
from services.playback.events.consumed import (
    CoursePublished,
    CourseWithdrawn,
    EntitlementGranted,
    EntitlementRevocationRequested,
    MembershipChanged,
)


def event_handlers(watching: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        CoursePublished.TYPE: partial(record_course, watching.store, watching.clock),
        CourseWithdrawn.TYPE: partial(record_course, watching.store, watching.clock),
        EntitlementGranted.TYPE: partial(record_entitlement, watching.store, watching.clock),
        MembershipChanged.TYPE: partial(record_membership, watching),
        EntitlementRevocationRequested.TYPE: partial(decide_revocation, watching),
    }


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.watching()))
