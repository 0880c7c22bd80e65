"""The queue of completed watches: each becomes an evidence pack, and is looked at for risk signals."""

from services.kit.consumer import EventHandler, consumer
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


handler = consumer(lambda: event_handlers(bootstrap.archive(), bootstrap.risk()))
