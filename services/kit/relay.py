"""Outbox to bus: publishes what the outbox's stream delivers, in order, every entry's result checked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

MAX_ENTRIES, MAX_BYTES = 10, 256 * 1024
"""EventBridge's limits for one PutEvents call: how many entries, and what they come to together (`_size`)."""
_TIME_BYTES = 14


_Entry = tuple[dict[str, Any], dict[str, Any]]
"""A record of the stream, and what is published of it."""


class EventsClient(Protocol):
    """The part of a client of EventBridge that the relay uses."""

    def call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answers an operation: PutEvents publishes up to ten entries, and answers each one's result, in order."""


def relay(stream_event: dict[str, Any], client: EventsClient, bus: str) -> dict[str, Any]:
    """Publishes a stream batch; answers the first record not published, from which Lambda delivers again.

    Events after a failed one may already be out: consumers are idempotent, and order within a subject is by `sequence`.
    """
    inserts = [record for record in stream_event["Records"] if record["eventName"] == "INSERT"]
    for batch in _batches((record, _entry(record, bus)) for record in inserts):
        results = client.call("PutEvents", {"Entries": [entry for _, entry in batch]})["Entries"]
        for (record, _), result in zip(batch, results, strict=True):
            if "EventId" not in result:
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _batches(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """As many at once as one call takes. One that is too large alone is sent alone: EventBridge refuses only that."""
    batch: list[_Entry] = []
    size = 0
    for one in entries:
        more = _size(one[1])
        if batch and (len(batch) == MAX_ENTRIES or size + more > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += more
    if batch:
        yield batch


def _size(entry: dict[str, Any]) -> int:
    """What EventBridge counts of an entry, bytes: its time, and source, type and detail in UTF-8."""
    return _TIME_BYTES + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def _entry(record: dict[str, Any], bus: str) -> dict[str, Any]:
    # The envelope travels as it was stored: nothing that newer code put into it is lost here.
    text: str = record["dynamodb"]["NewImage"]["body"]["S"]
    envelope = json.loads(text)
    return {
        "EventBusName": bus,
        "Source": envelope["source"],
        "DetailType": envelope["type"],
        "Time": datetime.fromisoformat(envelope["time"]).timestamp(),
        "Detail": text,
    }
