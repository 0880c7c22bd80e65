"""Where the log's state lies, and what waits to be logged."""

from datetime import datetime

from services.kit.kinds import NOTHING, stored
from services.kit.store import Key
from services.kit.store.shards import shard_of, shards_of

WAITING = "LOG_WAITING"


@stored(shape=1, personal=NOTHING)
class LogState:
    """How far the log is: its size, its root (Base64), and those of its last entries that are not published yet.

    Entries are the SHA-256 of documents, in hexadecimal. Whoever writes its next version is the writer: what is in here
    is in the log, and nothing else ever is at its place.
    """

    size: int
    root: str
    batch: tuple[str, ...] = ()


STATE_KEY = Key("LOG", "STATE")


@stored(shape=1, personal=NOTHING)
class LogEntry:
    """Where the log has a document's hash."""

    index: int


def entry_key(digest: str) -> Key:
    """An entry by its hash, in hexadecimal. It stays as long as the log does."""
    return Key(f"LOG_ENTRY#{digest}", "ENTRY")


@stored(shape=1, personal=NOTHING)
class WaitingEntry:
    """A document's hash that the log will have. It goes when the log has it."""

    noted_at: datetime


def waiting_pks() -> list[str]:
    """The partitions of what waits."""
    return shards_of(WAITING)


def waiting_key(digest: str) -> Key:
    """One hash that waits."""
    return Key(shard_of(WAITING, digest), digest)


AS_NOTED = 1
"""The version of what waits: nothing writes it again."""
