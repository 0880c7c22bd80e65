"""What is kept for finance, and where. The cash book is what providers moved for us."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from services.kit.days import Days, civil_day
from services.kit.kinds import NOTHING, stored
from services.kit.store import Key, Put, Store
from services.kit.store.pages import merged
from services.kit.store.shards import shard_of, shards_of
from services.orders.domain.ids import CheckId, ExportId
from services.orders.domain.movement import Movement
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.statement_check import ReportedDifference, Resolution


def movement_key(provider: str, day: date, kind: LineKind, reference: str) -> Key:
    """Money that a provider moved on a civil day: a payment by its number, or a refund by its id."""
    return Key(shard_of(f"MOVEMENTS#{provider}#{day}", reference), f"{kind}#{reference}")


def movements_of_day(provider: str, day: date) -> list[str]:
    """Partitions of what a provider moved on a civil day."""
    return shards_of(f"MOVEMENTS#{provider}#{day}")


def export_key(export_id: ExportId) -> Key:
    """An export by its id, which begins with the month it was asked for in."""
    return Key(exports_of_month(export_id), export_id or "-")


def exports_of_month(month: str) -> str:
    """Partition of the exports asked for in a month (UTC, such as 202611; an export's id will do)."""
    return f"EXPORTS#{month[:6]}"


def check_key(check_id: CheckId) -> Key:
    """A reconciliation by its id, which begins with the day it is about."""
    return Key(checks_of_month(check_id), check_id or "-")


def checks_of_month(month: str) -> str:
    """Partition of the reconciliations of a civil month's days (such as 202611; a reconciliation's id will do)."""
    return f"RECONCILIATIONS#{month[:6]}"


def resolution_key(provider: ProviderName, day: date, found: ReportedDifference) -> Key:
    """What finance says of a difference, in whichever reconciliation of the day it is found."""
    return Key(resolutions_of_day(provider, day), sha256(found.told.encode()).hexdigest())


def resolutions_of_day(provider: ProviderName, day: date) -> str:
    """Partition of what finance says of a civil day's differences."""
    return f"RESOLUTIONS#{provider}#{day}"


def resolutions(store: Store, provider: ProviderName, day: date) -> dict[Key, Resolution]:
    """What finance says of a civil day's differences."""
    found = store.query(resolutions_of_day(provider, day), "", Resolution)
    return {stored.key: stored.value for stored in found}


@stored(shape=1, personal=NOTHING)
class DailyTask:
    """Says that what is done once for each civil day was asked for, and what that is."""

    subject: str


def daily_key(task: str, day: date) -> Key:
    """What was asked for of a civil day."""
    return Key(f"DAILY#{task}", f"{day}")


@dataclass(frozen=True)
class CashEntry:
    """A movement, and who made it."""

    provider: ProviderName
    movement: Movement


def cash_book(store: Store, days: Days) -> Iterator[CashEntry]:
    """The movements of the days: a day after the other, a provider after the other."""
    for day in days:
        for provider in ProviderName:
            for found in merged(store, movements_of_day(provider, day), "", Movement):
                yield CashEntry(provider, found.value)


def enter(provider: str, moved: Movement) -> Put:
    """The entry of a movement of money under its civil day: what a statement of that day is compared with."""
    return Put(movement_key(provider, civil_day(moved.at), moved.kind, moved.reference), moved)
