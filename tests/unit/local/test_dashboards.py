"""The page that draws what operations will see: statistics, metric math, alarms, and the drawing itself."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from local.dashboards.alarms import Judged, State, judged
from local.dashboards.drawing import MOST_LINES, chart, short
from local.dashboards.expressions import evaluated, lines_of
from local.dashboards.page import ALARMS, Shown, dashboards_page
from local.dashboards.values import Tail, Values, Window, statistic_of

NOW = 1_000_020.0
WINDOW = Window.until(NOW, 180, 60)
EARLY, MIDDLE, LATE = WINDOW.periods()
OF_PAY = {"FunctionName": "pay"}


def told(*rows: tuple[str, int, float], about: dict[str, str] | None = None, namespace: str = "AWS/Lambda") -> Values:
    """Values of metrics (name, second, value)."""
    values = Values()
    values.read(
        json.dumps([namespace, name, OF_PAY if about is None else about, second, [[value, 1]]])
        for name, second, value in rows
    )
    return values


def test_a_window_is_whole_periods_up_to_the_one_that_runs() -> None:
    assert WINDOW.end - WINDOW.start == 180
    assert LATE <= NOW < WINDOW.end
    assert all(start % 60 == 0 for start in WINDOW.periods())


def test_statistics_are_cloudwatchs() -> None:
    values = Counter({10.0: 8, 20.0: 1, 100.0: 1})
    found = {name: statistic_of(values, name) for name in ("Sum", "SampleCount", "Average", "Minimum", "Maximum")}
    assert found == {"Sum": 200, "SampleCount": 10, "Average": 20, "Minimum": 10, "Maximum": 100}
    assert [statistic_of(values, name) for name in ("p50", "p90", "p99")] == [10, 20, 100]
    assert statistic_of(values, "PR(:20)") == 90
    with pytest.raises(ValueError, match="tm99"):
        statistic_of(values, "tm99")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("100 * part / whole", {EARLY: 25.0}),
        ("part - whole", {EARLY: -3.0, LATE: 1.0}),
        ("FILL(part, 0) + whole", {EARLY: 5.0, MIDDLE: 4.0, LATE: 1.0}),
        ("IF(whole >= 4, part, 0)", {EARLY: 1.0, LATE: 0.0}),
        ("whole / (1000 * PERIOD(whole))", {EARLY: 4 / 60_000, MIDDLE: 4 / 60_000, LATE: 0.0}),
        ("SUM(METRICS())", {EARLY: 5.0, MIDDLE: 4.0, LATE: 1.0}),
    ],
)
def test_metric_math_has_no_value_where_something_is_missing(expression: str, expected: dict[int, float]) -> None:
    known = {"part": {EARLY: 1.0, LATE: 1.0}, "whole": {EARLY: 4.0, MIDDLE: 4.0, LATE: 0.0}}
    assert evaluated(expression, known, WINDOW) == expected


def test_what_is_not_known_of_metric_math_is_said() -> None:
    for expression in ("ANOMALY_DETECTION_BAND(part)", "__import__('os')", "part ** 2"):
        with pytest.raises((ValueError, KeyError)):
            evaluated(expression, {"part": {EARLY: 1.0}}, WINDOW)


def test_a_search_draws_a_line_for_each_that_it_finds() -> None:
    values = Values()
    for code, count in (("BUSY", 2), ("NOT_FOUND", 1)):
        about = {"service": "orders", "code": code}
        values.read([json.dumps(["Xueshi", "Refusals", about, LATE, [[1, count]]])])
    values.read([json.dumps(["Xueshi", "Refusals", {"service": "credits", "code": "BUSY"}, LATE, [[1, 9]]])])
    search = """SEARCH('{Xueshi,service,code} MetricName="Refusals" service="orders"', 'Sum')"""
    assert lines_of([[{"expression": search}]], values, WINDOW) == {"BUSY": {LATE: 2}, "NOT_FOUND": {LATE: 1}}


def test_hidden_metrics_are_only_for_expressions() -> None:
    values = told(("Errors", LATE, 1), ("Invocations", LATE, 4))
    hidden = {"stat": "Sum", "visible": False}
    metrics: list[Any] = [
        [{"expression": "100 * part / whole", "label": "pay"}],
        ["AWS/Lambda", "Errors", "FunctionName", "pay", {**hidden, "id": "part"}],
        ["AWS/Lambda", "Invocations", "FunctionName", "pay", {**hidden, "id": "whole"}],
    ]
    assert lines_of(metrics, values, WINDOW) == {"pay": {LATE: 25.0}}


def test_a_tail_reads_whole_lines_once(tmp_path: Path) -> None:
    file = tmp_path / "counted.jsonl"
    tail = Tail(file)
    assert tail.lines() == []
    file.write_text("one\ntwo")
    assert tail.lines() == ["one"]
    with file.open("a") as more:
        more.write("!\n")
    assert tail.lines() == ["two!"]


def alarm(**changed: Any) -> dict[str, Any]:
    """A template's alarm, and what is different of it."""
    properties = {
        "AlarmName": "xueshi-orders-pay-errors",
        "AlarmDescription": "Page: it fails. Threshold: the first. What to do: docs/operations.md#failures",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Pay"}}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": "Topic"}],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **changed}}


def state_of(values: Values, since: float = 0, **changed: Any) -> State:
    """Of one alarm."""
    template = {"Resources": {"Alarm": alarm(**changed)}}
    (found,) = judged([(template, {"Pay": "pay"})], values, since, NOW)
    return found.state


def test_an_alarm_rises_when_its_threshold_is_met_often_enough() -> None:
    assert state_of(told(("Errors", LATE, 1))) is State.OK
    assert state_of(told(("Errors", LATE, 1), ("Errors", EARLY, 2))) is State.ALARM
    assert state_of(told()) is State.OK
    other = {"FunctionName": "other"}
    assert state_of(told(("Errors", LATE, 1), ("Errors", EARLY, 2), about=other)) is State.OK


def test_silence_rises_only_where_the_system_ran_as_long() -> None:
    silence = {
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "MetricName": "Invocations",
        "DatapointsToAlarm": 3,
    }
    assert state_of(told(), since=0, **silence) is State.ALARM
    assert state_of(told(), since=NOW - 90, **silence) is State.INSUFFICIENT_DATA
    assert state_of(told(("Invocations", MIDDLE, 1)), since=0, **silence) is State.OK


def test_a_composite_rises_with_all_of_its_parts() -> None:
    rule = {
        "Fn::Join": ["", ['(ALARM("', {"Fn::GetAtt": ["A", "Arn"]}, '") AND ALARM("', {"Fn::GetAtt": ["B", "Arn"]}]]
    }
    both = {"AlarmName": "both", "AlarmDescription": "Ticket: x", "AlarmRule": rule}
    parts = {"A": alarm(AlarmName="a", AlarmActions=[]), "B": alarm(AlarmName="b", AlarmActions=[], Threshold=2)}
    template = {"Resources": {**parts, "Both": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": both}}}

    def states(*rows: tuple[str, int, float]) -> dict[str, State]:
        return {found.name: found.state for found in judged([(template, {"Pay": "pay"})], told(*rows), 0, NOW)}

    assert states(("Errors", LATE, 1), ("Errors", EARLY, 1))["both"] is State.OK
    assert states(("Errors", LATE, 2), ("Errors", EARLY, 2))["both"] is State.ALARM


def test_an_alarm_of_metric_math_is_judged_by_its_expression() -> None:
    def part(id_: str, name: str) -> dict[str, Any]:
        about = [{"Name": "FunctionName", "Value": {"Ref": "Pay"}}]
        metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": about}
        return {"Id": id_, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False}

    ratio = {"Id": "e", "Expression": "100 * part / whole"}
    metrics = [ratio, part("part", "Errors"), part("whole", "Invocations")]
    plain: dict[str, Any] = {
        "Namespace": None,
        "MetricName": None,
        "Metrics": metrics,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
    }
    values = told(("Errors", LATE, 1), ("Invocations", LATE, 4))
    assert state_of(values, **plain, Threshold=25) is State.ALARM
    assert state_of(values, **plain, Threshold=26) is State.OK


def test_a_chart_is_text_without_anything_fetched() -> None:
    lines = {f"line <{n}>": {EARLY: float(n), LATE: n + 1.0} for n in range(MOST_LINES + 3)}
    drawn = chart(lines, WINDOW, "ms")
    assert drawn.count("<polyline") == 0, "minutes apart without one between have no line"
    assert "and 3 more" in drawn
    assert "line &lt;15&gt;" in drawn
    assert "line &lt;16&gt;" not in drawn
    assert "http" not in drawn
    assert "nothing was told" in chart({}, WINDOW)
    assert [short(v) for v in (0, 0.0123, 12, 12_345, 3_000_000)] == ["0", "0.0123", "12", "12.3k", "3M"]


def test_the_page_draws_every_kind_of_widget_and_escapes_what_it_was_told() -> None:
    metric = ["AWS/Lambda", "Errors", "FunctionName", "pay", {"stat": "Sum", "label": "<pay>"}]
    widgets = [
        {"type": "text", "width": 24, "properties": {"markdown": "## Functions"}},
        {"type": "metric", "width": 8, "properties": {"title": "Errors", "view": "timeSeries", "metrics": [metric]}},
        {"type": "metric", "width": 4, "properties": {"title": "Now", "view": "singleValue", "metrics": [metric]}},
        {
            "type": "alarm",
            "width": 24,
            "properties": {"title": "Alarms", "alarms": ["arn:aws:cloudwatch:r:a:alarm:bad"]},
        },
        {
            "type": "log",
            "width": 24,
            "properties": {"title": "Last", "query": "SOURCE '/xueshi/pay' | limit 1"},
        },
    ]
    values = told(("Errors", LATE - 60, 3))
    for at in (1, 2):
        values.read([json.dumps(["error", at, "pay", {"message": f"<unhandled {at}>"}])])
    bad = Judged("bad", "Page: <b>", State.ALARM, "≥ 1 in 1 min", 3, told=True, until_known=False)
    shown = Shown("overview", "30m", {"overview": {"widgets": widgets}}, [bad], values, NOW)
    page = dashboards_page(shown)
    assert "<h2>Functions</h2>" in page
    assert "&lt;pay&gt;" in page
    assert '<div class="figure">3</div>' in page
    assert "bad: ALARM" in page
    assert "&lt;unhandled 2&gt;" in page
    assert "unhandled 1" not in page
    listed = dashboards_page(Shown(ALARMS, "1h", {}, [bad], values, NOW))
    assert "an alarm has risen" in listed
    assert "Page: &lt;b&gt;" in listed
