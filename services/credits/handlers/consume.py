"""The queue of courses, memberships, completed watches, refunds, and of our own events that something follows from."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.awarding.award_hours import award_hours
from services.credits.app.awarding.reverse_watches import reverse_watches
from services.credits.app.awarding.settle_holds import settle_after
from services.credits.app.context import LedgerContext
from services.credits.app.courses.record_course import record_course
from services.credits.app.declarations.declare_hours import take_back_reversed
from services.credits.app.identities.note_belongings import note_belongings
from services.credits.app.memberships.record_membership import record_membership
from services.credits.events.consumed import (
    FREEING,
    HOURS_REVERSED,
    CoursePublished,
    EntitlementGranted,
    HoursReversalRequested,
    MembershipChanged,
    WatchCompleted,
)
from services.kit.consumer import EventHandler, consumer
from services.kit.events import Envelope


def event_handlers(ctx: LedgerContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        CoursePublished.TYPE: partial(record_course, ctx),
        WatchCompleted.TYPE: partial(award_hours, ctx),
        MembershipChanged.TYPE: partial(record_membership, ctx),
        EntitlementGranted.TYPE: partial(note_belongings, ctx),
        HoursReversalRequested.TYPE: partial(reverse_watches, ctx),
        **dict.fromkeys(FREEING, partial(settle_after, ctx)),
        HOURS_REVERSED: partial(_follow_reversal, ctx),
    }


def _follow_reversal(ctx: LedgerContext, event: Envelope) -> None:
    """Neither needs the other, and both go on where they were interrupted."""
    take_back_reversed(ctx, event)
    settle_after(ctx, event)


handler = consumer(lambda: event_handlers(bootstrap.ledger()))
