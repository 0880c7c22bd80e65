"""Logs and metrics, the same in every function: JSON lines; namespace and service come from the environment."""

from functools import cache

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

NEWER_SHAPES = "NewerShapes"
"""Counts what old code did not do because newer code had written: some during a deployment, none after it."""


@cache
def logger() -> Logger:
    """The function's logger. Never hand it an event, a body or a name: ids only."""
    return Logger()


def count(metric: str, **dimensions: str) -> None:
    """Adds one to a metric: one embedded-metric line, beside the default `service` dimension."""
    with single_metric(metric, MetricUnit.Count, 1, default_dimensions={"service": logger().service}) as emitted:
        for name, value in dimensions.items():
            emitted.add_dimension(name, value)
