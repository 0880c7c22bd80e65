"""The whole table: `python -m tests.simulation --seeds 200`."""

import argparse
import os
from itertools import groupby
from statistics import fmean

from tests.simulation.runs import Order, Run, build, runs

DURATIONS_MS = (20_000, 75_000, 25 * 60_000, 50 * 60_000)


def main() -> None:
    """Prints a row for each length, rate and network: least and mean of what was kept, in per cent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--durations", type=int, nargs="*", default=DURATIONS_MS)
    given = parser.parse_args()
    os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Xueshi"  # as in a function's environment
    order = Order(given.durations, (1, 2), ("calm", "lossy", "outage"), (0, given.seeds))
    for group, found in groupby(runs(build(), order), key=lambda run: (run.duration_ms, run.rate, run.network)):
        _row(*group, list(found))


def _row(duration_ms: int, rate: float, network: str, found: list[Run]) -> None:
    kept = [run.kept * 100 for run in found]
    slower = fmean(run.took_ms * run.rate / run.duration_ms for run in found)
    troubled = sorted({run.trouble for run in found if run.trouble})
    print(  # noqa: T201 (what the command is for)
        f"{duration_ms / 1000:>6.0f} s  x{rate}  {network:<7} kept {fmean(kept):6.2f} % (least {min(kept):6.2f})  "
        f"took {slower:5.2f} x  completed {sum(run.completed for run in found)}/{len(found)}  {troubled or ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
