"""Writing an export: every source read once, in bounded memory, into files that are kept as soon as they are full."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from services.kit.days import Days
from services.kit.objects import Objects
from services.kit.store import Store
from services.orders.app.finance.export_tables import LINES, ORDERS, REFUND_LINES, REFUNDS, SOURCES, Source
from services.orders.app.finance.items import CashEntry
from services.orders.app.finance.revenue import Titles, revenue_document
from services.orders.app.finance.revenue_report import revenue_report
from services.orders.domain.export import ExportedTable, KeptFile, Manifest
from services.orders.domain.revenue import Revenue
from services.orders.domain.tables import Row, Table

PREFIX = "exports/"
ROWS_PER_FILE = 1_000_000
"""Under Excel's limit of 1,048,576 rows, the header among them. CSV is split alike: Excel opens it too."""
_CHECKED_EVERY = 1000
_HTML, _JSON = "text/html; charset=utf-8", "application/json"


class OutOfTime(Exception):
    """The export is more than one run can write."""


class DoesNotAddUp(Exception):
    """Two tables made of the same things have other sums. It is never handed out."""


class TableFile(Protocol):
    """A file that is being written, a row at a time."""

    def write(self, row: Row) -> None:
        """The next row."""

    def close(self) -> None:
        """It is whole."""


class Format(Protocol):
    """A way of writing a table."""

    content_type: str

    def __call__(self, path: Path, table: Table[Any]) -> TableFile:
        """Begins a file."""


@dataclass(frozen=True)
class ExportContext:
    """What writing an export works with. `formats` by the ending of their files' names."""

    store: Store
    objects: Objects
    formats: Mapping[str, Format]
    sources: tuple[Source, ...] = SOURCES
    rows_per_file: int = ROWS_PER_FILE
    out_of_time: Callable[[], bool] = lambda: False


def write_export(ctx: ExportContext, export_id: str, days: Days, titles: Titles) -> Manifest:
    """Writes every table's files and keeps them. What is stored decides every byte, so a second run changes nothing.

    Raises:
        OutOfTime: what was kept so far is in no manifest, and expires with the bucket's rule.
        DoesNotAddUp: a fault of ours.
    """
    revenue = Revenue()
    with TemporaryDirectory() as folder:
        keeper = _Keeper(ctx.objects, f"{PREFIX}{export_id}/", Path(folder))
        tables: list[ExportedTable] = []
        for source in ctx.sources:
            tables += _write_source(ctx, source, days, keeper, revenue)
        _check(tables)
        summary, span = revenue_document(revenue, days, titles), _span(days)
        documents = [
            keeper.document(f"report-{span}.html", revenue_report(summary, tables), _HTML),
            keeper.document(f"revenue-{span}.json", _json(summary), _JSON),
        ]
        documents.append(keeper.document(f"manifest-{span}.json", _json(_manifest(days, tables, documents)), _JSON))
    return Manifest(tuple(tables), tuple(documents))


def _write_source(
    ctx: ExportContext, source: Source, days: Days, keeper: "_Keeper", revenue: Revenue
) -> list[ExportedTable]:
    sinks = {table.name: _Sink(ctx, table, keeper, _span(days)) for table in source.tables}
    for number, thing in enumerate(source.read(ctx.store, days)):
        if number % _CHECKED_EVERY == 0 and ctx.out_of_time():
            raise OutOfTime(f"after {number} of {source.tables[0].name}")
        if isinstance(thing, CashEntry):
            revenue.add(thing.movement)
        for table, row in source.rows(thing):
            sinks[table.name].write(row)
    return [sink.finish() for sink in sinks.values()]


class _Keeper:
    """Moves files from the temporary folder to where exports are kept."""

    def __init__(self, objects: Objects, prefix: str, folder: Path) -> None:
        self._objects = objects
        self._prefix = prefix
        self.folder = folder

    def keep(self, path: Path, content_type: str) -> KeptFile:
        """Keeps a file under its SHA-256; the folder has it no more."""
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").digest()
        key = f"{self._prefix}{digest.hex()[:16]}/{path.name}"
        self._objects.put_file(key, path, digest, content_type)
        kept = KeptFile(path.name, key, path.stat().st_size, digest.hex())
        path.unlink()
        return kept

    def document(self, name: str, text: str, content_type: str) -> KeptFile:
        """Keeps a text."""
        path = self.folder / name
        path.write_text(text, "utf-8", newline="\n")
        return self.keep(path, content_type)


class _Sink:
    """One table's files, the next one begun when one is full; and what its rows add up to."""

    def __init__(self, ctx: ExportContext, table: Table[Any], keeper: _Keeper, span: str) -> None:
        self._ctx, self._table, self._keeper, self._span = ctx, table, keeper, span
        self._money = [(place, column.name) for place, column in enumerate(table.columns) if column.money]
        self._totals = {column.name: 0 for column in table.columns if column.money}
        self._kept: list[KeptFile] = []
        self._rows = self._parts = 0
        self._open: list[tuple[Path, Format, TableFile]] = []
        self._begin()

    def write(self, row: Row) -> None:
        """The next row."""
        if self._rows == self._parts * self._ctx.rows_per_file:
            self._end()
            self._begin()
        for _, _, file in self._open:
            file.write(row)
        self._rows += 1
        for place, name in self._money:
            self._totals[name] += int(row[place] or 0)

    def finish(self) -> ExportedTable:
        """The whole table."""
        self._end()
        return ExportedTable(self._table.name, self._table.title, self._rows, self._totals, tuple(self._kept))

    def _begin(self) -> None:
        self._parts += 1
        part = f"-{self._parts}" if self._parts > 1 else ""
        for suffix, format_ in self._ctx.formats.items():
            path = self._keeper.folder / f"{self._table.name}-{self._span}{part}.{suffix}"
            self._open.append((path, format_, format_(path, self._table)))

    def _end(self) -> None:
        for path, format_, file in self._open:
            file.close()
            self._kept.append(self._keeper.keep(path, format_.content_type))
        self._open = []


def _span(days: Days) -> str:
    return f"{days.first:%Y%m%d}" if len(days) == 1 else f"{days.first:%Y%m%d}-{days.last:%Y%m%d}"


def _check(tables: list[ExportedTable]) -> None:
    """Orders and their lines are made of the same things, and so are refunds and theirs."""
    totals = {table.name: table.totals_fen for table in tables}
    if totals[REFUNDS.name]["taken_back"] != totals[REFUND_LINES.name]["taken_back"]:
        raise DoesNotAddUp("taken_back")
    for name in ("list_price", "amount", "paid", "refunded"):
        if totals[ORDERS.name][name] != totals[LINES.name][name]:
            raise DoesNotAddUp(name)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _manifest(days: Days, tables: list[ExportedTable], documents: list[KeptFile]) -> dict[str, Any]:
    def described(file: KeptFile) -> dict[str, Any]:
        return {"name": file.name, "bytes": file.bytes, "sha256": file.sha256}

    return {
        "format": "xueshi-export-1",
        "days": {"first": f"{days.first}", "last": f"{days.last}", "time_zone": "Asia/Shanghai"},
        "tables": [{**asdict(table), "files": [described(file) for file in table.files]} for table in tables],
        "documents": [described(file) for file in documents],
    }
