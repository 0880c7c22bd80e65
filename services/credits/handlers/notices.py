"""What follows from the ledger's own facts, outside it. A queue of its own, so that it never delays an award."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.documents.status_lists import publish_revocations
from services.credits.app.notices.deadlines import Reminding, file_deadline
from services.credits.app.notices.inbox import Telling
from services.credits.app.notices.tell_learner import tell_of_answer, tell_of_deadline, tell_of_entry
from services.credits.events.published import (
    CertificateConfirmed,
    DeadlineApproaching,
    DeclarationAnswered,
    HoursAwarded,
    HoursGranted,
    HoursHeld,
    HoursReleased,
    HoursReversed,
)
from services.kit.consumer import EventHandler, consume
from services.kit.events import Envelope


def event_handlers(telling: Telling, reminding: Reminding) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        HoursAwarded.TYPE: partial(tell_of_entry, telling),
        HoursGranted.TYPE: partial(tell_of_entry, telling),
        HoursHeld.TYPE: partial(tell_of_entry, telling),
        HoursReleased.TYPE: partial(tell_of_entry, telling),
        HoursReversed.TYPE: partial(_reversed, telling),
        DeadlineApproaching.TYPE: partial(tell_of_deadline, telling),
        CertificateConfirmed.TYPE: partial(file_deadline, reminding),
        DeclarationAnswered.TYPE: partial(tell_of_answer, telling),
    }


def _reversed(telling: Telling, event: Envelope) -> None:
    """Neither needs the other, and both may be repeated."""
    publish_revocations(telling.store, telling.clock, HoursReversed.model_validate(event.data).learner_id)
    tell_of_entry(telling, event)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.telling(), bootstrap.reminding()))
