"""The cash book: what providers moved for us on some days."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.kit.days import Days, civil_day
from services.kit.store import Put, Store
from services.kit.store.pages import merged
from services.orders.app.finance.items import movement_key, movements_of_day
from services.orders.domain.movement import Movement
from services.orders.domain.payment import ProviderName


@dataclass(frozen=True)
class CashEntry:
    """A movement, and who made it."""

    provider: ProviderName
    movement: Movement


def cash_book(store: Store, days: Days) -> Iterator[CashEntry]:
    """The movements of the days: a day after the other, a provider after the other."""
    for day in days:
        for provider in ProviderName:
            for stored in merged(store, movements_of_day(provider, day), "", Movement):
                yield CashEntry(provider, stored.value)


def enter(provider: str, moved: Movement) -> Put:
    """The entry of a movement of money under its civil day: what a statement of that day is compared with."""
    return Put(movement_key(provider, civil_day(moved.at), moved.kind, moved.reference), moved)
