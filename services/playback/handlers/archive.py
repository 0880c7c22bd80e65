"""The queue of completed watches: each becomes an evidence pack, and is looked at for risk signals."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.consumer import EventHandler, consume
from services.kit.events import Envelope
from services.playback import bootstrap
from services.playback.app.context import ArchiveContext, RiskContext
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.risk.assess_watch import assess_watch
from services.playback.events.published import WatchCompleted


def event_handlers(packs: ArchiveContext, risk: RiskContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""

    def completed(event: Envelope) -> None:
        archive_watch(packs, event)
        assess_watch(risk, event)

    return {WatchCompleted.TYPE: completed}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.archive(), bootstrap.risk()))
