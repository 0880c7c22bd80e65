"""Where a service keeps its state: versioned items, and transactions that carry their events.

Every item has a version. Every write says which version it replaces, so a write decided on old
state never lands: there is no blind overwrite. Counters alone are added to without one, because
many add at once and no order of them matters. See docs/stored-data.md for kinds and shapes. The adapter is beside
this: DynamoDB. Tests hold a strict fake of it to the same suite.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import uniform
from time import sleep
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from services.kit.kinds import NOTHING, Kind, kind_of, stored
from services.kit.store.codec import decode, encode, encode_over

if TYPE_CHECKING:
    from services.kit.events import Envelope

T = TypeVar("T")
U = TypeVar("U")

ABSENT = 0
"""The version of an item that does not exist."""


@dataclass(frozen=True)
class Key:
    """Partition and sort key."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Stored(Generic[T]):
    """An item as it was read. `body` is its text, which may hold more than the value does: newer code wrote it."""

    key: Key
    value: T
    version: int
    body: str = ""

    def put(self, value: T, expires_at: int | None = None) -> "Put":
        """The write that makes the item this value, and keeps what newer code has put into it."""
        return Put(self.key, value, self.version, expires_at, self)

    def put_bare(self, value: T, expires_at: int | None = None) -> "Put":
        """The write that makes the item this value and nothing else. For erasures: nobody can say what is unknown."""
        return Put(self.key, value, self.version, expires_at)

    def remove(self) -> "Remove":
        """The write that removes the item."""
        return Remove(self.key, self.version)

    def after(self, put: "Put") -> "Stored[T]":
        """The item as it will be once this write of it is committed."""
        return Stored(self.key, put.value, put.after + 1, put.body)


@dataclass(frozen=True)
class Put:
    """Writes `value` (of a class that is `@stored`) if the item is still at version `after`.

    `after` is 0 where the item must not exist. The item's version becomes `after + 1`.
    `expires_at` is the Unix second after which DynamoDB may delete it; nothing may rely on that moment.
    `over` is what it replaces, if that was read: `Stored.put` makes such a write, and carries what its reader did not
    know. Who changes an item that was read uses that.
    """

    key: Key
    value: Any
    after: int = ABSENT
    expires_at: int | None = None
    over: Stored[Any] | None = None

    @cached_property
    def body(self) -> str:
        """The text to store. Raises ValueError for one that no store can hold."""
        over = self.over
        text = encode_over(over.body, over.value, self.value) if over and over.body else encode(self.value)
        if len(text.encode()) > MAX_BODY_BYTES:
            raise ValueError(f"an item takes at most {MAX_BODY_BYTES} bytes")
        return text

    @property
    def kind(self) -> Kind:
        """What is written."""
        return kind_of(type(self.value))


@dataclass(frozen=True)
class Remove:
    """Removes the item, of whatever shape, if it is still at this version. For an erasure and for what is undone.

    What merely grows old has an `expires_at` instead: it costs nothing to go.
    """

    key: Key
    version: int


@dataclass(frozen=True)
class Check:
    """Requires, without writing, that the item is still at this version (0: still absent)."""

    key: Key
    version: int


@stored(shape=1, personal=NOTHING)
class Count:
    """What a counter holds; read like any other item, written by `Add` alone."""

    count: int = 0


@dataclass(frozen=True)
class Add:
    """Adds to a counter, whatever its version, and makes it if it is absent. A counter never holds less than nothing.

    Of `at_most` it is refused, as a Conflict, if the counter would hold more. A counter that hundreds write in a
    second is several: `ShardedCounter`.
    """

    key: Key
    amount: int = 1
    at_most: int | None = None

    def allows(self, count: int) -> bool:
        """Whether it may be added to what the counter holds."""
        after = count + self.amount
        return after >= 0 and (self.at_most is None or self.amount < 0 or after <= self.at_most)


@dataclass(frozen=True)
class Touch:
    """Moves the item's version on, whatever it is, and nothing else: who decided on what they read before is refused.

    For what must not wait for others to stop writing. An item that is absent stays absent.
    """

    key: Key


Write = Put | Check | Remove | Add | Touch


Raw = tuple[int, str, str | None, int | None]
"""An item that nobody has decoded yet: version, body, kind, shape."""


@dataclass(frozen=True)
class Batch:
    """Items that were read together, each as it was at a moment of its own; decoded when they are asked for."""

    items: Mapping[Key, Raw | None]

    def get(self, key: Key, kind: type[T]) -> "Stored[T] | None":
        """The item, if it was there. Raises WrongKind, NewerShape, and KeyError where it was not asked for."""
        found = self.items[key]
        return stored_from(key, *found, kind) if found else None


@dataclass(frozen=True)
class Change:
    """What a use case decided: the writes and the events that happen together or not at all."""

    writes: Sequence[Write] = ()
    events: "Sequence[Envelope]" = ()


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list. `after` begins the next part, and is None at the end: no next part is empty."""

    items: Sequence[T]
    after: str | None

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        """The same part of the list, each item changed."""
        return Page([change(item) for item in self.items], self.after)


class Conflict(Exception):
    """Somebody else wrote first; nothing of the change was applied."""


class NewerShape(Exception):
    """Newer code wrote the item in a shape that this code does not know; nothing was applied. Try again: a deployment
    is under way, and the newer code will take it."""


class Throttled(Exception):
    """The database takes no more at the moment; nothing was applied."""


class WrongKind(Exception):
    """The item under this key is of another kind than the reader expects: a mistake in the code or in the data."""


class Store(Protocol):
    """One service's table and its outbox.

    Every call may raise Throttled, every read WrongKind, and NewerShape where the value cannot be made of the body.
    """

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item, strongly consistent."""

    def get_many(self, keys: Iterable[Key]) -> Batch:
        """Reads up to 100 items in one call, each strongly consistent by itself. Raises ValueError for more."""

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items whose sort key starts with `prefix`, in sort-key order, consistently."""

    def page(self, pk: str, prefix: str, kind: type[T], after: str | None, limit: int) -> Page[Stored[T]]:
        """Like `query`, but at most `limit` items, from the first one whose sort key comes after `after`.

        The page's `after` is its last item's sort key, or None where nothing comes after it.
        """

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing.

        Raises:
            Conflict: an item is not at the version a write expects, or a counter has no room.
            NewerShape: an item is of a newer shape than the code knows that would write over it.
            ValueError: what DynamoDB does not take: over 100 items, two of one key, a key or an item too long.
        """


MAX_TRANSACTION_ITEMS = 100
"""DynamoDB's limit for one transaction."""

MAX_BATCH_ITEMS = 100
"""DynamoDB's limit for one call that reads several."""

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
    if len(keys) + len(outbox_keys) > 1 and any(isinstance(write, Touch) for write in change.writes):
        raise ValueError("a touch is a change of its own: in a transaction it would wait for others")
    if any(isinstance(write, Put) and isinstance(write.value, Count) for write in change.writes):
        raise ValueError("a counter is added to")
    if len(keys) + len(outbox_keys) > MAX_TRANSACTION_ITEMS:
        raise ValueError(f"a transaction takes at most {MAX_TRANSACTION_ITEMS} items")
    for key in (*keys, *outbox_keys):
        if not 0 < len(key.pk.encode()) <= MAX_PK_BYTES or not 0 < len(key.sk.encode()) <= MAX_SK_BYTES:
            raise ValueError("a key is empty or too long")


def stored_from(key: Key, version: int, body: str, kind: str | None, shape: int | None, cls: type[T]) -> Stored[T]:
    """An item's attributes as the reader's value. Items without a kind are from before there were kinds."""
    known = kind_of(cls)
    if kind and kind != known.name:
        raise WrongKind(f"{key.pk} / {key.sk} is a {kind}, not a {known.name}")
    try:
        return Stored(key, decode(body, cls), version, body)
    except ValueError as error:
        if shape and shape > known.shape:
            raise NewerShape(f"{key.pk} / {key.sk} has shape {shape}") from error
        raise


def check_batch(keys: Iterable[Key]) -> list[Key]:
    """The keys, each once. Raises ValueError for more than are read at once."""
    asked = list(dict.fromkeys(keys))
    if len(asked) > MAX_BATCH_ITEMS:
        raise ValueError(f"at most {MAX_BATCH_ITEMS} items are read at once")
    return asked


def required(found: T | None, refusal: Exception) -> T:
    """What was found, such as an item that was read. Raises the refusal where it is None."""
    if found is None:
        raise refusal
    return found


def commit_retrying(store: Store, plan: Callable[[], tuple[Change, T]], attempts: int = 5) -> T:
    """Plans and commits; after a conflict reads and plans again.

    `plan` must read all that it decides on, so that its next run sees what the other writer did. It raises Conflict
    itself where what it has read does not belong together.

    Raises:
        Conflict: still losing after `attempts` runs.
    """
    for attempt in range(attempts):
        try:
            change, result = plan()
            store.commit(change)
        except Conflict:
            if attempt + 1 == attempts:
                raise
            # Writers that met must not meet again: a random pause, of at most 10, 20, 40, 80 ms.
            sleep(uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
        else:
            return result
    raise AssertionError("unreachable: the last attempt returns or raises")


class State(Protocol):
    """How something stands elsewhere, as events tell it."""

    @property
    def sequence(self) -> int:
        """Grows with each state of one thing."""


S = TypeVar("S", bound=State)


class Reader(Protocol):
    """Where an item can be read from: a store, or what was read of one."""

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """The item, if it is there."""


def read_or(store: Reader, key: Key, default: T) -> Stored[T]:
    """The item, or the default as one that is absent, whose write makes it."""
    return store.get(key, type(default)) or Stored(key, default, ABSENT)


def put_once(store: Store, key: Key, value: object) -> Change:
    """The change that keeps a value where none of its kind is kept, and leaves one that is."""
    return Change() if store.get(key, type(value)) else Change([Put(key, value)])


def put_newer(store: Store, key: Key, state: S) -> Change:
    """The change that keeps the newest state that was told of: none where one as new is known."""
    known = store.get(key, type(state))
    if known and known.value.sequence >= state.sequence:
        return Change()
    return Change([known.put(state) if known else Put(key, state)])
