"""Logs and metrics, the same in every function: JSON lines; namespace and service come from the environment."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NEWER_SHAPES = "NewerShapes"
"""Counts what old code did not do because newer code had written: some during a deployment, none after it."""


@cache
def logger() -> "Logger":
    """The function's logger. Never hand it an event, a body or a name: ids only."""
    # Loaded by whoever has something to say: a beat that is taken has not.
    from aws_lambda_powertools import Logger

    return Logger()


def count(metric: str, **dimensions: str) -> None:
    """Adds one to a metric: one embedded-metric line, beside the default `service` dimension."""
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    with single_metric(metric, MetricUnit.Count, 1, default_dimensions={"service": logger().service}) as emitted:
        for name, value in dimensions.items():
            emitted.add_dimension(name, value)
