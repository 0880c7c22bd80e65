"""Values of metrics, as local/counting.py writes them down, and their statistics by period."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Dimensions = frozenset[tuple[str, str]]
Points = dict[int, float]
"""A value for each period that has one, by the second that the period begins with."""
KEPT_ERRORS = 500
PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")
RANK = re.compile(r"PR\(:(\d+(?:\.\d+)?)\)")


@dataclass(frozen=True)
class Window:
    """Whole periods up to now, the one that runs included; seconds."""

    start: int
    end: int
    period: int

    @staticmethod
    def until(now: float, seconds: int, period: int) -> "Window":
        """So many seconds back from now."""
        end = int(now) - int(now) % period + period
        return Window(end - max(period, -(-seconds // period) * period), end, period)

    def periods(self) -> range:
        """When each begins."""
        return range(self.start, self.end, self.period)


@dataclass(frozen=True)
class ErrorLine:
    """A line of a function's log that says of an error."""

    at: float
    function: str
    line: Mapping[str, object]


@dataclass
class Values:
    """All that was told so far."""

    _told: dict[tuple[str, str], dict[Dimensions, dict[int, Counter[float]]]] = field(default_factory=dict)
    errors: deque[ErrorLine] = field(default_factory=lambda: deque(maxlen=KEPT_ERRORS))

    def read(self, lines: Iterable[str]) -> None:
        """Takes lines of what was counted."""
        for line in lines:
            told = json.loads(line)
            if told[0] == "error":
                _, at, function, content = told
                self.errors.append(ErrorLine(at, function, content))
                continue
            namespace, name, dimensions, at, counted = told
            by_dimensions = self._told.setdefault((namespace, name), {})
            seconds = by_dimensions.setdefault(frozenset(dimensions.items()), {})
            values = seconds.setdefault(at, Counter())
            for value, times in counted:
                values[value] += times

    def dimensions_of(self, namespace: str, name: str) -> Iterator[dict[str, str]]:
        """The sets of dimensions that a metric was told with."""
        return (dict(known) for known in self._told.get((namespace, name), {}))

    def points(
        self, namespace: str, name: str, dimensions: Mapping[str, str], statistic: str, window: Window
    ) -> Points:
        """The statistic for each period in which something was told."""
        seconds = self._told.get((namespace, name), {}).get(frozenset(dimensions.items()), {})
        periods: dict[int, Counter[float]] = {}
        for second, values in seconds.items():
            if window.start <= second < window.end:
                periods.setdefault(second - (second - window.start) % window.period, Counter()).update(values)
        return {start: statistic_of(values, statistic) for start, values in sorted(periods.items())}


class Tail:
    """A file that grows, read from where it was read to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0

    def lines(self) -> list[str]:
        """The whole lines that have come since."""
        if not self._file.exists():
            return []
        with self._file.open(encoding="utf-8") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind("\n") + 1]
        self._read += len(whole.encode())
        return whole.splitlines()


def statistic_of(values: Counter[float], statistic: str) -> float:
    """As CloudWatch names statistics. Raises ValueError where there is no such."""
    count = values.total()
    total = sum(value * times for value, times in values.items())
    plain = {
        "Sum": total,
        "SampleCount": float(count),
        "Average": total / count,
        "Minimum": min(values),
        "Maximum": max(values),
    }
    if statistic in plain:
        return plain[statistic]
    if percentile := PERCENTILE.fullmatch(statistic):
        return _percentile(values, float(percentile[1]))
    if rank := RANK.fullmatch(statistic):
        return 100 * sum(times for value, times in values.items() if value <= float(rank[1])) / count
    raise ValueError(f"no statistic {statistic!r} is known here")


def _percentile(values: Counter[float], percent: float) -> float:
    left = percent / 100 * values.total()
    for value, times in sorted(values.items()):
        left -= times
        if left <= 0:
            return value
    return max(values)
