"""The cash book: what providers moved for us on some days."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.kit.days import Days
from services.kit.store import Store
from services.orders.app.keys import movements_of_day
from services.orders.app.pages import pages
from services.orders.domain.movement import Movement
from services.orders.domain.payment import ProviderName


@dataclass(frozen=True)
class Entry:
    """A movement, and who made it."""

    provider: ProviderName
    movement: Movement


def cash_book(store: Store, days: Days) -> Iterator[Entry]:
    """The movements of the days: a day after the other, a provider after the other."""
    for day in days:
        for provider in ProviderName:
            for movement in pages(store, movements_of_day(provider, day), Movement):
                yield Entry(provider, movement)
