"""Queue to effect: one SQS batch of EventBridge events, each to the handler of its type."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from services.kit.events import Envelope
from services.kit.metrics import FAILED_EVENTS, NEWER_SHAPES
from services.kit.observability import count, logger
from services.kit.store import NewerShape
from services.kit.wiring.init import at_init

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

EventHandler = Callable[[Envelope], None]


def consumer(
    handlers: Callable[[], Mapping[str, EventHandler]],
) -> Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]:
    """The entry point of a function behind a queue, which asks for the handlers of each batch's events."""
    at_init(handlers)
    return lambda event, _context: consume(event, handlers())


class UnknownEvent(Exception):
    """No handler for this type: it goes to the dead-letter queue, where somebody sees it."""


class MislabelledEvent(Exception):
    """The envelope names another source or type than the bus delivered: forged, whoever may publish as that source."""


def consume(event: Mapping[str, Any], handlers: Mapping[str, EventHandler]) -> dict[str, Any]:
    """Handles each record by itself; answers those that failed, for the queue to deliver again or dead-letter."""
    failed = [record["messageId"] for record in event["Records"] if not _is_handled(record, handlers)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_handled(record: Mapping[str, Any], handlers: Mapping[str, EventHandler]) -> bool:
    try:
        envelope = _envelope(json.loads(record["body"]))
        if envelope.type not in handlers:
            raise UnknownEvent(envelope.type)
        handlers[envelope.type](envelope)
    except Exception as error:
        if isinstance(error, NewerShape):
            count(NEWER_SHAPES)
        count(FAILED_EVENTS)
        logger().exception("event not handled", message_id=record["messageId"])
        return False
    return True


def _envelope(body: dict[str, Any]) -> Envelope:
    """The event in an EventBridge message. The bus vouches only for its own label: who may publish as which source."""
    envelope = Envelope.model_validate(body["detail"])
    producer = envelope.type.split(".")[0]
    if not body["source"] == envelope.source == f"xueshi.{producer}" or body["detail-type"] != envelope.type:
        raise MislabelledEvent(f"{body['source']} {body['detail-type']}: {envelope.source} {envelope.type}")
    return envelope
