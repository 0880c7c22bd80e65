"""Exactly-once effects: the effect and the marker of its event are written in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.kinds import NOTHING, stored
from services.kit.store import Change, Key, Put, Store, commit_retrying

MARKER_RETENTION = timedelta(days=60)
"""Outlives a dead-letter queue's retention (14 days) and a redrive after it."""


@stored(shape=1, personal=NOTHING)
class Marker:
    """Says that an event has had its effect."""

    type: str
    seen_at: datetime


def apply_once(store: Store, clock: Clock, event: Envelope, plan: Callable[[], Change]) -> None:
    """Applies what `plan` decides unless this event already had its effect.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    key = Key(f"INBOX#{event.id}", event.type)

    def planned() -> tuple[Change, None]:
        if store.get(key, Marker) is not None:
            return Change(), None
        change = plan()
        now = clock.now()
        marker = Put(key, Marker(event.type, now), expires_at=int((now + MARKER_RETENTION).timestamp()))
        return Change([*change.writes, marker], change.events), None

    commit_retrying(store, planned)
