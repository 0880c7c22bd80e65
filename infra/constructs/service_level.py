"""Service levels, and the alarms that rise when what they leave to failures is used up too fast."""

from collections.abc import Callable
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.alarm import Severity, Told, Topics, part_of_alarm, tell

DAYS = 30
"""What a level is kept over."""
ENOUGH = 10
"""Fewer than so many in a window say nothing of a share."""


@dataclass(frozen=True)
class Burn:
    """How fast what may fail is used up: `rate` times as fast as would last all DAYS, in a long and a short window.

    The long window says that it matters, the short one that it goes on.
    """

    name: str
    severity: Severity
    rate: float
    long: Duration
    short: Duration
    used: str


BURNS = (
    Burn("fast", Severity.PAGE, 14.4, Duration.hours(1), Duration.minutes(5), "2 % in one hour"),
    Burn("slow", Severity.TICKET, 3, Duration.days(1), Duration.hours(2), "10 % in one day"),
)
"""Google's "multiwindow, multi-burn-rate alerts", of which these two; longer windows than a day CloudWatch has not."""


@dataclass(frozen=True)
class ServiceLevel:
    """What learners may rely on.

    Members:
        name: of its alarms, after the service's.
        promise: a sentence, of the learners' view.
        objective: per cent that must be good, over DAYS.
        bad: per cent that were not, in a period of this length.
        runbook: the section's anchor.
    """

    name: str
    promise: str
    objective: float
    bad: Callable[[Duration], cloudwatch.IMetric]
    runbook: str


def slow_share(
    of: Callable[[Duration, str], cloudwatch.IMetric], within_ms: int
) -> Callable[[Duration], cloudwatch.IMetric]:
    """Per cent that took longer. `of` is the time, by period and statistic; too few say nothing."""

    def bad(period: Duration) -> cloudwatch.IMetric:
        return cloudwatch.MathExpression(
            expression=f"IF(seen >= {ENOUGH}, 100 - within, 0)",
            using_metrics={"within": of(period, f"PR(:{within_ms})"), "seen": of(period, "SampleCount")},
            period=period,
            label="too late",
        )

    return bad


def add_service_level(scope: Construct, prefix: str, level: ServiceLevel, topics: Topics) -> None:
    """Its alarms: one for each burn, which rises while both windows are used up too fast."""
    for burn in BURNS:
        _add_burn(scope, prefix, level, burn, topics)


def _add_burn(scope: Construct, prefix: str, level: ServiceLevel, burn: Burn, topics: Topics) -> None:
    name = f"{prefix}-{level.name}-{burn.name}-burn"
    share = round(burn.rate * (100 - level.objective), 3)
    told = Told(
        burn.severity,
        level.promise,
        f"{share:g} % in both windows use up {burn.used} of what {DAYS} days may fail, {100 - level.objective:.2g} %",
        level.runbook,
    )
    id_ = "".join(word.capitalize() for word in f"{level.name}-{burn.name}".split("-"))
    windows = [
        part_of_alarm(
            scope, f"{id_}{which}", level.bad(window), name=f"{name}-{which.lower()}", told=told, threshold=share
        )
        for which, window in (("Long", burn.long), ("Short", burn.short))
    ]
    both = [cloudwatch.AlarmRule.from_alarm(window, cloudwatch.AlarmState.ALARM) for window in windows]
    made = cloudwatch.CompositeAlarm(
        scope,
        id_,
        composite_alarm_name=name,
        alarm_description=told.text(),
        alarm_rule=cloudwatch.AlarmRule.all_of(*both),
    )
    tell(made, burn.severity, topics)
