"""The queue of completed watches: each becomes an evidence pack."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.consumer import EventHandler, consume
from services.playback import bootstrap
from services.playback.app.archive_watch import archive_watch
from services.playback.events.published import WatchCompleted


def event_handlers() -> dict[str, EventHandler]:
    """What is done with each type of event."""
    store, signer, archive, clock = bootstrap.archiving()
    return {WatchCompleted.TYPE: partial(archive_watch, store, signer, archive, clock)}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers())
