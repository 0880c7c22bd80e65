"""What follows from the ledger's own facts, outside it. A queue of its own, so that it never delays an award."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.badges.status_lists import publish_revocations
from services.credits.app.context import RulesContext
from services.credits.app.deadlines.remind import file_deadline
from services.credits.app.notices.tell_learner import (
    tell_of_answer,
    tell_of_certificate,
    tell_of_deadline,
    tell_of_entry,
    tell_of_return,
    tell_of_year,
)
from services.credits.events.consumed import AboutLearner
from services.credits.events.published import (
    CertificateConfirmed,
    CertificateReturned,
    DeadlineApproaching,
    DeclarationAnswered,
    HoursAwarded,
    HoursGranted,
    HoursHeld,
    HoursReleased,
    HoursReversed,
    YearEnding,
)
from services.kit.consumer import EventHandler, consumer
from services.kit.events import Envelope


def event_handlers(ctx: RulesContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        HoursAwarded.TYPE: partial(tell_of_entry, ctx),
        HoursGranted.TYPE: partial(tell_of_entry, ctx),
        HoursHeld.TYPE: partial(tell_of_entry, ctx),
        HoursReleased.TYPE: partial(tell_of_entry, ctx),
        HoursReversed.TYPE: partial(_reversed, ctx),
        DeadlineApproaching.TYPE: partial(tell_of_deadline, ctx),
        YearEnding.TYPE: partial(tell_of_year, ctx),
        CertificateConfirmed.TYPE: partial(_confirmed, ctx),
        CertificateReturned.TYPE: partial(tell_of_return, ctx),
        DeclarationAnswered.TYPE: partial(tell_of_answer, ctx),
    }


def _reversed(ctx: RulesContext, event: Envelope) -> None:
    """Neither needs the other, and both may be repeated."""
    publish_revocations(ctx, AboutLearner.model_validate(event.data).learner_id)
    tell_of_entry(ctx, event)


def _confirmed(ctx: RulesContext, event: Envelope) -> None:
    """Neither needs the other, and both may be repeated."""
    file_deadline(ctx, event)
    tell_of_certificate(ctx, event)


handler = consumer(lambda: event_handlers(bootstrap.notices()))
