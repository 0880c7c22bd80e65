"""What follows from the ledger's own facts, outside it. A queue of its own, so that it never delays an award."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.status_lists import publish_revocations
from services.credits.app.tell_learner import tell_of_answer, tell_of_entry
from services.credits.events.published import (
    DeclarationAnswered,
    HoursAwarded,
    HoursGranted,
    HoursHeld,
    HoursReleased,
    HoursReversed,
)
from services.kit.clock import Clock, SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.events import Envelope
from services.kit.store import Store


def event_handlers(store: Store, clock: Clock) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        HoursAwarded.TYPE: partial(tell_of_entry, store),
        HoursGranted.TYPE: partial(tell_of_entry, store),
        HoursHeld.TYPE: partial(tell_of_entry, store),
        HoursReleased.TYPE: partial(tell_of_entry, store),
        HoursReversed.TYPE: partial(_reversed, store, clock),
        DeclarationAnswered.TYPE: partial(tell_of_answer, store),
    }


def _reversed(store: Store, clock: Clock, event: Envelope) -> None:
    """Neither needs the other, and both may be repeated."""
    publish_revocations(store, clock, HoursReversed.model_validate(event.data).learner_id)
    tell_of_entry(store, event)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.store(), SystemClock()))
