"""Metrics as graphs and alarms take them: what our functions tell, and rates."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.stage import stage_of
from infra.metrics import EMITTED
from services.kit.metrics import SERVICE, Metric, Unit

MINUTE = Duration.minutes(1)
PERIOD = Duration.minutes(5)


def own_metric(
    scope: Construct,
    service: str,
    metric: Metric,
    period: Duration = PERIOD,
    statistic: str = "Sum",
    label: str | None = None,
    **dimensions: str,
) -> cloudwatch.Metric:
    """What a service's functions tell of a metric, in the stage of `scope`.

    Raises:
        ValueError: the service does not tell the metric, or not by these dimensions.
    """
    if metric not in EMITTED[service] or tuple(dimensions) not in metric.dimensions:
        raise ValueError(f"{service} does not tell {metric.name} by {', '.join(dimensions) or 'itself alone'}")
    return cloudwatch.Metric(
        namespace=stage_of(scope).namespace,
        metric_name=metric.name,
        dimensions_map={SERVICE: service, **dimensions},
        statistic=statistic,
        period=period,
        label=label,
    )


def by_dimensions(
    scope: Construct, service: str, metric: Metric, *dimensions: str, period: Duration = PERIOD
) -> cloudwatch.MathExpression:
    """A line for each value of these dimensions, also for one that nobody has seen yet."""
    schema = ",".join([stage_of(scope).namespace, SERVICE, *dimensions])
    search = f"""SEARCH('{{{schema}}} MetricName="{metric.name}" {SERVICE}="{service}"', 'Sum')"""
    return cloudwatch.MathExpression(expression=search, using_metrics={}, period=period, label="")


def lags(scope: Construct, service: str, metric: Metric) -> list[cloudwatch.IMetric]:
    """Percentiles of a metric of milliseconds."""
    if metric.unit is not Unit.MILLISECONDS:
        raise ValueError(f"{metric.name} is no time")
    return [own_metric(scope, service, metric, PERIOD, s, s) for s in ("p50", "p95", "Maximum")]


def rate(
    part: cloudwatch.IMetric, whole: cloudwatch.IMetric, label: str, name: str = "x", period: Duration = PERIOD
) -> cloudwatch.MathExpression:
    """How much of the whole the part is, in per cent. `name` tells it apart from other rates of the same graph."""
    return cloudwatch.MathExpression(
        expression=f"100 * {name}part / {name}whole",
        using_metrics={f"{name}part": part, f"{name}whole": whole},
        label=label,
        period=period,
    )


def rates(parts: Mapping[str, tuple[cloudwatch.IMetric, cloudwatch.IMetric]]) -> list[cloudwatch.IMetric]:
    """Rates, in per cent, by their labels: of each the part and the whole."""
    return [rate(part, whole, label, f"m{i}") for i, (label, (part, whole)) in enumerate(parts.items())]


def yuan(fen: cloudwatch.IMetric, label: str) -> cloudwatch.MathExpression:
    """Money as people read it."""
    return cloudwatch.MathExpression(
        expression=f"{label}fen / 100", using_metrics={f"{label}fen": fen}, label=label, period=PERIOD
    )


def watching(watched: cloudwatch.Metric) -> cloudwatch.MathExpression:
    """How many watch, from the time that passed between their beats (ms)."""
    return cloudwatch.MathExpression(
        expression="watched / (1000 * PERIOD(watched))",
        using_metrics={"watched": watched},
        label="learners",
        period=PERIOD,
    )
