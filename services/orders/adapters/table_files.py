"""Tables as CSV and XLSX, a row at a time: the same rows always make the same bytes, and no cell is a formula."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import xlsxwriter

from services.kit.csv_file import CsvWriter
from services.orders.domain.tables import Cell, Row, Table

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""What every workbook says, so that its bytes tell nothing of when it was made."""
_COLUMN_WIDTH = 20
_NO_CONVERSIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class CsvTable:
    """As kit's CSV; amounts in yuan, such as 99.00."""

    content_type: ClassVar = "text/csv; charset=utf-8"

    def __init__(self, path: Path, table: Table[Any]) -> None:
        self._stream = path.open("wb")
        self._writer = CsvWriter(self._stream, table.headings)
        self._money = [column.money for column in table.columns]

    def write(self, row: Row) -> None:
        """The next row."""
        self._writer.write(
            [
                Decimal(cell).scaleb(-2) if money and isinstance(cell, int) else cell
                for cell, money in zip(row, self._money, strict=True)
            ]
        )

    def close(self) -> None:
        """It is whole."""
        self._writer.finish()
        self._stream.close()


class XlsxTable:
    """One sheet. Texts are written as texts whatever they look like; rows leave memory as soon as they are written.

    What the sheet takes unpacked (some 80 bytes a cell) lies beside the file until it is closed.
    """

    content_type: ClassVar = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, path: Path, table: Table[Any]) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent), **_NO_CONVERSIONS}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.use_zip64()
        self._book.set_properties({"created": CREATED, "title": table.title})
        self._sheet: Any = self._book.add_worksheet(table.title)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(table.columns) - 1, _COLUMN_WIDTH)
        self._yuan = self._book.add_format({"num_format": "#,##0.00"})
        self._money = [column.money for column in table.columns]
        self._next = 0
        self._write(table.headings, [False] * len(table.columns))

    def write(self, row: Row) -> None:
        """The next row."""
        self._write(row, self._money)

    def close(self) -> None:
        """It is whole."""
        self._book.close()

    def _write(self, row: Row, money: list[bool]) -> None:
        for column, (cell, is_money) in enumerate(zip(row, money, strict=True)):
            if self._put(column, cell, money=is_money):
                raise ValueError(f"row {self._next}: more than a sheet takes")
        self._next += 1

    def _put(self, column: int, cell: Cell, *, money: bool) -> int:
        """Answers 0, or what the library found wrong: it raises nothing."""
        if cell is None or cell == "":
            return 0
        if isinstance(cell, str):
            return int(self._sheet.write_string(self._next, column, cell))
        if money:
            # Exact to the fen up to 90 trillion yuan: whole fen are, and so is the shortest text of the quotient.
            return int(self._sheet.write_number(self._next, column, cell / 100, self._yuan))
        return int(self._sheet.write_number(self._next, column, cell))
