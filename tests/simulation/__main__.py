"""The whole table of how much honest learners keep: `make honest`, or `python -m tests.simulation --seeds 5`."""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import groupby
from statistics import fmean

from local.emulator import ROOT
from tests.simulation.runs import Order, Run, build, runs

DURATIONS_MS = (20_000, 75_000, 25 * 60_000, 50 * 60_000)
PAGE = ROOT / "docs" / "honest-learners.md"
BEGINS, ENDS = "<!-- make honest writes this -->\n", "<!-- until here -->\n"
HEAD = (
    "| lecture | rate | network | watches | kept, on average | kept, the least | completed | took, of its length |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def main() -> None:
    """Runs everything, shows each row when it is known, and writes the table into the page unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many watches for each row")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.relative_to(ROOT)}")
    given = parser.parse_args()
    os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Xueshi"  # as in a function's environment
    rows = list(_rows(given.seeds))
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGINS)
        _, _, after = rest.partition(ENDS)
        PAGE.write_text("".join([before, BEGINS, HEAD, *rows, ENDS, after]), encoding="utf-8")


def _rows(seeds: int) -> Iterator[str]:
    order = Order(DURATIONS_MS, (1, 2), ("calm", "lossy", "outage"), (0, seeds))
    for group, found in groupby(runs(build(), order), key=lambda run: (run.duration_ms, run.rate, run.network)):
        row = _row(*group, list(found))
        sys.stdout.write(row)
        sys.stdout.flush()
        yield row


def _row(duration_ms: int, rate: float, network: str, found: list[Run]) -> str:
    kept = [run.kept * 100 for run in found]
    took = fmean(run.took_ms * run.rate / run.duration_ms for run in found)
    length = f"{duration_ms // 1000} s" if duration_ms < 120_000 else f"{duration_ms // 60_000} min"
    completed = sum(run.completed for run in found)
    return (
        f"| {length} | {rate} | {network} | {len(found)} | {fmean(kept):.2f} % | {min(kept):.2f} % | {completed} "
        f"| {took:.2f} |\n"
    )


if __name__ == "__main__":
    main()
