"""CSV for people with spreadsheets: the same rows make the same bytes, no cell is a formula, numbers stay whole."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

Cell = str | int | Decimal | date | None

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What spreadsheets take a cell for a formula by; they also look past leading white space."""


_CHANGED_NUMBER = re.compile(r"\s*([0-9]{12,}|0[0-9]+|[0-9]+[eE][0-9]+)\s*")
"""Texts that spreadsheets take for numbers and show as others: rounded to 15 digits or less, without their zeros."""


class CsvWriter:
    """Writes rows as they come: UTF-8 with the mark by which Excel knows it, lines ended by CRLF."""

    def __init__(self, stream: BinaryIO, header: Sequence[str]) -> None:
        """Writes the header. Whoever opened the stream closes it, after `finish`."""
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow(header)

    def write(self, row: Sequence[Cell]) -> None:
        """One row. Numbers and days are written as they are."""
        self._writer.writerow([_cell(cell) for cell in row])

    def finish(self) -> None:
        """Everything is in the stream, which stays open."""
        self._text.detach()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole file."""
    stream = io.BytesIO()
    writer = CsvWriter(stream, header)
    for row in rows:
        writer.write(row)
    writer.finish()
    return stream.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, str):
        return str(value)
    text = value.replace("\0", "")
    # A quote makes it text, as OWASP advises; control characters in front would hide what follows.
    risky = text.lstrip().startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if risky or _CHANGED_NUMBER.fullmatch(text) else text
