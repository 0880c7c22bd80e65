"""The file of a batch as the certifying body gets it, and as it comes back with results filled in."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.credits.domain.declarations import Line, Outcome
from services.credits.domain.ids import LineId
from services.kit.csv_file import Cell, csv_bytes

CSV = "text/csv; charset=utf-8"

COLUMNS: dict[str, tuple[str, Callable[[str, Line], Cell]]] = {
    "batch_id": ("批次", lambda name, _line: name),
    "line_id": ("行号", lambda _, line: line.line_id),
    "kind": ("类型", lambda _, line: line.kind),
    "counters": ("冲销行号", lambda _, line: line.counters),
    "learner_id": ("学员代号", lambda _, line: line.learner_id),
    "credential": ("证书", lambda _, line: line.credential),
    "period_start": ("周期开始", lambda _, line: line.period.start),
    "period_end": ("周期结束", lambda _, line: line.period.end),
    "completed_on": ("完成日期", lambda _, line: line.completed_on),
    "category": ("类别", lambda _, line: line.category),
    "hours": ("学时", lambda _, line: line.hours),
    "course_id": ("课程代号", lambda _, line: line.course_id),
    "title": ("课程", lambda _, line: line.title),
    "entry_id": ("记账编号", lambda _, line: line.entry_id),
    "watch_id": ("学习记录", lambda _, line: line.watch_id),
    "result": ("结果", lambda _, __: None),
    "reason": ("原因", lambda _, __: None),
}
"""By their ids, which programs read: their Chinese names, and what each has of a batch's name and one of its lines.

The last two are for the certifying body to fill in.
"""

RESULT_WORDS = {
    "accepted": Outcome.ACCEPTED,
    "通过": Outcome.ACCEPTED,
    "denied": Outcome.DENIED,
    "不通过": Outcome.DENIED,
}
MAX_REASON = 500
_LOST = "\ufffd"
"""What reading a file in another encoding leaves of each character."""


@dataclass(frozen=True)
class ResultRow:
    """One answer of the certifying body, and the line of the file it stands on, from 1."""

    at_line: int
    line_id: LineId
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Mistake:
    """What is wrong on one line of a file of results."""

    line: int
    code: str
    message: str
    message_en: str


MESSAGES = {
    "UNREADABLE": ("无法读取此行。", "This line cannot be read."),
    "TEXT_LOST": (
        "文字已在转换编码时丢失。请将文件另存为“CSV UTF-8”后重新导入。",
        "Text was lost, since the file was read in another encoding. Save it as “CSV UTF-8” and import it again.",
    ),
    "COLUMNS_MISSING": (
        "首行缺少 line_id 或 result 列，或列名重复。",
        "The first line lacks line_id or result, or repeats one.",
    ),
    "CELLS_MISSING": ("此行的列数与首行不符。", "This line has not as many cells as the first."),
    "LINE_UNKNOWN": ("本批次没有这一行号。", "This batch has no such line."),
    "LINE_REPEATED": ("同一行号在文件中出现多次。", "The file has this line more than once."),
    "RESULT_UNKNOWN": ("结果只能是 accepted(通过)或 denied(不通过)。", "The result is accepted or denied."),
    "REASON_MISSING": ("不通过必须写明原因。", "A denial needs its reason."),
    "REASON_TOO_LONG": (f"原因不能超过 {MAX_REASON} 字。", f"A reason has at most {MAX_REASON} characters."),
    "RESULT_DIFFERS": ("此行已有不同的结果，不能更改。", "This line has another result already, which stays."),
}


def batch_csv(name: str, lines: Iterable[Line]) -> bytes:
    """The file: a line for each that was not withdrawn, in the order of their ids; the same lines, the same bytes."""
    header = [f"{chinese} {id_}" for id_, (chinese, _) in COLUMNS.items()]
    rows = ([cell(name, line) for _, cell in COLUMNS.values()] for line in lines if not line.withdrawn)
    return csv_bytes(header, rows)


def read_results(
    text: str, exported: Container[LineId], known: Mapping[LineId, Outcome]
) -> tuple[list[ResultRow], list[Mistake]]:
    """The answers in a file of results, and all its mistakes; a line without a result is not answered yet.

    Args:
        exported: the ids of the batch's lines.
        known: results given before; the same again is no mistake.
    """
    found = list(_rows(text))
    rows = [row for row in found if isinstance(row, ResultRow)]
    mistakes = [mistake for mistake in found if isinstance(mistake, Mistake)]
    times = Counter(row.line_id for row in rows)
    mistakes += [mistake for row in rows for mistake in _mistakes(row, exported, known, times)]
    return rows, sorted(mistakes, key=lambda mistake: mistake.line)


def _rows(text: str) -> Iterator[ResultRow | Mistake]:
    records = _records(text)
    at_line, header = next(records, (1, []))
    columns = None if isinstance(header, str) else _columns(header)
    if columns is None:
        yield _mistake(at_line, header if isinstance(header, str) else "COLUMNS_MISSING")
        return
    for at_line, cells in records:
        found = _mistake(at_line, cells) if isinstance(cells, str) else _row_of(cells, columns, at_line)
        if found:
            yield found


def _records(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """The cells of each record with the line it ends on; the code of a mistake for one that cannot be read."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, "UNREADABLE"
        else:
            yield reader.line_num, "TEXT_LOST" if any(_LOST in cell for cell in cells) else cells


def _columns(header: list[str]) -> dict[str, int] | None:
    """Where each column is, by the id that ends its name; None where what is needed is not there once."""
    ids = [name.split()[-1].lower() if name.split() else "" for name in header]
    wanted = {id_: ids.index(id_) for id_ in ("line_id", "result", "reason") if ids.count(id_) == 1}
    repeated = any(ids.count(id_) > 1 for id_ in ("line_id", "result", "reason"))
    return None if repeated or not {"line_id", "result"} <= wanted.keys() else wanted


def _row_of(cells: list[str], columns: Mapping[str, int], at_line: int) -> ResultRow | Mistake | None:
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) <= max(columns.values()):
        return _mistake(at_line, "CELLS_MISSING")
    word = cells[columns["result"]].strip().lower()
    if not word:
        return None
    outcome = RESULT_WORDS.get(word)
    if outcome is None:
        return _mistake(at_line, "RESULT_UNKNOWN")
    reason = cells[columns["reason"]].strip() if "reason" in columns else ""
    return ResultRow(at_line, LineId(cells[columns["line_id"]].strip()), outcome, reason)


def _mistakes(
    row: ResultRow, exported: Container[LineId], known: Mapping[LineId, Outcome], times: Mapping[LineId, int]
) -> Iterator[Mistake]:
    checks = {
        "LINE_UNKNOWN": row.line_id not in exported,
        "LINE_REPEATED": times[row.line_id] > 1,
        "REASON_MISSING": row.outcome is Outcome.DENIED and not row.reason,
        "REASON_TOO_LONG": len(row.reason) > MAX_REASON,
        "RESULT_DIFFERS": known.get(row.line_id, row.outcome) is not row.outcome,
    }
    return (_mistake(row.at_line, code) for code, found in checks.items() if found)


def _mistake(line: int, code: str) -> Mistake:
    return Mistake(line, code, *MESSAGES[code])
