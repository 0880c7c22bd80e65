"""Reading whole partitions in bounded memory."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from services.kit.days import Days
from services.kit.store import Store
from services.kit.store.pages import every

T = TypeVar("T")


def pages(store: Store, pk: str, kind: type[T]) -> Iterator[T]:
    """Everything of a partition, a page at a time."""
    return (stored.value for stored in every(store, pk, "", kind))


def of_hours(partition: Callable[[str], str], kind: type[T]) -> Callable[[Store, Days], Iterator[T]]:
    """A reader of what is kept in a partition per hour."""

    def read(store: Store, days: Days) -> Iterator[T]:
        for hour in days.hours():
            yield from pages(store, partition(hour), kind)

    return read
