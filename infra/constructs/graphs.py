"""What dashboards are made of: graphs, figures, headings, and the query for the last errors."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

WIDTH, HEIGHT = 8, 6
"""Of a graph, in the grid's 24 columns; three stand beside each other."""
ERRORS_SHOWN = 20
ERRORS = [
    "fields @timestamp, service, message, exception_name, correlation_id, @log",
    "filter level in ['ERROR', 'CRITICAL'] or @message like /Task timed out|Runtime.ExitError/",
    "sort @timestamp desc",
    f"limit {ERRORS_SHOWN}",
]


def graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], *, unit: str = "", width: int = WIDTH
) -> cloudwatch.GraphWidget:
    """Lines over time, from zero on. `unit` stands at the axis."""
    axis = cloudwatch.YAxisProps(min=0, label=unit, show_units=False)
    return cloudwatch.GraphWidget(title=title, left=list(metrics), left_y_axis=axis, width=width, height=HEIGHT)


def figure(title: str, metric: cloudwatch.IMetric, *, of_range: bool = False, width: int = 4) -> cloudwatch.IWidget:
    """One number: the newest, or `of_range` that of the whole time shown."""
    return cloudwatch.SingleValueWidget(
        title=title, metrics=[metric], set_period_to_time_range=of_range, width=width, height=4
    )


def heading(text: str) -> cloudwatch.TextWidget:
    """A line of Markdown over the whole width."""
    return cloudwatch.TextWidget(
        markdown=text, width=24, height=1, background=cloudwatch.TextWidgetBackground.TRANSPARENT
    )


def last_errors(functions: Sequence[lambda_.Function]) -> cloudwatch.LogQueryWidget:
    """The last errors in the functions' logs."""
    return cloudwatch.LogQueryWidget(
        title=f"The last {ERRORS_SHOWN} errors",
        log_group_names=[function.log_group.log_group_name for function in functions],
        query_lines=ERRORS,
        view=cloudwatch.LogQueryVisualizationType.TABLE,
        width=24,
        height=HEIGHT,
    )
