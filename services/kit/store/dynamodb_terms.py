"""What both adapters to DynamoDB mean by the same thing: what is written beside a value, and what errors say."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import uniform
from time import sleep
from typing import TYPE_CHECKING, Any

from services.kit.clock import Clock
from services.kit.kinds import kind_of
from services.kit.store import Add, Conflict, Count, Key, NewerShape, Put, Raw, Write
from services.kit.store.codec import encode

if TYPE_CHECKING:
    from services.kit.events import Envelope

OUTBOX_RETENTION = timedelta(days=30)
"""Longer than a stream record (24 h) or a dead-lettered pointer to it (14 days) can live."""

ATTEMPTS = 4
"""Of a call that DynamoDB is too busy for; the client's own attempts, which know no transactions, are among each."""

OLD = "ALL_OLD"
"""A failed condition brings the item that failed it: whether its shape was the reason costs no read."""

FAILED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})
MET = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})
"""Codes of a condition that failed, and of transactions that met at an item."""


def label_of(write: Put | Add, clock: Clock) -> dict[str, Any]:
    """What an item says of itself beside its value."""
    kind = write.kind if isinstance(write, Put) else kind_of(Count)
    return {"at": clock.now().isoformat(timespec="milliseconds"), "kind": kind.name, "shape": kind.shape}


def outbox_put(event: "Envelope", clock: Clock) -> Put:
    """An event's write into the outbox. Those of one subject share a partition, so the stream keeps their order."""
    expires_at = int((clock.now() + OUTBOX_RETENTION).timestamp())
    return Put(Key(event.subject, event.id), event, expires_at=expires_at)


def met_again(write: Write) -> frozenset[str]:
    """Transactions that only met at a counter would both be right: they try again. Others have to look again first."""
    return MET if isinstance(write, Add) else frozenset()


def raw_item(item: Mapping[str, Any]) -> Raw:
    """An item in DynamoDB's JSON, as far as a store looks at it."""
    body = item["body"]["S"] if "body" in item else encode(Count(int(item["count"]["N"])))
    shape = int(item["shape"]["N"]) if "shape" in item else None
    return int(item["version"]["N"]), body, item.get("kind", {}).get("S"), shape


def refusal(writes: Sequence[Write], old: Sequence[Mapping[str, Any] | None]) -> Exception:
    """Why conditions failed: a shape newer than the one to be written, or another writer.

    Args:
        old: the items that failed them, in DynamoDB's JSON, as far as they are known.
    """
    shapes = {write.key: write.kind.shape for write in writes if isinstance(write, Put)}
    for item in filter(None, old):
        key = Key(item["pk"]["S"], item["sk"]["S"])
        shape = int(item.get("shape", {}).get("N", 0))
        if shape > shapes.get(key, shape):
            return NewerShape(f"{key.pk} / {key.sk} has shape {shape}")
    return Conflict(", ".join(f"{write.key.pk} / {write.key.sk}" for write in writes))


def pause(attempt: int) -> None:
    """Callers that met must not meet again: a random pause, of at most 25, 50, 100 ms."""
    sleep(uniform(0, 0.025 * 2**attempt))  # noqa: S311 (no secret)
