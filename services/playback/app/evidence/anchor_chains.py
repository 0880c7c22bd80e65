"""Anchoring each day's grown chains in the archive."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from services.kit.clock import to_ms
from services.kit.days import ONE_DAY
from services.kit.store import Store, Stored, required
from services.playback.app.context import ArchiveContext
from services.playback.app.evidence.packs import signed_text
from services.playback.app.items import NOTE_RETENTION, AnchorNote, anchor_notes_of, attempt_key
from services.playback.app.ports import Archive
from services.playback.domain.anchors import (
    FIRST_ANCHOR,
    Anchor,
    ChainHead,
    anchor_document,
    next_day,
)
from services.playback.domain.ids import WatchId
from services.playback.domain.watch import Attempt, day_of


def anchor_chains(ctx: ArchiveContext) -> list[str]:
    """Anchors every day that is over and has no anchor yet, in order; returns those days.

    Safe to repeat after a crash anywhere, and beside itself: the archive keeps a day's first anchor, and the next one
    is bound to what is kept.
    """
    today = day_of(to_ms(ctx.clock.now()))
    kept = ctx.archive.names()
    day = next_day(kept[-1]) if kept else _first_day(ctx.store, today)
    previous = _digest(ctx.archive, kept[-1]) if kept else FIRST_ANCHOR
    done = []
    while day < today:
        anchor = Anchor(day, previous, tuple(_heads(ctx.store, day)))
        ctx.archive.put(day, signed_text(ctx.signer, anchor_document(anchor)))
        previous = _digest(ctx.archive, day)
        done.append(day)
        day = next_day(day)
    return done


def _first_day(store: Store, today: str) -> str:
    """The first day that has notes; yesterday where none has any."""
    oldest = date.fromisoformat(today) - NOTE_RETENTION
    days = [(oldest + n * ONE_DAY).isoformat() for n in range(NOTE_RETENTION.days)]
    return next((day for day in days if store.page(anchor_notes_of(day), "", AnchorNote, "", 1).items), days[-1])


def _heads(store: Store, day: str) -> Iterator[ChainHead]:
    """The heads as they are now: legs of the days since may be in them, which takes nothing from the anchor's worth."""
    for note in store.query(anchor_notes_of(day), "", AnchorNote):
        yield _head(store, note)


def _head(store: Store, note: Stored[AnchorNote]) -> ChainHead:
    grown, watch_id = note.value, WatchId(note.key.sk)
    stored = store.get(attempt_key(grown.learner_id, grown.course_id, grown.number), Attempt)
    if stored is None or stored.value.watch_id != watch_id:
        return ChainHead(watch_id, grown.learner_id, 0, "")
    return ChainHead(watch_id, grown.learner_id, stored.value.legs, stored.value.head_mac)


def _digest(archive: Archive, day: str) -> str:
    text = required(archive.get(day), LookupError(f"the anchor of {day} was put and is not kept"))
    return sha256(text).hexdigest()
