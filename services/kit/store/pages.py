"""Lists that are not one page of one partition: all of a partition, several in a row or side by side, only what is to
be shown."""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import TypeVar

from services.kit.store import Page, Store, Stored

T = TypeVar("T")

READ = 500
"""Items read at a time where all are wanted."""

FEWEST_READ = 20
"""Items read at a time at least where some are passed over, so that a short page does not ask often."""


def every(
    store: Store, pk: str, prefix: str, kind: type[T], after: str | None = None, size: int | None = None
) -> Iterator[Stored[T]]:
    """All of a partition's items with this prefix, or those after a sort key, in order and in bounded memory."""
    for page in _pages(store, pk, prefix, kind, after, size or READ):
        yield from page.items


def merged(
    store: Store, pks: Iterable[str], prefix: str, kind: type[T], after: str | None = None, size: int | None = None
) -> Iterator[Stored[T]]:
    """The items of partitions that share one order among them, such as a day's that many write at once, in that order.

    Args:
        after: a sort key, as of a page of theirs; None for all of them.
        size: how many are read of each partition at a time; None for what is usual.
    """
    parts = [every(store, pk, prefix, kind, after, size) for pk in pks]
    return merge(*parts, key=lambda stored: stored.key.sk.encode())


def cut_page(items: Iterator[Stored[T]], limit: int) -> Page[Stored[T]]:
    """The first items as a page. It takes one more than it has, to know whether there is a next one."""
    found = list(islice(items, limit + 1))
    return Page(found[:limit], found[limit - 1].key.sk if len(found) > limit else None)


def page_of(
    store: Store,
    partitions: Iterable[tuple[str, str]],
    kind: type[T],
    after: str | None,
    limit: int,
    shown: Callable[[T], bool] = lambda _: True,
) -> Page[T]:
    """A page of the values to be shown of several partitions, whose sort keys go on from one to the next.

    Args:
        partitions: partition keys with a prefix each, from the one that `after` lies in.
        after: the earlier page's `after`, None for the first page.
    """
    found: list[Stored[T]] = []
    for pk, prefix in partitions:
        for page in _pages(store, pk, prefix, kind, after, max(limit, FEWEST_READ)):
            found += [stored for stored in page.items if shown(stored.value)]
            if len(found) > limit:
                return Page([stored.value for stored in found[:limit]], found[limit - 1].key.sk)
    return Page([stored.value for stored in found], None)


def _pages(
    store: Store, pk: str, prefix: str, kind: type[T], after: str | None, size: int
) -> Iterator[Page[Stored[T]]]:
    page = store.page(pk, prefix, kind, after, size)
    yield page
    while page.after is not None:
        page = store.page(pk, prefix, kind, page.after, size)
        yield page
