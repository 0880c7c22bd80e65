"""Where the ledger and what is kept with it lie, and reading it, whole or a page of it."""

from datetime import UTC, date, datetime

from services.credits.domain.ids import LearnerId, WatchId
from services.credits.domain.ledger import Entry, Head
from services.kit.days import civil_day
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key, Page, Store
from services.kit.store.shards import shard_of, shards_of

LEARNERS = "LEARNER#"
ENTRIES = "ENTRY#"
AWARDS = "AWARD#"
POSTINGS = "POSTED#"
NUMBER_0 = "0" * 10
"""An entry's number in a key."""


def learner_pk(learner_id: LearnerId) -> str:
    """The partition of a learner's account."""
    return f"{LEARNERS}{learner_id}"


def head_key(learner_id: LearnerId) -> Key:
    """The head of the learner's chain. Whoever changes the account writes it, so its version serialises them."""
    return Key(learner_pk(learner_id), "HEAD")


def entry_key(learner_id: LearnerId, number: int) -> Key:
    """One entry; ten digits keep sort-key order and number order the same."""
    return Key(learner_pk(learner_id), f"{ENTRIES}{number:010d}")


@stored(shape=1, personal=ID_ONLY)
class AwardMark:
    """Which watch was awarded last, and when. Whether that was taken back the ledger says."""

    watch_id: WatchId
    at: datetime


def award_key(learner_id: LearnerId, mark: str) -> Key:
    """The mark that a lecture was awarded in a period, by its name. It never expires; a new award writes it anew."""
    return Key(learner_pk(learner_id), f"{AWARDS}{mark}")


@stored(shape=1, personal=ID_ONLY)
class Posting:
    """Entries `first` to `last` of one learner's ledger, posted together."""

    learner_id: LearnerId
    first: int
    last: int
    at: datetime


def posting_key(posting: Posting) -> Key:
    """One posting; the instant in UTC, to the millisecond, so that a day is in order of posting."""
    instant = posting.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    pk = shard_of(f"{POSTINGS}{civil_day(posting.at)}", posting.learner_id)
    return Key(pk, f"{instant}#{posting.learner_id}#{posting.first:010d}")


def postings_pks(day: date) -> list[str]:
    """The partitions of what was posted on one day in Shanghai, of all learners."""
    return shards_of(f"{POSTINGS}{day}")


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


def read_timeline(store: Store, learner_id: LearnerId, after: int, limit: int) -> Page[Entry]:
    """A page of the learner's ledger, newest first: what comes before entry number `after`, or all (0)."""
    head = store.get(head_key(learner_id), Head)
    count = head.value.count if head else 0
    newest = min(after - 1, count) if after else count
    if newest == 0:
        return Page([], None)
    # Numbers have no gaps, so a page that is read from its oldest entry on ends where it should.
    oldest = max(newest - limit, 0) + 1
    entries = read_page(store, learner_id, oldest - 1, newest - oldest + 1).items
    return Page(entries[::-1], str(oldest) if oldest > 1 else None)
