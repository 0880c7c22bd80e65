"""The batch's file as it leaves and comes back: no formulas, every mistake by its line, the whole file or nothing."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from services.credits.app.declarations.batch_file import MESSAGES, read_results
from services.credits.app.declarations.declare_hours import read_declarations
from services.credits.app.declarations.export_batch import batch_lines, close_batch
from services.credits.app.declarations.import_results import import_results
from services.credits.domain.declarations import Outcome
from services.credits.domain.ids import LineId
from services.kit.call import Call
from services.kit.csv_file import Cell, csv_bytes
from services.kit.problems import Problem
from tests.unit.credits.test_declarations import (
    KEY,
    OFFICER,
    a_world,
    answer,
    close,
    declare,
    line_ids,
    reverse,
    states,
)
from tests.unit.credits.world import AFP, LEARNER, World, completed, published

HEAD = "line_id,result,reason\n"
EXPORTED = frozenset(map(LineId, ("a-1", "b-1", "c-1")))


def mistakes(text: str, known: Mapping[str, Outcome] = MappingProxyType({})) -> list[tuple[int, str]]:
    found = {LineId(line): outcome for line, outcome in known.items()}
    return [(mistake.line, mistake.code) for mistake in read_results(text, EXPORTED, found)[1]]


def misread(text: str) -> str:
    """A text in the encoding of Chinese spreadsheets, read as if it were UTF-8."""
    return text.encode("gbk").decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "COLUMNS_MISSING")]),
        ("\n", [(1, "COLUMNS_MISSING")]),
        ("line_id\na-1\n", [(1, "COLUMNS_MISSING")]),
        ("line_id,result,result\na-1,accepted,denied\n", [(1, "COLUMNS_MISSING")]),
        (HEAD + "a-1\n", [(2, "CELLS_MISSING")]),
        (HEAD + "a-1,maybe,\n", [(2, "RESULT_UNKNOWN")]),
        (HEAD + "x-1,accepted,\n", [(2, "LINE_UNKNOWN")]),
        (HEAD + ",accepted,\n", [(2, "LINE_UNKNOWN")]),
        (HEAD + "a-1,denied,\n", [(2, "REASON_MISSING")]),
        (HEAD + "a-1,denied, \t\n", [(2, "REASON_MISSING")]),
        (HEAD + f"a-1,denied,{'长' * 501}\n", [(2, "REASON_TOO_LONG")]),
        (HEAD + "a-1,accepted,\nb-1,accepted,\na-1,accepted,\n", [(2, "LINE_REPEATED"), (4, "LINE_REPEATED")]),
        (HEAD + f'a-1,accepted,"{"x" * 200_000}"\n', [(2, "UNREADABLE")]),
        (misread("行号 line_id,结果 result,原因 reason\na-1,denied,编号不符\n"), [(1, "TEXT_LOST")]),
        (
            HEAD + misread("a-1,accepted,\nb-1,denied,编号不符\nc-1,不通过,编号不符\n"),
            [(3, "TEXT_LOST"), (4, "TEXT_LOST")],
        ),
        (
            HEAD + 'a-1,accepted,\n\nx-1,denied,\n"b-1",denied,"two\nlines"\nc-1,no,\n',
            [(4, "LINE_UNKNOWN"), (4, "REASON_MISSING"), (7, "RESULT_UNKNOWN")],
        ),
    ],
)
def test_every_mistake_by_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert mistakes(text) == expected


def test_every_kind_of_mistake_has_its_words() -> None:
    assert all(zh and en for zh, en in MESSAGES.values())


def test_a_result_stays() -> None:
    known = {"a-1": Outcome.ACCEPTED, "b-1": Outcome.DENIED}
    assert mistakes(HEAD + "a-1,accepted,\nb-1,denied,other words\n", known) == []
    assert mistakes(HEAD + "a-1,denied,no\nb-1,accepted,\n", known) == [(2, "RESULT_DIFFERS"), (3, "RESULT_DIFFERS")]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "a-1,accepted,\n",
        "\ufeffline_id,result,reason\r\na-1,accepted,\r\n",
        "行号 line_id,其他,结果 result\na-1,=1+1,通过\n",
        "LINE_ID , Result\n a-1 , ACCEPTED \n",
        HEAD + "a-1,accepted,\nb-1,,\n , ,\n",
    ],
)
def test_ways_to_say_the_same(text: str) -> None:
    rows, wrong = read_results(text, EXPORTED, {})
    assert wrong == []
    assert [(row.line_id, row.outcome) for row in rows] == [("a-1", Outcome.ACCEPTED)]


def test_the_exported_file_itself_comes_back_filled_in() -> None:
    world = a_world(2)
    declare(world)
    close(world)
    text = world.objects.kept["batches/AFP-000001.csv"].decode()
    filled = text.replace(",,\r\n", ",denied,证号有误\r\n")
    assert import_results(world.records, Call(OFFICER, "request-7"), AFP, 1, filled, "letter 7").denied == 2
    assert states(world) == ["denied", "denied"]


def test_one_wrong_line_and_nothing_is_imported() -> None:
    world = a_world(2)
    declare(world)
    close(world)
    first, second = line_ids(world, 1)
    before = world.state()
    with pytest.raises(Problem) as refused:
        answer(world, 1, f"{first},accepted,", f"{second},denied,", "x,accepted,")
    assert refused.value.type.code == "RESULTS_INVALID"
    errors: list[dict[str, Any]] = refused.value.members["errors"]
    assert [(e["line"], e["code"]) for e in errors] == [(3, "REASON_MISSING"), (4, "LINE_UNKNOWN")]
    assert all(e["message"] and e["message_en"] for e in errors)
    assert world.state() == before


def test_nothing_is_answered_to_what_did_not_leave() -> None:
    world = a_world(2)
    declare(world)
    withdrawn = read_declarations(world.store, LEARNER).items[0].declaration.last.line_id
    reverse(world, 1)
    with pytest.raises(Problem) as refused:
        answer(world, 1, f"{withdrawn},accepted,")
    assert refused.value.type.code == "BATCH_NOT_FOUND"
    close(world)
    with pytest.raises(Problem) as refused:
        answer(world, 1, f"{withdrawn},accepted,")
    assert [error["code"] for error in refused.value.members["errors"]] == ["LINE_UNKNOWN"]


FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＠x"]


@pytest.mark.parametrize("title", FORMULAS)
def test_a_course_title_is_no_formula(title: str) -> None:
    world = World()
    event = published("evil", eligible=["AFP"])
    world.deliver(event.model_copy(update={"data": {**event.data, "title": title}}))
    world.certify(AFP)
    world.deliver(completed("w", "evil"))
    declare(world)
    close_batch(world.records, Call(OFFICER, "request-7", KEY), AFP, "monthly")
    assert batch_lines(world.store, AFP, 1)[0].title == title
    text = world.objects.kept["batches/AFP-000001.csv"].decode("utf-8-sig")
    assert f"'{title}".replace('"', '""') in text


def test_numbers_days_and_absence_are_written_as_they_are() -> None:
    rows: list[list[Cell]] = [[Decimal("-1.50"), date(2026, 2, 28), None, 7, "学,时", 'a"b', "x\0y"]]
    assert csv_bytes(["a"], rows) == '\ufeffa\r\n-1.50,2026-02-28,,7,"学,时","a""b",xy\r\n'.encode()
