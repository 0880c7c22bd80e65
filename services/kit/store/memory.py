"""The strict in-memory fake: the same conditions, limits and order as DynamoDB, held to the same tests."""

from threading import Lock
from typing import TypeVar

from services.kit.events import Envelope
from services.kit.store.codec import decode
from services.kit.store.port import ABSENT, Change, Conflict, Key, Put, Stored, check_size, encode_item

T = TypeVar("T")


class MemoryStore:
    """Keeps items as the text DynamoDB would hold. `outbox` is what was committed, in order."""

    def __init__(self) -> None:
        self.items: dict[Key, tuple[int, str]] = {}
        self.outbox: list[Envelope] = []
        self._lock = Lock()

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item."""
        with self._lock:
            found = self.items.get(key)
        return Stored(key, decode(found[1], kind), found[0]) if found else None

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items by sort-key prefix, in UTF-8 byte order as DynamoDB sorts."""
        with self._lock:
            found = [(k, v) for k, v in self.items.items() if k.pk == pk and k.sk.startswith(prefix)]
        found.sort(key=lambda item: item[0].sk.encode())
        return [Stored(key, decode(text, kind), version) for key, (version, text) in found]

    def page(self, pk: str, prefix: str, kind: type[T], after: str, limit: int) -> list[Stored[T]]:
        """Reads at most `limit` items of a partition, from the first one after a sort key."""
        found = self.query(pk, prefix, kind)
        return [stored for stored in found if stored.key.sk.encode() > after.encode()][:limit]

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing."""
        check_size(change)
        encoded = {w.key: (w.after + 1, encode_item(w.value)) for w in change.writes if isinstance(w, Put)}
        events = [decode(encode_item(event), Envelope) for event in change.events]
        with self._lock:
            for write in change.writes:
                expected = write.after if isinstance(write, Put) else write.version
                if self.items.get(write.key, (ABSENT, ""))[0] != expected:
                    raise Conflict(f"{write.key.pk} / {write.key.sk}")
            sent = {(event.subject, event.id) for event in self.outbox}
            if not sent.isdisjoint((event.subject, event.id) for event in events):
                raise Conflict("an event with this id is in the outbox")
            self.items.update(encoded)
            self.outbox.extend(events)
