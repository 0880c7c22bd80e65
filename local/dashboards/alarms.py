"""The templates' alarms, and the state that each is in by what was told so far."""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local.assembly import Template, of_type
from local.dashboards.expressions import lines_of
from local.dashboards.values import Points, Values, Window

Properties = Mapping[str, Any]
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}
SIGNS = {"GreaterThanOrEqualToThreshold": "≥", "LessThanThreshold": "<"}
LAST_PARTS = {"QueueName": "/", "Version": ":"}
"""Attributes that are the end of a physical id, a queue's address and a version's ARN, after this."""
SEVERITY = re.compile(r"(Page|Ticket): ")
RUNBOOK = re.compile(r"What to do: \S+#(?P<anchor>\S+)")


class State(StrEnum):
    """As CloudWatch names them."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Judged:
    """An alarm, and how it stands.

    Members:
        told: whether it tells anybody; others are a part of one that does.
        seen: the newest value, None without data.
        until_known: since the system has not run as long as the alarm looks back, its state may still change.
    """

    name: str
    description: str
    state: State
    rule: str
    seen: float | None
    told: bool
    until_known: bool

    @property
    def severity(self) -> str:
        """Page, Ticket, or nothing."""
        found = SEVERITY.match(self.description)
        return found[1] if found else ""

    @property
    def anchor(self) -> str:
        """The runbook's section."""
        found = RUNBOOK.search(self.description)
        return found["anchor"] if found else ""


def judged(
    templates: Iterable[tuple[Template, Mapping[str, str]]], values: Values, since: float, now: float
) -> list[Judged]:
    """All alarms of the templates, each with its stack's physical ids; what rises first.

    Silence before `since`, when the system began, says nothing.
    """
    found = [alarm for template, ids in templates for alarm in _of_stack(template, ids, values, since, now)]
    order = [State.ALARM, State.INSUFFICIENT_DATA, State.OK]
    return sorted(found, key=lambda a: (order.index(a.state), a.severity != "Page", a.name))


def _of_stack(template: Template, ids: Mapping[str, str], values: Values, since: float, now: float) -> Iterator[Judged]:
    by_id: dict[str, Judged] = {}
    for logical_id, resource in of_type(template, "AWS::CloudWatch::Alarm"):
        by_id[logical_id] = judge(_resolved(resource["Properties"], ids), values, since, now)
    yield from by_id.values()
    for _, resource in of_type(template, "AWS::CloudWatch::CompositeAlarm"):
        properties = resource["Properties"]
        parts = [by_id[part["Fn::GetAtt"][0]] for part in _references(properties["AlarmRule"])]
        together = all(part.state is State.ALARM for part in parts)
        yield Judged(
            name=properties["AlarmName"],
            description=properties["AlarmDescription"],
            state=State.ALARM if together else State.OK,
            rule=f"{' and '.join(part.rule for part in parts)}",
            seen=parts[-1].seen,
            told=True,
            until_known=any(part.until_known for part in parts),
        )


def judge(alarm: Properties, values: Values, since: float, now: float) -> Judged:
    """A metric alarm, by its properties with all references resolved; the times are as of `judged`."""
    metrics, period = _metrics(alarm)
    times = int(alarm["EvaluationPeriods"])
    # The period that runs is not over: CloudWatch judges it with what has come, which makes silence of it.
    window = Window.until(now - period if _is_silence(alarm) else now, period * times, period)
    (points,) = lines_of(metrics, values, window).values()
    state = _state(alarm, points, window, since)
    sign, threshold = SIGNS[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    met = int(alarm.get("DatapointsToAlarm", times))
    often = "" if times == 1 else f", {met} of {times} times"
    return Judged(
        name=alarm["AlarmName"],
        description=alarm["AlarmDescription"],
        state=state,
        rule=f"{sign} {threshold:g} in {_length(period)}{often}",
        seen=points[max(points)] if points else None,
        told=bool(alarm.get("AlarmActions")),
        until_known=now - since < period * times,
    )


def _state(alarm: Properties, points: Points, window: Window, since: float) -> State:
    compare, threshold = COMPARED[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    silence = _is_silence(alarm)
    met = 0
    for start in window.periods():
        if start in points:
            met += compare(points[start], threshold)
        elif silence and start >= since:
            met += 1
    needed = int(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))
    if met >= needed:
        return State.ALARM
    return State.INSUFFICIENT_DATA if silence and not points else State.OK


def _is_silence(alarm: Properties) -> bool:
    return bool(alarm["TreatMissingData"] == "breaching")


def _metrics(alarm: Properties) -> tuple[list[Any], int]:
    """As a dashboard's body has metrics, and their period (s)."""
    if "Metrics" not in alarm:
        pairs = [part for pair in alarm.get("Dimensions", ()) for part in (pair["Name"], pair["Value"])]
        statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
        return [[alarm["Namespace"], alarm["MetricName"], *pairs, {"stat": statistic}]], int(alarm["Period"])
    found: list[Any] = []
    period = 0
    for query in alarm["Metrics"]:
        if "Expression" in query:
            found.append([{"expression": query["Expression"], "label": query.get("Label", "")}])
            continue
        told = query["MetricStat"]
        period = int(told["Period"])
        pairs = [part for pair in told["Metric"].get("Dimensions", ()) for part in (pair["Name"], pair["Value"])]
        options = {"stat": told["Stat"], "id": query["Id"], "visible": False}
        found.append([told["Metric"]["Namespace"], told["Metric"]["MetricName"], *pairs, options])
    return found, period


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    """A part of a template with its stack's references resolved; those to others stay as they are."""
    if isinstance(value, dict):
        if "Ref" in value:
            return ids.get(value["Ref"], value)
        if "Fn::Join" in value:
            between, parts = _resolved(value["Fn::Join"], ids)
            return between.join(map(str, parts))
        name, attribute = value.get("Fn::GetAtt", (None, None))
        if attribute in LAST_PARTS:
            return ids[name].rpartition(LAST_PARTS[attribute])[2]
        return {name: _resolved(part, ids) for name, part in value.items()}
    return [_resolved(part, ids) for part in value] if isinstance(value, list) else value


def _references(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Fn::GetAtt" in value:
            yield value
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _length(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
