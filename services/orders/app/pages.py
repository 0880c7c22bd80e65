"""Reading whole partitions in bounded memory."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from services.kit.store import Store
from services.orders.domain.days import Days

T = TypeVar("T")

PAGE = 500
"""Items read at a time."""


def pages(store: Store, pk: str, kind: type[T]) -> Iterator[T]:
    """Everything of a partition, a page at a time."""
    after = ""
    while found := store.page(pk, "", kind, after, PAGE):
        yield from (stored.value for stored in found)
        after = found[-1].key.sk


def of_hours(partition: Callable[[str], str], kind: type[T]) -> Callable[[Store, Days], Iterator[T]]:
    """A reader of what is kept in a partition per hour."""

    def read(store: Store, days: Days) -> Iterator[T]:
        for hour in days.hours():
            yield from pages(store, partition(hour), kind)

    return read
