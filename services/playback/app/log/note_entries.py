"""Noting what is to be logged: once it is noted, the log has it within a minute or two, whatever dies."""

from datetime import datetime

from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Check, Put, Store, Write, commit_retrying
from services.playback.app.context import Context
from services.playback.app.log.items import LogEntry, WaitingEntry, entry_key, waiting_key
from services.playback.events.consumed import RecordSealed


def noting(store: Store, digest: str, at: datetime) -> list[Write]:
    """The writes that note a hash; none where it waits or is logged. They fail where that has just changed."""
    if is_noted(store, digest):
        return []
    return [Check(entry_key(digest), ABSENT), Put(waiting_key(digest), WaitingEntry(at))]


def is_noted(store: Store, digest: str) -> bool:
    """Whether the log has a hash, or will."""
    # In this order: what waits is removed only once it is an entry.
    waiting = store.get(waiting_key(digest), WaitingEntry)
    return waiting is not None or store.get(entry_key(digest), LogEntry) is not None


def note_entry(store: Store, clock: Clock, digest: str) -> None:
    """Notes one hash; one that has been noted stays as it is. Raises Conflict: others kept writing."""

    def plan() -> tuple[Change, None]:
        return Change(noting(store, digest, clock.now())), None

    commit_retrying(store, plan)


def record_sealed(ctx: Context, event: Envelope) -> None:
    """Credits has a document to be logged, of which it tells the hash. Raises Conflict: the event comes again."""
    digest = RecordSealed.model_validate(event.data).digest
    apply_once(ctx.store, ctx.clock, event, lambda: Change(noting(ctx.store, digest, ctx.clock.now())))
