"""A service's dashboard: its alarms, what it answers, how its functions do, its tables, its queues, what it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.graphs import graph, heading, last_errors
from infra.constructs.metric import MINUTE, PERIOD, by_dimensions, own_metric, rates
from infra.constructs.stage import stage_of
from services.kit.metrics import COLD_STARTS, FAILED_EVENTS, FAILURES, FUNCTION, NEWER_SHAPES, REFUSALS

RANGE = Duration.hours(3)
PERCENTILES = ("p50", "p90", "p99")


@dataclass(frozen=True)
class Parts:
    """What a service's dashboard shows.

    Members:
        api: the service's HTTP API.
        functions: all its functions by kind.
        tables: data and outbox.
        queues: those that consumers read, by what they are for.
        dead_letters: depths of all its dead-letter queues.
        lag: how late the outbox's events leave, ms.
    """

    api: apigateway.HttpApi
    functions: Mapping[str, lambda_.Function]
    tables: Sequence[dynamodb.Table]
    queues: Mapping[str, sqs.IQueue]
    dead_letters: Sequence[cloudwatch.IMetric]
    lag: cloudwatch.IMetric


def add_dashboard(scope: Construct, service: str, parts: Parts, own: Sequence[cloudwatch.IWidget]) -> None:
    """The dashboard `<prefix>-<service>`. `own` are the graphs of what only this service counts, three in a row."""
    board = cloudwatch.Dashboard(
        scope, "Dashboard", dashboard_name=f"{stage_of(scope).prefix}-{service}", default_interval=RANGE
    )
    alarms = [
        made
        for made in Stack.of(scope).node.find_all()
        if isinstance(made, cloudwatch.Alarm | cloudwatch.CompositeAlarm)
    ]
    board.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=24, height=4))
    if own:
        board.add_widgets(heading(f"## What {service} counts"))
        _add_rows(board, own)
    board.add_widgets(heading("## Answers"))
    _add_rows(board, _answers(scope, service, parts.api))
    board.add_widgets(heading("## Functions"))
    _add_rows(board, _functions(scope, service, parts.functions))
    board.add_widgets(heading("## Tables"))
    _add_rows(board, _tables(parts.tables))
    board.add_widgets(heading("## On the way"))
    _add_rows(board, _waiting(parts))
    board.add_widgets(last_errors(list(parts.functions.values())))


def _add_rows(board: cloudwatch.Dashboard, widgets: Sequence[cloudwatch.IWidget], across: int = 3) -> None:
    for start in range(0, len(widgets), across):
        board.add_widgets(*widgets[start : start + across])


def _answers(scope: Construct, service: str, api: apigateway.HttpApi) -> list[cloudwatch.IWidget]:
    asked = api.metric_count(period=PERIOD)
    return [
        graph("Requests", [api.metric_count(period=MINUTE, label="requests a minute")]),
        graph(
            "Answered with an error",
            rates(
                {
                    "5xx": (api.metric_server_error(period=PERIOD), asked),
                    "4xx": (api.metric_client_error(period=PERIOD), asked),
                }
            ),
            unit="%",
        ),
        graph("Latency", [api.metric_latency(period=PERIOD, statistic=s, label=s) for s in PERCENTILES], unit="ms"),
        graph("Refusals by code", [by_dimensions(scope, service, REFUSALS, "code")]),
        graph("Refusals by function", [by_dimensions(scope, service, REFUSALS, FUNCTION)]),
        graph(
            "Not foreseen",
            [own_metric(scope, service, FAILURES), own_metric(scope, service, NEWER_SHAPES)],
        ),
    ]


def _functions(scope: Construct, service: str, functions: Mapping[str, lambda_.Function]) -> list[cloudwatch.IWidget]:
    return [
        graph(
            "Calls that failed",
            rates(
                {n: (f.metric_errors(period=PERIOD), f.metric_invocations(period=PERIOD)) for n, f in functions.items()}
            ),
            unit="%",
        ),
        graph("Failures by function", [by_dimensions(scope, service, m, FUNCTION) for m in (FAILURES, FAILED_EVENTS)]),
        graph("Throttles", [f.metric_throttles(period=PERIOD, label=n) for n, f in functions.items()]),
        graph(
            "Duration, p95",
            [f.metric_duration(period=PERIOD, statistic="p95", label=n) for n, f in functions.items()],
            unit="ms",
        ),
        graph("Cold starts", [by_dimensions(scope, service, COLD_STARTS, FUNCTION)]),
        graph(
            "At once",
            [
                f.metric("ConcurrentExecutions", period=MINUTE, statistic="Maximum", label=n)
                for n, f in functions.items()
            ],
        ),
    ]


def _tables(tables: Sequence[dynamodb.Table]) -> list[cloudwatch.IWidget]:
    return [
        graph(
            "Latency by operation", [_by_operation(t, "SuccessfulRequestLatency", "Average") for t in tables], unit="ms"
        ),
        graph("Errors of DynamoDB", [_by_operation(table, "SystemErrors", "Sum") for table in tables]),
        graph("Throttled", [_by_operation(table, "ThrottledRequests", "Sum") for table in tables]),
        graph("Write units", [consumed(table.table_name, "Write") for table in tables], width=12),
        graph("Read units", [consumed(table.table_name, "Read") for table in tables], width=12),
    ]


def _by_operation(table: dynamodb.Table, metric: str, statistic: str) -> cloudwatch.IMetric:
    search = (
        f"""SEARCH('{{AWS/DynamoDB,TableName,Operation}} MetricName="{metric}" """
        f"""TableName="{table.table_name}"', '{statistic}')"""
    )
    return cloudwatch.MathExpression(expression=search, using_metrics={}, period=PERIOD, label="")


def consumed(table: str, kind: str, label: str = "") -> cloudwatch.Metric:
    """Capacity units that a table took; `kind` is Read or Write."""
    return cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name=f"Consumed{kind}CapacityUnits",
        dimensions_map={"TableName": table},
        statistic="Sum",
        period=PERIOD,
        label=label or table,
    )


def _waiting(parts: Parts) -> list[cloudwatch.IWidget]:
    queues = parts.queues.items()
    return [
        graph(
            "Events that wait",
            [
                queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic="Maximum", label=name)
                for name, queue in queues
            ],
        ),
        graph(
            "Age of the oldest",
            [queue.metric_approximate_age_of_oldest_message(period=MINUTE, label=name) for name, queue in queues],
            unit="s",
        ),
        graph("Events leave the outbox late by", [parts.lag], unit="ms"),
        graph("Dead letters", parts.dead_letters, width=24),
    ]
