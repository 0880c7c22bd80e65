"""The strict fake of the store: the same conditions, limits and order as DynamoDB, held to the same tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from services.kit.clock import Clock, SystemClock
from services.kit.events import Envelope
from services.kit.kinds import Kind, kind_of
from services.kit.store import (
    ABSENT,
    Add,
    Batch,
    Change,
    Conflict,
    Count,
    Key,
    NewerShape,
    Page,
    Put,
    Raw,
    Remove,
    Stored,
    Touch,
    Write,
    check_batch,
    check_size,
    stored_from,
)
from services.kit.store.codec import decode, encode

T = TypeVar("T")

EMPTY = (ABSENT, "")


@dataclass(frozen=True)
class Label:
    """What an item says of itself beside its body."""

    kind: str | None
    shape: int | None
    at: str
    expires_at: int | None = None


class MemoryStore:
    """Keeps items as the text DynamoDB would hold, and `labels` beside them. `outbox` is what was committed, in order.

    An item that a test puts into `items` by itself has no label: it is one from before there were kinds.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.items: dict[Key, tuple[int, str]] = {}
        self.labels: dict[Key, Label] = {}
        self.outbox: list[Envelope] = []
        self._clock = clock or SystemClock()
        self._lock = Lock()

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item."""
        with self._lock:
            found = self.items.get(key)
        return self._stored(key, *found, kind) if found else None

    def get_many(self, keys: Iterable[Key]) -> Batch:
        """Reads several items."""
        asked = check_batch(keys)
        with self._lock:
            return Batch({key: self._raw(key) for key in asked})

    def _raw(self, key: Key) -> Raw | None:
        if key not in self.items:
            return None
        label = self.labels.get(key) or Label(None, None, "")
        return *self.items[key], label.kind, label.shape

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items by sort-key prefix, in UTF-8 byte order as DynamoDB sorts."""
        return [self._stored(key, *self.items[key], kind) for key in self._keys(pk, prefix)]

    def page(self, pk: str, prefix: str, kind: type[T], after: str | None, limit: int) -> Page[Stored[T]]:
        """Reads at most `limit` items of a partition, from the first one after a sort key."""
        keys = [key for key in self._keys(pk, prefix) if key.sk.encode() > (after or "").encode()]
        items = [self._stored(key, *self.items[key], kind) for key in keys[:limit]]
        return Page(items, keys[limit - 1].sk if len(keys) > limit else None)

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing."""
        check_size(change)
        bodies = {write.key: write.body for write in change.writes if isinstance(write, Put)}
        events = [decode(encode(event), Envelope) for event in change.events]
        with self._lock:
            for write in change.writes:
                self._require(write)
            sent = {(event.subject, event.id) for event in self.outbox}
            if not sent.isdisjoint((event.subject, event.id) for event in events):
                raise Conflict("an event with this id is in the outbox")
            for write in change.writes:
                self._apply(write, bodies.get(write.key, ""))
            self.outbox.extend(events)

    def _keys(self, pk: str, prefix: str) -> list[Key]:
        with self._lock:
            found = [key for key in self.items if key.pk == pk and key.sk.startswith(prefix)]
        return sorted(found, key=lambda key: key.sk.encode())

    def _stored(self, key: Key, version: int, body: str, kind: type[T]) -> Stored[T]:
        label = self.labels.get(key) or Label(None, None, "")
        return stored_from(key, version, body, label.kind, label.shape, kind)

    def _require(self, write: Write) -> None:
        version, body = self.items.get(write.key, EMPTY)
        if isinstance(write, Touch):
            return
        if isinstance(write, Add):
            if not write.allows(decode(body, Count).count if body else 0):
                raise Conflict(f"{write.key.pk} / {write.key.sk} has no room")
            return
        if isinstance(write, Put):
            self._require_known(write)
        if version != (write.after if isinstance(write, Put) else write.version):
            raise Conflict(f"{write.key.pk} / {write.key.sk}")

    def _require_known(self, put: Put) -> None:
        kind, label = put.kind, self.labels.get(put.key) if put.key in self.items else None
        if label and (label.shape or 0) > kind.shape:
            raise NewerShape(f"{put.key.pk} / {put.key.sk} has shape {label.shape}")

    def _apply(self, write: Write, body: str) -> None:
        if isinstance(write, Put):
            self.items[write.key] = (write.after + 1, body)
            self.labels[write.key] = self._label(write.kind, write.expires_at)
        elif isinstance(write, Touch):
            if write.key in self.items:
                version, text = self.items[write.key]
                self.items[write.key] = (version + 1, text)
        elif isinstance(write, Remove):
            self.items.pop(write.key, None)
            self.labels.pop(write.key, None)
        elif isinstance(write, Add):
            version, before = self.items.get(write.key, EMPTY)
            count = (decode(before, Count).count if before else 0) + write.amount
            self.items[write.key] = (version + 1, encode(Count(count)))
            self.labels[write.key] = self._label(kind_of(Count), None)

    def _label(self, kind: Kind, expires_at: int | None) -> Label:
        at = self._clock.now().isoformat(timespec="milliseconds")
        return Label(kind.name, kind.shape, at, expires_at)
