"""Two ways to do the same, measured in turns in one process: only their ratio means something on a shared machine."""

import sys
import time
from collections.abc import Callable
from statistics import median

PAIRS = 11
"""As many pairs, at least, as a figure is told of."""

Work = Callable[[], object]


def ratio(one: Work, other: Work, pairs: int = PAIRS) -> float:
    """The median of the ratios of their CPU time."""
    return median(first / second for first, second in timed(one, other, pairs))


def timed(one: Work, other: Work, pairs: int = PAIRS, times: int = 1) -> list[tuple[float, float]]:
    """Seconds of CPU that each takes for so many calls, one after the other, after one call that is not counted."""
    one()
    other()
    return [(_seconds(one, times), _seconds(other, times)) for _ in range(pairs)]


def _seconds(work: Work, times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - begun


def show(line: str) -> None:
    """A line for `pytest -s` and for commands."""
    sys.stdout.write(f"{line}\n")
