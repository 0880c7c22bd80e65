"""The ledger by day: which learner's ledger got which entries when, so that a span of days is read without a scan.

One item per posting, in the transaction that posts, so no entry is missing from it however the function dies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.credits.app.keys import entry_key, posting_key, postings_pk
from services.credits.domain.ledger import Entry
from services.kit.days import Days, civil_day
from services.kit.store import Put, Store, Stored


@dataclass(frozen=True)
class Posting:
    """Entries `first` to `last` of one learner's ledger, posted together."""

    learner_id: str
    first: int
    last: int
    at: datetime


@dataclass(frozen=True)
class EntriesPage:
    """Entries of some postings, in order of posting; `after` is where the next page begins, None after the last."""

    entries: list[Entry]
    after: str | None


def posting_of(entries: Sequence[Entry]) -> Put:
    """The write that belongs into the transaction of these new entries of one ledger."""
    first, last = entries[0], entries[-1]
    posting = Posting(first.learner_id, first.number, last.number, first.at)
    return Put(posting_key(civil_day(first.at), first.at, first.learner_id, first.number), posting)


def postings_of(store: Store, day: date) -> list[Posting]:
    """Every posting of a day in Shanghai, in order."""
    return [stored.value for stored in store.query(postings_pk(day), "", Posting)]


def entries_between(store: Store, first: date, last: date, after: str | None, postings: int) -> EntriesPage:
    """What was posted from day `first` to day `last` (both included, Shanghai), a page of at most so many postings.

    Args:
        after: the earlier page's `after`; None for the first page.
    """
    found: list[Stored[Posting]] = []
    start = max(first, posted_on(after)) if after else first
    for day in Days(start, last) if start <= last else ():
        found += store.page(postings_pk(day), "", Posting, after, postings - len(found)).items
        if len(found) == postings:
            break
    return EntriesPage(
        entries=[entry for stored in found for entry in _entries(store, stored.value)],
        after=found[-1].key.sk if len(found) == postings else None,
    )


def posted_on(cursor: str) -> date:
    """The day in Shanghai of a place in the order of postings. Raises ValueError where it is none."""
    return civil_day(datetime.fromisoformat(cursor.split("#")[0]).astimezone(UTC))


def _entries(store: Store, posting: Posting) -> Iterator[Entry]:
    for number in range(posting.first, posting.last + 1):
        stored = store.get(entry_key(posting.learner_id, number), Entry)
        if stored:
            yield stored.value
