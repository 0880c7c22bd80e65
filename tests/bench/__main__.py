"""`make bench`: the table of figures that speed is held to, each measured beside its peer in one run.

With `--against` another checkout is measured in the same run, as the column before. `--write` writes docs/benchmarks.md
and its chart. Exit status 1 where a row could not be measured.
"""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError

from demo.player import Player, answers_of
from local.emulator import ROOT, free_port
from tests.bench.page import Column, page, write
from tests.bench.rows import HOME, ROWS, Bench, Figure, clients
from tests.bench.sides import WrongAnswer
from tests.bench.stage import SHORT_COURSE, Stage, running
from tests.bench.wire import counted

PAIRS, NOW = 11, "now"


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout in which `make setup` was run: the column before")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"how many of each comparison (default {PAIRS})")
    parser.add_argument("--rows", type=int, nargs="*", help="only these rows")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its chart")
    given = parser.parse_args()
    if given.write and given.rows:
        parser.error("--write writes all rows")
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    checkouts = {"before": given.against, NOW: ROOT} if given.against else {NOW: ROOT}
    columns = [_column(name, checkout.resolve(), given.pairs, given.rows) for name, checkout in checkouts.items()]
    about = (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()} on {os.cpu_count()} cores "
        f"({platform.machine()}), median of {given.pairs} pairs."
    )
    _say(page(columns, about))
    if given.write:
        write(columns, about)
    return any(figure is None for column in columns for figure in column.figures.values())


def _column(name: str, checkout: Path, pairs: int, chosen: list[int] | None) -> Column:
    """Starts a checkout's system twice, since row 11 is of a system that was started before, and measures on it."""
    port = free_port()
    with running(checkout, HOME, port):
        pass
    with running(checkout, HOME, port) as stage, counted(stage.endpoint_url) as wire:
        _watch_once(stage)
        bench = Bench(stage, wire, pairs, _say)
        rows = [row for row in ROWS if not chosen or row.number in chosen]
        figures = {}
        for row in rows:
            _say(f"{name}, row {row.number}: {row.what}")
            figures[row.number] = _measured(row.measure, bench)
        return Column(name, figures, clients(bench) if name == NOW and not chosen else {})


def _watch_once(stage: Stage) -> None:
    """A completed watch, so that there is an event of each kind that completions cause."""
    member = stage.as_("member")
    member.post("/v1/orders/claims", {"course_id": SHORT_COURSE}).accepted()
    player = Player(member, SHORT_COURSE, reaction=lambda: 1.0)
    player.study(answers_of(SHORT_COURSE))
    player.start(take_over=True)
    player.watch()


def _measured(measure: Callable[[Bench], Figure], bench: Bench) -> Figure | None:
    try:
        figure = measure(bench)
    except (WrongAnswer, LookupError, CalledProcessError) as wrong:
        _say(f"  not measured: {wrong}")
        return None
    _say(f"  {', '.join(f'{value:.2f}' for value in figure.values)} {figure.note}")
    return figure


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
