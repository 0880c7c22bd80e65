"""What an export takes: peak memory, disk and time for many orders. `python -m tests.bench.exports 10000 100000`.

The orders are made as they are read, one page after the other, so that what is measured is the export and not where the
orders come from. They pass through the codec as items of the table do. Nothing is sent anywhere: files are hashed as
when they are kept, and dropped.
"""

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any, TypeVar

from services.kit.days import SHANGHAI, Days
from services.kit.store import Key, Page, Stored
from services.kit.store.codec import decode, encode
from services.kit.store.shards import SHARDS
from services.orders.adapters.table_files import CsvTable, XlsxTable
from services.orders.app.finance.items import movements_of_day
from services.orders.app.finance.write_export import ExportContext, write_export
from services.orders.app.ordering.items import orders_of_hour
from services.orders.domain.export import Manifest
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber
from services.orders.domain.movement import Movement, shares_of_order
from services.orders.domain.order import Goods, Line, LineState, Order, OrderState, PriceReason, TradeReference
from services.orders.domain.payment import LineKind
from tests.fakes.objects import MemoryObjects
from tests.fakes.store import MemoryStore

T = TypeVar("T")

DAYS = Days(date(2026, 3, 1), date(2026, 3, 31))
REFUNDED_ONE_IN = 25
TWO_LINES_ONE_IN = 2
UNPAID_ONE_IN = 10
MIB = 1024 * 1024


class SyntheticStore(MemoryStore):
    """A store that makes a month's orders and movements when they are read. The same number is the same order."""

    def __init__(self, orders: int) -> None:
        super().__init__()
        hours = list(DAYS.hours())
        per_hour, more = divmod(orders, len(hours))
        self._sizes: dict[str, int] = {}
        for place, hour in enumerate(hours):
            self._spread(orders_of_hour(hour), per_hour + (place < more))
        days = list(DAYS)
        per_day, more = divmod(orders, len(days))
        for place, day in enumerate(days):
            self._spread(movements_of_day("wechat", day), per_day + (place < more))

    def _spread(self, shards: list[str], size: int) -> None:
        for number, pk in enumerate(shards):
            self._sizes[pk] = size // len(shards) + (number < size % len(shards))

    def page(self, pk: str, prefix: str, kind: type[T], after: str | None, limit: int) -> Page[Stored[T]]:
        """The next items, encoded and decoded as the table's are."""
        pk, _, shard = pk.rpartition("#")
        first = int(after) // SHARDS + 1 if after else 0
        make = _order if pk.startswith("ORDERS#") else _movement
        size = self._sizes.get(f"{pk}#{shard}", 0)
        numbers = (place * SHARDS + int(shard) for place in range(first, min(first + limit, size)))
        items = [Stored(Key(pk, f"{number:08d}"), decode(encode(make(pk, number)), kind), 1) for number in numbers]
        return Page(items, items[-1].key.sk if first + limit < size else None)


def _order(pk: str, number: int) -> Order:
    hour = pk.removeprefix("ORDERS#")
    placed = datetime.fromisoformat(f"{hour[:8]}T{hour[8:]}0000+00:00") + timedelta(seconds=number % 3600)
    paid = number % UNPAID_ONE_IN != 0
    state = LineState.GRANTED if paid else LineState.ORDERED
    lines = [_line(number, place, state) for place in range(1 + (number % TWO_LINES_ONE_IN == 0))]
    if paid and number % REFUNDED_ONE_IN == 1:
        lines[0] = lines[0].moved(LineState.REVOKING).moved(LineState.REFUNDED)
    return Order(
        order_id=OrderId(f"{placed:%Y%m%d%H%M%S}{number:018x}"),
        learner_id=LearnerId(f"{number * 7919 % 10**12:08d}-5061-7094-2f5a-3f1d5f8f2b11"),
        lines=tuple(lines),
        created_at=placed,
        expires_at=placed + timedelta(minutes=30),
        correlation_id=f"KBBcXmPLvHcESHA={number}",
        state=OrderState.PAID if paid else OrderState.EXPIRED,
        closed_at=None if paid else placed + timedelta(minutes=30),
        paid_at=placed + timedelta(minutes=2) if paid else None,
        paid_by=TradeReference("wechat", PaymentNumber(f"{placed:%Y%m%d%H%M%S}{number:018x}"), f"42{number:026d}")
        if paid
        else None,
    )


def _line(number: int, place: int, state: LineState) -> Line:
    return Line(
        number=place + 1,
        goods=Goods.COURSE,
        item_id=f"course-{(number + place) % 300}",
        item_version="7",
        title="家族信托的设立与传承：案例与税务",
        list_fen=19900,
        price_fen=9900 + place,
        price_reason=PriceReason.MEMBER,
        state=state,
        grant_id=f"{number:032x}" if state is LineState.GRANTED else None,
    )


def _movement(pk: str, number: int) -> Movement:
    day = date.fromisoformat(pk.removeprefix("MOVEMENTS#wechat#"))
    at = datetime.combine(day, clock_time(), SHANGHAI) + timedelta(seconds=number % 86400)
    order = _order(f"ORDERS#{day:%Y%m%d}04", number)
    kind = LineKind.REFUND if number % REFUNDED_ONE_IN == 1 else LineKind.PAYMENT
    return Movement(
        kind=kind,
        reference=order.order_id,
        amount_fen=order.amount_fen,
        at=at,
        order_id=order.order_id,
        trade_no=f"42{number:026d}",
        how="wechat_native",
        shares=shares_of_order(order),
    )


class Dropped(MemoryObjects):
    """Hashes files and keeps none."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def put_file(self, key: str, file: Path, digest: bytes, content_type: str) -> None:
        """Reads it once, as sending does."""
        sum_ = sha256()
        with file.open("rb") as content:
            while chunk := content.read(MIB):
                sum_.update(chunk)
                self.size += len(chunk)
        if sum_.digest() != digest:
            raise ValueError(key)


@contextmanager
def disk_watched(peak: list[int]) -> Iterator[None]:
    """Looks every half second at what temporary folders made since hold."""
    root, done = Path(gettempdir()), threading.Event()
    before = set(root.iterdir())

    def look() -> None:
        while not done.wait(0.5):
            peak[0] = max(peak[0], sum(_size(path) for path in root.iterdir() if path not in before))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    yield
    done.set()
    watcher.join()


def _size(path: Path) -> int:
    try:
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    except OSError:
        return 0


def measure(orders: int) -> dict[str, Any]:
    """One export, in this process."""
    objects, disk = Dropped(), [0]
    press = ExportContext(SyntheticStore(orders), objects, {"csv": CsvTable, "xlsx": XlsxTable})
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.monotonic()
    with disk_watched(disk):
        manifest = write_export(press, "2" * 32, DAYS, lambda _, item_id: item_id)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    _check(manifest, orders)
    return {
        "orders": orders,
        "rows": sum(table.rows for table in manifest.tables),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_memory_mib": round(after.ru_maxrss / 1024),
        "memory_before_mib": round(before.ru_maxrss / 1024),
        "peak_disk_mib": round(disk[0] / MIB),
        "files_mib": round(objects.size / MIB),
    }


def _check(manifest: Manifest, orders: int) -> None:
    tables = {table.name: table for table in manifest.tables}
    if tables["orders"].rows != orders or tables["payments"].rows + tables["refunds"].rows != orders:
        raise AssertionError("not everything was exported")


def main(sizes: list[str]) -> None:
    """Each size in a process of its own, so that one's memory is not another's."""
    for size in sizes:
        if len(sizes) == 1:
            sys.stdout.write(f"{json.dumps(measure(int(size)))}\n")
        else:
            subprocess.run([sys.executable, "-m", "tests.bench.exports", size], check=True)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1:] or ["10000", "100000", "1000000"])
