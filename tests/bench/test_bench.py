"""What `make bench` is made of: processes that are measured, answers that are checked, the page."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench.page import Column, chart, page
from tests.bench.rows import ROWS, Figure
from tests.bench.sides import Json, Side, WrongAnswer, cold_ratio, warm_ratio
from tests.bench.wire import Call

HANDLER = """
import json, sys
def handler(event, context):
    print("said", sys.path[0])
    asked = json.loads(event["body"])
    if asked["token"] == "wrong":
        raise ValueError("wrong")
    position = asked["position_ms"]
    return {"statusCode": 200, "body": json.dumps({"token": f"t{position}", "furthest_ms": position})}
"""


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A handler with a chain of tokens."""
    (tmp_path / "program.py").write_text(HANDLER)

    def right(answer: Json) -> bool:
        return int(answer["statusCode"]) == 200

    event = {"body": json.dumps({"token": "t", "position_ms": 1})}
    log = tmp_path / "log"
    return Side("program", "program.handler", [str(tmp_path)], {}, event, right, chain=True, log=log)


def test_each_process_goes_on_from_the_last_answer_and_what_it_prints_is_kept(side: Side) -> None:
    assert cold_ratio(side, side, pairs=1).value > 0
    assert json.loads(side.event["body"]) == {"token": "t4", "position_ms": 5}
    assert side.log.read_text().splitlines() == [f"said {side.path[0]}"] * 4


def test_a_warm_process_answers_as_often_as_it_is_asked(side: Side) -> None:
    other = Side("other", side.handler, side.path, {}, dict(side.event), side.right, chain=True, log=side.log)
    warm_ratio(side, other, pairs=2, calls=3)
    assert json.loads(side.event["body"])["position_ms"] == 1 + 1 + 3 * 3


def test_what_does_not_answer_or_answers_wrongly_is_no_figure(side: Side) -> None:
    with pytest.raises(WrongAnswer, match="200"):
        Side("program", side.handler, side.path, {}, side.event, lambda _: False, log=side.log).cold()
    side.event["body"] = json.dumps({"token": "wrong", "position_ms": 1})
    with pytest.raises(WrongAnswer, match=r"(?s)ended without an answer: .*ValueError: wrong"):
        side.cold()


def test_the_page_says_what_was_met_what_was_missed_and_what_was_not_measured() -> None:
    figures: dict[int, Figure | None] = {row.number: Figure(row.targets) for row in ROWS}
    figures[1], figures[2] = Figure((0.51,), "a note"), None
    columns = [Column("before", figures, {}), Column("now", figures, {"boto3": (1, 1)})]
    lines = page(columns, "a day").splitlines()
    assert [line.split(" | ")[-1] for line in lines if line.startswith(("| 1 ", "| 2 ", "| 4 "))] == [
        "missed |",
        " |",
        "✓ |",
    ]
    assert "not measured | not measured" in next(line for line in lines if line.startswith("| 2 "))
    drawn = ElementTree.fromstring(chart(columns))  # noqa: S314 (our own)
    bars = [part for part in drawn if part.tag.endswith("rect")]
    measured = sum(bool(target) for row in ROWS for target in row.targets if figures[row.number])
    assert len(bars) == 2 * measured


def test_units_are_those_that_are_billed() -> None:
    small, large = {"pk": {"S": "a"}}, {"pk": {"S": "a"}, "body": {"S": "x" * 3000}}
    put, check = {"Put": {"Item": large}}, {"ConditionCheck": {"Key": small}}
    transaction = json.dumps({"TransactItems": [put, check]}).encode()
    assert Call("f", "DynamoDB_20120810.TransactWriteItems", transaction, b"{}").write_units == 2 * (3 + 1)
    assert Call("f", "DynamoDB_20120810.PutItem", json.dumps({"Item": small}).encode(), b"{}").write_units == 1
    found = json.dumps({"Items": [large, large]}).encode()
    assert Call("f", "DynamoDB_20120810.Query", b"{}", found).read_units == 1
    assert Call("f", "DynamoDB_20120810.Query", b'{"ConsistentRead": true}', found).read_units == 2
    assert Call("f", "DynamoDB_20120810.GetItem", b"{}", b"{}").read_units == 0.5
    assert Call("f", "AWSEvents.PutEvents", b"{}", b"{}").write_units == 0


def test_what_a_program_needs_is_done_before_each_process(side: Side) -> None:
    side.chain = False
    side.prepare = lambda: side.event.update(body=json.dumps({"token": "new", "position_ms": 7}))
    side.event.clear()
    assert cold_ratio(side, side, pairs=1).value > 0
