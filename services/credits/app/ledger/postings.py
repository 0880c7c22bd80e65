"""The ledger by day: which learner's ledger got which entries when, so that a span of days is read without a scan.

One item per posting, in the transaction that posts, so no entry is missing from it however the function dies.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain

from services.credits.app.ledger.items import NUMBER_0, Posting, entry_key, posting_key, postings_pks
from services.credits.domain.ledger import Entry
from services.kit.days import Days, civil_day
from services.kit.store import Page, Put, Store
from services.kit.store.pages import cut_page, merged


def posting_of(entries: Sequence[Entry]) -> Put:
    """The write that belongs into the transaction of these new entries of one ledger."""
    first, last = entries[0], entries[-1]
    posting = Posting(first.learner_id, first.number, last.number, first.at)
    return Put(posting_key(posting), posting)


def postings_of(store: Store, day: date) -> Iterator[Posting]:
    """Every posting of a day in Shanghai, in order."""
    return (stored.value for stored in merged(store, postings_pks(day), "", Posting))


def posted_with(store: Store, entry: Entry, ledger: Sequence[Entry]) -> list[Entry]:
    """The entries of a ledger that were made in one transaction with one of it, in order."""
    key = posting_key(Posting(entry.learner_id, 0, 0, entry.at))
    at_that_instant = store.query(key.pk, key.sk.removesuffix(NUMBER_0), Posting)
    for posting in (stored.value for stored in at_that_instant):
        if posting.first <= entry.number <= posting.last:
            return [other for other in ledger if posting.first <= other.number <= posting.last]
    return [entry]


def entries_between(store: Store, first: date, last: date, after: str | None, limit: int) -> Page[Entry]:
    """The entries of at most `limit` postings, made from day `first` to day `last` (both included, Shanghai).

    Args:
        after: the earlier page's `after`; None for the first page.
    """
    start = max(first, posted_on(after)) if after else first
    days = Days(start, last) if start <= last else ()
    postings = (merged(store, postings_pks(day), "", Posting, after, limit + 1) for day in days)
    page = cut_page(chain.from_iterable(postings), limit)
    return Page([entry for stored in page.items for entry in _entries(store, stored.value)], page.after)


def posted_on(cursor: str) -> date:
    """The day in Shanghai of a place in the order of postings. Raises ValueError where it is none."""
    return civil_day(datetime.fromisoformat(cursor.split("#")[0]))


def _entries(store: Store, posting: Posting) -> Iterator[Entry]:
    for number in range(posting.first, posting.last + 1):
        stored = store.get(entry_key(posting.learner_id, number), Entry)
        if stored:
            yield stored.value
