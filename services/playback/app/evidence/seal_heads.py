"""The heads of each day's grown chains, put into the archive and noted for the log."""

from dataclasses import asdict
from datetime import date, datetime

from services.kit.days import ONE_DAY, civil_day
from services.kit.heads import Place
from services.kit.sealing import Sealing, seal_heads
from services.kit.store import Change, Store, Stored
from services.playback.app.context import HeadsContext
from services.playback.app.items import NOTE_RETENTION, AnchorNote, anchor_notes_pk, attempt_key
from services.playback.app.log.note_entries import noting
from services.playback.domain.heads import SERVICE, ChainHead
from services.playback.domain.ids import WatchId
from services.playback.domain.watch import Attempt


def seal_chain_heads(ctx: HeadsContext, until: datetime) -> list[str]:
    """Makes the documents of every day that is over and has none; answers their names. Raises Conflict."""

    def first_day() -> date:
        return _first_day(ctx.store, civil_day(ctx.clock.now()))

    def heads_of(place: Place) -> list[dict[str, object]]:
        notes = ctx.store.query(anchor_notes_pk(place.day.isoformat(), place.part), "", AnchorNote)
        return [asdict(_head(ctx.store, note)) for note in notes]

    def announce(digest: str) -> Change:
        return Change(noting(ctx.store, digest, ctx.clock.now()))

    sealing = Sealing(SERVICE, ctx.store, ctx.clock, ctx.heads, first_day, heads_of, announce)
    return seal_heads(sealing, until)


def _first_day(store: Store, today: date) -> date:
    """The first day that has notes, of whatever part; yesterday where none has any."""
    days = [today - NOTE_RETENTION + n * ONE_DAY for n in range(NOTE_RETENTION.days)]
    return next((day for day in days if _has_notes(store, day)), days[-1])


def _has_notes(store: Store, day: date) -> bool:
    place = Place(day)
    while place.day == day:
        if store.page(anchor_notes_pk(day.isoformat(), place.part), "", AnchorNote, "", 1).items:
            return True
        place = place.after
    return False


def _head(store: Store, note: Stored[AnchorNote]) -> ChainHead:
    grown, watch_id = note.value, WatchId(note.key.sk)
    stored = store.get(attempt_key(grown.learner_id, grown.course_id, grown.number), Attempt)
    legs, mac = (stored.value.legs, stored.value.head_mac) if stored and stored.value.watch_id == watch_id else (0, "")
    return ChainHead(watch_id, grown.learner_id, grown.course_id, grown.number, legs, mac)
