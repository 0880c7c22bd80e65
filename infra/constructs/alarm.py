"""Alarms. Each has a severity, says what it means and why at this threshold, and where the runbook goes on."""

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

RUNBOOK = "docs/operations.md"


class Severity(StrEnum):
    """How soon somebody has to look."""

    PAGE = "page"
    """At once, at night too: learners are hurt, or a record may be forged."""
    TICKET = "ticket"
    """On the next working day: nothing is lost until then."""


@dataclass(frozen=True)
class Topics:
    """Where alarms of each severity are told."""

    page: sns.ITopic
    ticket: sns.ITopic

    def of(self, severity: Severity) -> sns.ITopic:
        """The topic of a severity."""
        return self.page if severity is Severity.PAGE else self.ticket


@dataclass(frozen=True)
class Told:
    """What whoever is told of an alarm reads.

    Members:
        severity: how soon to look.
        means: what is wrong.
        because: why it rises at this threshold, and not sooner or later.
        runbook: the section of RUNBOOK that says what to do, by its anchor.
    """

    severity: Severity
    means: str
    because: str
    runbook: str

    def text(self) -> str:
        """The alarm's description."""
        kind = self.severity.value.capitalize()
        return f"{kind}: {self.means}. Threshold: {self.because}. What to do: {RUNBOOK}#{self.runbook}"


@dataclass(frozen=True)
class Times:
    """How often within how many periods the threshold is met before an alarm rises."""

    met: int = 1
    of: int = 1


ONCE = Times()


def alarm(
    scope: Construct,
    id_: str,
    metric: cloudwatch.IMetric,
    *,
    name: str,
    told: Told,
    threshold: float,
    topics: Topics,
    times: Times = ONCE,
) -> cloudwatch.Alarm:
    """Rises where the metric reaches `threshold`; no data means no trouble."""
    made = _alarm(scope, id_, metric, name, told, threshold, times)
    tell(made, told.severity, topics)
    return made


def silence_alarm(
    scope: Construct,
    id_: str,
    metric: cloudwatch.IMetric,
    *,
    name: str,
    told: Told,
    topics: Topics,
    times: Times = ONCE,
) -> cloudwatch.Alarm:
    """Rises where the metric is below one, or says nothing: of what must happen again and again."""
    made = cloudwatch.Alarm(
        scope,
        id_,
        alarm_name=name,
        alarm_description=told.text(),
        metric=metric,
        threshold=1,
        evaluation_periods=times.of,
        datapoints_to_alarm=times.met,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
    tell(made, told.severity, topics)
    return made


def part_of_alarm(
    scope: Construct, id_: str, metric: cloudwatch.IMetric, *, name: str, told: Told, threshold: float
) -> cloudwatch.Alarm:
    """One condition of several that rise together: by itself it tells nobody."""
    return _alarm(scope, id_, metric, name, told, threshold, ONCE)


def tell(made: cloudwatch.AlarmBase, severity: Severity, topics: Topics) -> None:
    """Has an alarm tell those who are called by its severity, when it rises and when it is over."""
    action = actions.SnsAction(topics.of(severity))
    made.add_alarm_action(action)
    made.add_ok_action(action)


def _alarm(
    scope: Construct, id_: str, metric: cloudwatch.IMetric, name: str, told: Told, threshold: float, times: Times
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id_,
        alarm_name=name,
        alarm_description=told.text(),
        metric=metric,
        threshold=threshold,
        evaluation_periods=times.of,
        datapoints_to_alarm=times.met,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
