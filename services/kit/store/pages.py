"""Lists that are not one page of one partition: all of a partition, several in a row, only what is to be shown."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from services.kit.store.port import Page, Store, Stored

T = TypeVar("T")

READ = 500
"""Items read at a time where all are wanted."""

FEWEST_READ = 20
"""Items read at a time at least where some are passed over, so that a short page does not ask often."""


def every(store: Store, pk: str, prefix: str, kind: type[T]) -> Iterator[Stored[T]]:
    """All of a partition's items with this prefix, in order and in bounded memory."""
    for page in _pages(store, pk, prefix, kind, None, READ):
        yield from page.items


def page_of(
    store: Store,
    partitions: Iterable[tuple[str, str]],
    kind: type[T],
    after: str | None,
    limit: int,
    shown: Callable[[T], bool] = lambda _: True,
) -> Page[Stored[T]]:
    """A page of what is to be shown of several partitions, whose sort keys go on from one to the next.

    Args:
        partitions: partition keys with a prefix each, from the one that `after` lies in.
        after: the earlier page's `after`, None for the first page.
    """
    found: list[Stored[T]] = []
    for pk, prefix in partitions:
        for page in _pages(store, pk, prefix, kind, after, max(limit, FEWEST_READ)):
            found += [stored for stored in page.items if shown(stored.value)]
            if len(found) > limit:
                return Page(found[:limit], found[limit - 1].key.sk)
    return Page(found, None)


def _pages(
    store: Store, pk: str, prefix: str, kind: type[T], after: str | None, size: int
) -> Iterator[Page[Stored[T]]]:
    page = store.page(pk, prefix, kind, after, size)
    yield page
    while page.after is not None:
        page = store.page(pk, prefix, kind, page.after, size)
        yield page
