"""The queue of completed watches: each becomes an evidence pack, and is looked at for risk signals."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.clock import SystemClock
from services.kit.consumer import EventHandler, consume
from services.kit.events import Envelope
from services.playback import bootstrap
from services.playback.app.archive_watch import archive_watch
from services.playback.app.risk_cases import assess_watch
from services.playback.events.published import WatchCompleted


def event_handlers() -> dict[str, EventHandler]:
    """What is done with each type of event."""
    store, clock = bootstrap.store(), SystemClock()

    def completed(event: Envelope) -> None:
        archive_watch(store, bootstrap.signer(), bootstrap.packs(), clock, event)
        assess_watch(store, clock, bootstrap.events(), event)

    return {WatchCompleted.TYPE: completed}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers())
