"""The store port: versioned items, and transactions that carry their events.

Every item has a version. Every write says which version it replaces, so a write decided on old
state never lands: there is no blind overwrite and no other kind of condition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import uniform
from time import sleep
from typing import Any, Generic, Protocol, TypeVar

from services.kit.events import Envelope
from services.kit.store.codec import encode

T = TypeVar("T")

ABSENT = 0
"""The version of an item that does not exist."""


@dataclass(frozen=True)
class Key:
    """Partition and sort key."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Stored(Generic[T]):
    """An item as it was read."""

    key: Key
    value: T
    version: int


@dataclass(frozen=True)
class Put:
    """Writes `value` (a dataclass or pydantic model) if the item is still at version `after`.

    `after` is 0 where the item must not exist. The item's version becomes `after + 1`.
    `expires_at` is the Unix second after which DynamoDB may delete it; nothing may rely on that moment.
    """

    key: Key
    value: Any
    after: int = ABSENT
    expires_at: int | None = None


@dataclass(frozen=True)
class Check:
    """Requires, without writing, that the item is still at this version (0: still absent)."""

    key: Key
    version: int


Write = Put | Check


@dataclass(frozen=True)
class Change:
    """What a use case decided: the writes and the events that happen together or not at all."""

    writes: Sequence[Write] = ()
    events: Sequence[Envelope] = ()


class Conflict(Exception):
    """Somebody else wrote first; nothing of the change was applied."""


class Store(Protocol):
    """One service's table and its outbox."""

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item, strongly consistent."""

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items whose sort key starts with `prefix`, in sort-key order, consistently."""

    def page(self, pk: str, prefix: str, kind: type[T], after: str, limit: int) -> list[Stored[T]]:
        """Like `query`, but at most `limit` items, from the first one whose sort key comes after `after`."""

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing.

        Raises:
            Conflict: an item is not at the version a write expects.
            ValueError: what DynamoDB does not take: over 100 items, two of one key, a key or an item too long.
        """


MAX_TRANSACTION_ITEMS = 100
"""DynamoDB's limit for one transaction."""

MAX_PK_BYTES, MAX_SK_BYTES = 2048, 1024
"""DynamoDB's limits for keys."""

MAX_BODY_BYTES = 390 * 1024
"""Under DynamoDB's limit for one item (400 KB), which counts names and keys too."""


def check_size(change: Change) -> None:
    """Raises ValueError for a change no store can apply."""
    keys = [write.key for write in change.writes]
    outbox_keys = [Key(event.subject, event.id) for event in change.events]
    if len(set(keys)) != len(keys) or len(set(outbox_keys)) != len(outbox_keys):
        raise ValueError("two writes to one key in one transaction")
    if len(keys) + len(outbox_keys) > MAX_TRANSACTION_ITEMS:
        raise ValueError(f"a transaction takes at most {MAX_TRANSACTION_ITEMS} items")
    for key in (*keys, *outbox_keys):
        if not 0 < len(key.pk.encode()) <= MAX_PK_BYTES or not 0 < len(key.sk.encode()) <= MAX_SK_BYTES:
            raise ValueError("a key is empty or too long")


def encode_item(value: Any) -> str:
    """The body of an item. Raises ValueError for one no store can hold."""
    body = encode(value)
    if len(body.encode()) > MAX_BODY_BYTES:
        raise ValueError(f"an item takes at most {MAX_BODY_BYTES} bytes")
    return body


def commit_retrying(store: Store, plan: Callable[[], tuple[Change, T]], attempts: int = 5) -> T:
    """Plans and commits; after a conflict reads and plans again.

    `plan` must read all that it decides on, so that its next run sees what the other writer did.

    Raises:
        Conflict: still losing after `attempts` runs.
    """
    for attempt in range(attempts):
        change, result = plan()
        try:
            store.commit(change)
        except Conflict:
            if attempt + 1 == attempts:
                raise
            # Writers that met must not meet again: a random pause, of at most 10, 20, 40, 80 ms.
            sleep(uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
        else:
            return result
    raise AssertionError("unreachable: the last attempt returns or raises")
