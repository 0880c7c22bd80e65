"""Reading a ledger, whole or a page of it."""

from services.credits.app.ledger.items import AWARDS, ENTRIES, AwardMark, entry_key, learner_pk
from services.credits.domain.ids import LearnerId, WatchId
from services.credits.domain.ledger import Entry
from services.kit.store import Page, Store


def read_entries(store: Store, learner_id: LearnerId) -> list[Entry]:
    """The learner's whole ledger, as it is stored."""
    return [stored.value for stored in store.query(learner_pk(learner_id), ENTRIES, Entry)]


def read_page(store: Store, learner_id: LearnerId, after: int, limit: int) -> Page[Entry]:
    """A page of the learner's ledger, from the entry after number `after`."""
    key = entry_key(learner_id, after)
    return store.page(key.pk, ENTRIES, Entry, key.sk, limit).map(lambda stored: stored.value)


def award_marks(store: Store, learner_id: LearnerId) -> dict[str, WatchId]:
    """The watch that each of the learner's award marks names, by the mark's own name."""
    found = store.query(learner_pk(learner_id), AWARDS, AwardMark)
    return {stored.key.sk.removeprefix(AWARDS): stored.value.watch_id for stored in found}


def read_timeline(store: Store, learner_id: LearnerId) -> list[Entry]:
    """Every entry, newest first."""
    return read_entries(store, learner_id)[::-1]
