"""What a metric is, and those that any function may emit. Each service's own are in its `app/metrics.py`.

A metric is named once, where it is defined: functions emit that value, and dashboards and alarms are built from it
(`infra/metrics.py`). Beats are counted with it too, so nothing here needs more than the standard library.
"""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a metric's values are, as CloudWatch names it. Money is counted in fen."""

    COUNT = "Count"
    MILLISECONDS = "Milliseconds"


@dataclass(frozen=True)
class Metric:
    """One name, and what stands under it.

    Members:
        name: in CloudWatch, in the stage's namespace.
        meaning: what one value says, for whoever looks at a graph of it.
        dimensions: sets of dimensions beside `service`; values are added up by each set.
    """

    name: str
    meaning: str
    unit: Unit = Unit.COUNT
    dimensions: tuple[tuple[str, ...], ...] = ((),)


SERVICE, FUNCTION, VERSION = "service", "function", "version"
"""Dimensions that are known of every value: which service, the name of which of its functions, and its version."""
BY_FUNCTION = ((), (FUNCTION,))

FAILURES = Metric(
    "Failures",
    "a call that ended in an error which nobody has foreseen: a 500",
    dimensions=(*BY_FUNCTION, (FUNCTION, VERSION)),
)
REFUSALS = Metric("Refusals", "a request that was refused, by its code", dimensions=(("code",), (FUNCTION,)))
FAILED_EVENTS = Metric(
    "FailedEvents", "a delivery of an event that was not handled; the queue delivers it again", dimensions=BY_FUNCTION
)
NEWER_SHAPES = Metric(
    "NewerShapes", "what old code did not do because newer code had written: some in a deployment, none after it"
)
COLD_STARTS = Metric("ColdStarts", "a function was started anew before it could answer", dimensions=BY_FUNCTION)
COMMON = (FAILURES, REFUSALS, FAILED_EVENTS, NEWER_SHAPES, COLD_STARTS)
"""What any service's functions may emit."""
