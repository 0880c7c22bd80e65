"""What operators see and are told: only what functions emit, all of it, and the runbook knows every name."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.metrics import EMITTED
from infra.stages import LOCAL, stage
from local.dashboards.expressions import SEARCH, TERM
from services.kit.metrics import SERVICE
from tests.templates import of_type, templates

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text("utf-8")
NAMESPACE = stage(LOCAL).namespace
TOLD = re.compile(
    r"(?P<severity>Page|Ticket): .+\. Threshold: .{20,}\. What to do: docs/operations\.md#(?P<anchor>[a-z-]+)"
)
TOPICS = {"Page": "AlarmTopic", "Ticket": "TicketTopic"}

Used = tuple[str, str, frozenset[str]]
"""A metric of ours as it is looked at: service, name, the other dimensions' names."""


def boards() -> dict[str, dict[str, Any]]:
    """The bodies of all dashboards by name; what only a deployment knows stands in them as "?"."""
    found = {}
    for template in templates().values():
        for board in of_type(template, "AWS::CloudWatch::Dashboard").values():
            body = board["DashboardBody"]
            parts = body["Fn::Join"][1] if isinstance(body, dict) else [body]
            found[board["DashboardName"]] = json.loads("".join(p if isinstance(p, str) else "?" for p in parts))
    return found


def alarms() -> dict[str, dict[str, Any]]:
    """All metric alarms by name; a version's number, which only a deployment knows, stands in it as "version"."""
    found = [a for template in templates().values() for a in of_type(template, "AWS::CloudWatch::Alarm").values()]
    return {name_of(alarm["AlarmName"]): alarm for alarm in found}


def name_of(value: Any) -> str:
    """A name as the runbook has it."""
    parts = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    return "".join(part if isinstance(part, str) else "version" for part in parts)


def composites() -> dict[str, dict[str, Any]]:
    """All alarms that rise with others, by name."""
    kind = "AWS::CloudWatch::CompositeAlarm"
    found = [a for template in templates().values() for a in of_type(template, kind).values()]
    return {alarm["AlarmName"]: alarm for alarm in found}


def windows() -> set[str]:
    """Alarms that are a part of others."""
    return {f"{name}-{window}" for name in composites() for window in ("long", "short")}


def shown() -> Iterator[Used]:
    """Our metrics on dashboards."""
    for body in boards().values():
        for widget in body["widgets"]:
            for metric in widget["properties"].get("metrics", ()):
                yield from used_by(metric)


def used_by(metric: list[Any]) -> Iterator[Used]:
    """Our metrics in one entry of a graph."""
    if isinstance(metric[0], dict):
        found = SEARCH.fullmatch(metric[0]["expression"])
        if found and found["schema"].startswith(f"{NAMESPACE},"):
            terms = dict(TERM.findall(found["terms"]))
            yield terms[SERVICE], terms["MetricName"], frozenset(found["schema"].split(",")[1:]) - {SERVICE}
    elif metric[0] == NAMESPACE:
        pairs = [part for part in metric[2:] if not isinstance(part, dict)]
        dimensions = dict(zip(pairs[::2], pairs[1::2], strict=True))
        yield dimensions[SERVICE], metric[1], frozenset(dimensions) - {SERVICE}


def looked_at() -> Iterator[Used]:
    """Our metrics that alarms look at."""
    for alarm in alarms().values():
        plain = [alarm] if "Namespace" in alarm else []
        for metric in [*plain, *(q["MetricStat"]["Metric"] for q in alarm.get("Metrics", ()) if "MetricStat" in q)]:
            if metric["Namespace"] == NAMESPACE:
                dimensions = {pair["Name"]: pair["Value"] for pair in metric["Dimensions"]}
                yield dimensions[SERVICE], metric["MetricName"], frozenset(dimensions) - {SERVICE}


def emitted() -> set[Used]:
    """All that functions emit, by each set of dimensions."""
    return {
        (service, metric.name, frozenset(names))
        for service, metrics in EMITTED.items()
        for metric in metrics
        for names in metric.dimensions
    }


def test_dashboards_show_only_what_functions_emit() -> None:
    seen = set(shown())
    assert len(seen) > 20
    assert seen <= emitted()


def test_alarms_look_only_at_what_functions_emit() -> None:
    seen = set(looked_at())
    assert len(seen) > 10
    assert seen <= emitted()


@pytest.mark.parametrize("service", EMITTED)
def test_whatever_a_service_emits_is_shown(service: str) -> None:
    seen = {(of, name) for of, name, _ in shown()}
    assert [metric.name for metric in EMITTED[service] if (service, metric.name) not in seen] == []


def test_there_is_an_overview_and_a_dashboard_for_each_service() -> None:
    assert set(boards()) == {"xueshi-overview", *(f"xueshi-{service}" for service in EMITTED)}
    for name, body in boards().items():
        kinds = {widget["type"] for widget in body["widgets"]}
        assert {"metric", "alarm"} <= kinds
        assert ("log" in kinds) == (name != "xueshi-overview")


def test_every_alarm_says_how_urgent_it_is_why_it_rises_and_where_the_runbook_goes_on() -> None:
    anchors = {re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-") for line in headings()}
    for name, alarm in (alarms() | composites()).items():
        told = TOLD.fullmatch(alarm["AlarmDescription"])
        assert told, name
        assert told["anchor"] in anchors, name


def headings() -> list[str]:
    """The runbook's."""
    return [line.lstrip("# ") for line in RUNBOOK.splitlines() if line.startswith("#")]


def test_every_alarm_tells_those_whom_its_severity_calls_and_windows_of_others_nobody() -> None:
    for name, alarm in (alarms() | composites()).items():
        if name in windows():
            assert "AlarmActions" not in alarm
            continue
        severity = alarm["AlarmDescription"].partition(":")[0]
        (action,) = alarm["AlarmActions"]
        assert alarm["OKActions"] == [action]
        assert TOPICS[severity] in str(action), name


def test_silence_is_trouble_of_what_must_happen_and_of_nothing_else() -> None:
    for name, alarm in alarms().items():
        must_happen = name.endswith(("-no-heartbeat", "-stands-still", "-canary-silent"))
        assert alarm["TreatMissingData"] == ("breaching" if must_happen else "notBreaching"), name


def test_every_schedule_has_a_heartbeat() -> None:
    schedules = [s for t in templates().values() for s in of_type(t, "AWS::Scheduler::Schedule").values()]
    assert schedules
    assert {f"{schedule.get('GroupName', schedule['Name'])}-no-heartbeat" for schedule in schedules} <= set(alarms())


def test_a_failed_verification_of_a_signed_record_pages_at_once() -> None:
    records = {n for n, a in alarms().items() if "#records-that-are-not-as-signed" in a["AlarmDescription"]}
    assert records == {
        "xueshi-playback-broken-watch-records",
        "xueshi-playback-watch-faults",
        "xueshi-playback-log-faults",
        "xueshi-credits-ledger-faults",
        "xueshi-credits-broken-ledger-records",
    }
    for name in records:
        alarm = alarms()[name]
        assert alarm["AlarmDescription"].startswith("Page: ")
        assert (alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"]) == (1, 60, 1)


def test_the_runbook_has_every_alarm_queue_and_schedule() -> None:
    queues = [q["QueueName"] for t in templates().values() for q in of_type(t, "AWS::SQS::Queue").values()]
    schedules = [s["Name"] for t in templates().values() for s in of_type(t, "AWS::Scheduler::Schedule").values()]
    names = {*alarms(), *composites(), *queues, *schedules}
    assert sorted(name for name in names if not any(known.fullmatch(name) for known in known_names())) == []


def known_names() -> list[re.Pattern[str]]:
    """What the runbook names in code marks. <service> is one of ours, other marks and dots are any part of a name."""
    services = "|".join(EMITTED)
    found = []
    for text in re.findall(r"`([a-z<>…-]+)`", RUNBOOK):
        pattern = re.escape(text).replace("<service>", f"({services})").replace("…", "[a-z-]+")
        found.append(re.compile(re.sub(r"<[a-z]+>", "[a-z-]+", pattern)))
    return found


def test_a_burn_alarm_rises_only_with_both_windows() -> None:
    assert len(composites()) == 8
    for name, alarm in composites().items():
        rule = "".join(part if isinstance(part, str) else "?" for part in alarm["AlarmRule"]["Fn::Join"][1])
        assert rule == '(ALARM("?") AND ALARM("?"))', name
    assert windows() <= set(alarms())
