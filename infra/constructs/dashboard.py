"""A service's dashboard: what it answers, how its functions do, and what waits anywhere on its way."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.stage import stage_of

WIDTH = 8
PERIOD = Duration.minutes(5)


def add_dashboard(
    scope: Construct,
    service: str,
    *,
    api: apigateway.HttpApi,
    functions: Mapping[str, lambda_.IFunction],
    waiting: Sequence[cloudwatch.IMetric],
    lag: cloudwatch.IMetric,
) -> None:
    """The dashboard `<prefix>-<service>`. `waiting` are the depths of its queues, `lag` is its relay's."""
    stage = stage_of(scope)
    board = cloudwatch.Dashboard(
        scope, "Dashboard", dashboard_name=f"{stage.prefix}-{service}", default_interval=Duration.hours(3)
    )
    board.add_widgets(
        _graph(
            "Requests and refusals",
            api.metric_count(period=PERIOD),
            api.metric_client_error(period=PERIOD),
            api.metric_server_error(period=PERIOD),
        ),
        _graph(
            "Latency, ms",
            *(api.metric_latency(period=PERIOD, statistic=s, label=s) for s in ("p50", "p95", "p99")),
        ),
        _graph("Business", _business(stage.namespace, service)),
    )
    board.add_widgets(
        _graph("Function errors", *(f.metric_errors(period=PERIOD, label=n) for n, f in functions.items())),
        _graph(
            "Function duration p95, ms",
            *(f.metric_duration(period=PERIOD, statistic="p95", label=n) for n, f in functions.items()),
        ),
        _graph("Throttles", *(f.metric_throttles(period=PERIOD, label=n) for n, f in functions.items())),
    )
    board.add_widgets(_graph("Waiting messages", *waiting), _graph("Relay's lag, ms", lag))


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH)


def _business(namespace: str, service: str) -> cloudwatch.IMetric:
    # A search, so that a new metric of the service appears without a deployment.
    expression = f"""SEARCH('Namespace="{namespace}" service="{service}"', 'Sum')"""
    return cloudwatch.MathExpression(expression=expression, using_metrics={}, period=PERIOD, label="")
