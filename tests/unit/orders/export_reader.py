"""Reads what exports hold, with readers that we did not write."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import openpyxl

from services.orders.adapters.table_files import CsvTable, XlsxTable
from services.orders.app.finance.write_export import ExportContext
from services.orders.domain.export import ExportedTable, KeptFile, Manifest
from tests.fakes.objects import MemoryObjects
from tests.unit.orders.world import World

MONEY = "(元)"
_LONG_NUMBER = re.compile(r"^'([0-9]+([eE][0-9]+)?)$")


def export_context(world: World, objects: MemoryObjects, **changes: Any) -> ExportContext:
    """As the function has it."""
    return ExportContext(world.store, objects, {"csv": CsvTable, "xlsx": XlsxTable}, **changes)


def table(manifest: Manifest, name: str) -> ExportedTable:
    """A table by its name."""
    return next(found for found in manifest.tables if found.name == name)


def csv_rows(objects: MemoryObjects, exported: ExportedTable) -> list[list[str]]:
    """All rows of a table's CSV files, headings left out."""
    return [row for file in _files(exported, ".csv") for row in read_csv(objects.kept[file.key])[1:]]


def xlsx_rows(objects: MemoryObjects, exported: ExportedTable) -> list[list[Any]]:
    """All rows of a table's workbooks, headings left out."""
    return [row for file in _files(exported, ".xlsx") for row in read_xlsx(objects.kept[file.key])[1:]]


def read_csv(content: bytes) -> list[list[str]]:
    """Rows, the headings first; long numbers without the quote that keeps spreadsheets from changing them."""
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [[_LONG_NUMBER.sub(r"\1", cell) for cell in row] for row in rows]


def read_xlsx(content: bytes) -> list[list[Any]]:
    """Rows, the headings first."""
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def csv_totals(objects: MemoryObjects, exported: ExportedTable) -> dict[str, int]:
    """What the money of the CSV files adds up to, fen by the column's English name."""
    return _totals(_headings(objects, exported), csv_rows(objects, exported))


def xlsx_totals(objects: MemoryObjects, exported: ExportedTable) -> dict[str, int]:
    """The same of the workbooks."""
    return _totals(_headings(objects, exported), xlsx_rows(objects, exported))


def _headings(objects: MemoryObjects, exported: ExportedTable) -> list[str]:
    return read_csv(objects.kept[_files(exported, ".csv")[0].key])[0]


def _totals(headings: list[str], rows: list[list[Any]]) -> dict[str, int]:
    money = {place: heading.split()[-1] for place, heading in enumerate(headings) if MONEY in heading}
    return {
        name: sum(int(Decimal(str(row[place] or 0)).scaleb(2).to_integral_exact()) for row in rows)
        for place, name in money.items()
    }


def _files(exported: ExportedTable, suffix: str) -> list[KeptFile]:
    return [file for file in exported.files if file.name.endswith(suffix)]
