"""Outbox to bus: publishes what the outbox's stream delivers, in order, every entry's result checked."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

from services.kit.events import Envelope
from services.kit.store.codec import decode

MAX_ENTRIES = 10
"""EventBridge's limit for one PutEvents call."""


class EventsClient(Protocol):
    """The part of the EventBridge client that the relay uses."""

    def put_events(self, *, Entries: list[Any]) -> Any:  # noqa: N803 (AWS's name)
        """Publishes up to ten entries; answers each one's result, in order."""


def relay(stream_event: dict[str, Any], client: EventsClient, bus: str) -> dict[str, Any]:
    """Publishes a stream batch; answers the first record not published, from which Lambda delivers again.

    Events after a failed one may already be out: consumers are idempotent, and order within a subject is by `sequence`.
    """
    inserts = [record for record in stream_event["Records"] if record["eventName"] == "INSERT"]
    for batch in _batches(inserts):
        entries = [_entry(record, bus) for record in batch]
        results = client.put_events(Entries=entries)["Entries"]
        for record, result in zip(batch, results, strict=True):
            if "EventId" not in result:
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(records)
    while batch := list(islice(iterator, MAX_ENTRIES)):
        yield batch


def _entry(record: dict[str, Any], bus: str) -> dict[str, Any]:
    envelope = decode(record["dynamodb"]["NewImage"]["body"]["S"], Envelope)
    return {
        "EventBusName": bus,
        "Source": envelope.source,
        "DetailType": envelope.type,
        "Time": envelope.time,
        "Detail": json.dumps(envelope.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":")),
    }
