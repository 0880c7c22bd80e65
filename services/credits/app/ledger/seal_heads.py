"""The heads of each day's grown ledgers, put into the archive and told of, so that the log has their hashes."""

from dataclasses import asdict
from datetime import date, datetime

from services.credits.app.context import RecordsContext
from services.credits.app.ledger.items import head_key
from services.credits.app.ledger.postings import postings_of
from services.credits.app.ledger.sealed_records import HeadsFolder, sealed_record
from services.credits.domain.heads import SERVICE
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.kit.days import ONE_DAY, Days, civil_day
from services.kit.heads import PARTS, Place, part_of
from services.kit.sealing import Sealing, seal_heads
from services.kit.store import Change, Store

LOOK_BACK = 60 * ONE_DAY
"""How far back the very first run looks for postings."""


def seal_ledger_heads(ctx: RecordsContext, until: datetime) -> list[str]:
    """Makes the documents of every day that is over and has none; answers their names. Raises Conflict."""
    grown: dict[date, list[set[LearnerId]]] = {}

    def heads_of(place: Place) -> list[dict[str, object]]:
        if place.day not in grown:
            grown.clear()
            grown[place.day] = _grown(ctx.store, place.day)
        found = (ctx.store.get(head_key(learner_id), Head) for learner_id in sorted(grown[place.day][place.part]))
        return [asdict(stored.value) for stored in found if stored]

    def announce(digest: str) -> Change:
        return Change(events=[sealed_record(ctx, digest, f"heads-{digest[:16]}")])

    def first_day() -> date:
        return _first_day(ctx.store, civil_day(ctx.clock.now()))

    folder = HeadsFolder(ctx.objects)
    sealing = Sealing(SERVICE, ctx.store, ctx.clock, folder, first_day, heads_of, announce)
    return seal_heads(sealing, until)


def _grown(store: Store, day: date) -> list[set[LearnerId]]:
    """Whose ledgers got entries on a day, by part."""
    parts: list[set[LearnerId]] = [set() for _ in range(PARTS)]
    for posting in postings_of(store, day):
        parts[part_of(posting.learner_id)].add(posting.learner_id)
    return parts


def _first_day(store: Store, today: date) -> date:
    """The first day that has postings; yesterday where none has any."""
    yesterday = today - ONE_DAY
    return next((day for day in Days(today - LOOK_BACK, yesterday) if any(postings_of(store, day))), yesterday)
