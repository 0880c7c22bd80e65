"""Alarms: each tells the operators' topic when it rises and when it is over."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.stage import stage_of


def alarm(
    scope: Construct,
    id_: str,
    metric: cloudwatch.IMetric,
    *,
    name: str,
    description: str,
    threshold: float,
    topic: sns.ITopic,
) -> cloudwatch.Alarm:
    """Rises as soon as the metric reaches `threshold`; no data means no trouble. `description` says what to do."""
    made = cloudwatch.Alarm(
        scope,
        id_,
        alarm_name=name,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    return _tell(made, topic)


def silence_alarm(
    scope: Construct, id_: str, metric: cloudwatch.IMetric, *, name: str, description: str, topic: sns.ITopic
) -> cloudwatch.Alarm:
    """Rises as soon as the metric says nothing for its period: of what must happen again and again."""
    made = cloudwatch.Alarm(
        scope,
        id_,
        alarm_name=name,
        alarm_description=description,
        metric=metric,
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
    return _tell(made, topic)


def _tell(made: cloudwatch.Alarm, topic: sns.ITopic) -> cloudwatch.Alarm:
    action = actions.SnsAction(topic)
    made.add_alarm_action(action)
    made.add_ok_action(action)
    return made


def own_metric(scope: Construct, service: str, name: str, period: Duration, **dimensions: str) -> cloudwatch.Metric:
    """What a service's functions count under a name, in the stage of `scope`."""
    return cloudwatch.Metric(
        namespace=stage_of(scope).namespace,
        metric_name=name,
        dimensions_map={"service": service, **dimensions},
        statistic="Sum",
        period=period,
    )


MINUTE = Duration.minutes(1)
