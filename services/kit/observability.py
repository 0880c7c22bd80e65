"""Logs and metrics, the same in every function: JSON lines; namespace and service come from the environment."""

import sys
import time
from functools import cache
from os import environ
from typing import TYPE_CHECKING

from services.kit.json_text import compact
from services.kit.metrics import FUNCTION, SERVICE, VERSION, Metric

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


TOLD_EVERY_MS = 60_000


@cache
def logger() -> "Logger":
    """The function's logger. Never hand it an event, a body or a name: ids only."""
    # Loaded by whoever has something to say: a beat that is taken has not.
    from aws_lambda_powertools import Logger

    return Logger()


def count(metric: Metric, **dimensions: str) -> None:
    """Adds one to a metric, under these dimensions beside `service` and `function`."""
    measure(metric, 1, **dimensions)


class Tally:
    """A sum that is told once a minute at most: of what is too frequent for a line each time.

    What an instance had not told when it ended is lost, which is no more than a minute's.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._sum, self._since = 0, 0

    def add(self, value: int, now_ms: int) -> None:
        """Adds a value, and tells the sum where the last one is a minute old."""
        if now_ms - self._since < TOLD_EVERY_MS:
            self._sum += value
            return
        measure(self._metric, self._sum + value)
        self._sum, self._since = 0, now_ms


def measure(metric: Metric, value: float, **dimensions: str) -> None:
    """Tells one value of a metric, in its unit: a line that CloudWatch reads out of the log (embedded metric format).

    Written here and not by Powertools, which a beat's function does not load, and which knows one set of dimensions.
    """
    known = {
        SERVICE: environ.get("POWERTOOLS_SERVICE_NAME", "undefined"),
        FUNCTION: environ.get("AWS_LAMBDA_FUNCTION_NAME", "undefined"),
        VERSION: environ.get("AWS_LAMBDA_FUNCTION_VERSION", "undefined"),
        **dimensions,
    }
    sets = [[SERVICE, *names] for names in metric.dimensions]
    named = {name: known[name] for names in sets for name in names}
    described = {
        "Namespace": environ["POWERTOOLS_METRICS_NAMESPACE"],
        "Dimensions": sets,
        "Metrics": [{"Name": metric.name, "Unit": metric.unit}],
    }
    about = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [described]}
    sys.stdout.write(f"{compact({'_aws': about, **named, metric.name: value})}\n")
