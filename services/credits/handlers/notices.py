"""What follows from the ledger's own facts, outside it. A queue of its own, so that it never delays an award."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.status_lists import publish_revocations
from services.credits.events.published import HoursReversed
from services.kit.clock import Clock, SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.events import Envelope
from services.kit.store import Store


def event_handlers(store: Store, clock: Clock) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {HoursReversed.TYPE: partial(_reversed, store, clock)}


def _reversed(store: Store, clock: Clock, event: Envelope) -> None:
    publish_revocations(store, clock, HoursReversed.model_validate(event.data).learner_id)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.store(), SystemClock()))
