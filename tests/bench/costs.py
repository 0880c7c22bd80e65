"""`make costs`: counts what everything asks of AWS, reckons what it costs, prints it, and writes it into the page.

Without `--count` nothing is started: what was counted last is reckoned with prices and policy as they are now.
"""

import argparse
import sys

from rich.console import Console

from infra import capacity
from infra.stages import stage
from local.emulator import ROOT
from local.steps import Steps
from local.system import start
from tests.bench.counting import COUNTED, Journey, open_doors, written
from tests.bench.model import (
    SIZES,
    STAGE,
    Step,
    beat,
    breaks_at,
    counted,
    day_of_prices,
    first_to_break,
    in_use,
    limits,
    month_of_a_learner,
    table,
    usd,
)
from tests.bench.wire import counted as counting

PAGE = ROOT / "docs" / "costs-and-scale.md"
BEGINS, ENDS = "<!-- make costs writes this -->\n", "<!-- until here -->\n"


def main() -> None:
    """Prints the model and writes it into the page; with `--count` after counting anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.costs", description=__doc__)
    parser.add_argument("--count", action="store_true", help="run the journeys first, some minutes")
    if parser.parse_args().count:
        with (
            start(seed=True, steps=Steps(Console(stderr=True, highlight=False))) as system,
            counting(system.endpoint_url) as wire,
        ):
            open_doors(system, wire)
            COUNTED.write_text(written(Journey(system, wire).steps()), "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    PAGE.write_text("".join([before, BEGINS, said(), ENDS, rest.partition(ENDS)[2]]), "utf-8")
    sys.stdout.write(said())


def said() -> str:
    """The generated part of the page."""
    return "\n".join([*_beats(), "", *_steps(), "", *_sizes(), "", *_limits(), ""])


def _beats() -> list[str]:
    one, loud = beat(), beat(quiet=False)
    itself, whole = one.million_hours()
    million_hours = 1_000_000 * one.an_hour()
    edge = million_hours * sum(one.around()[part] for part in ("distribution", "firewall"))
    noisy = loud.million_hours()[1] - whole
    around = ", ".join(f"{name} {1e6 * amount:.2f}" for name, amount in one.around().items() if amount)
    return [
        f"Prices are list prices of us-east-1 of {day_of_prices()} in USD, on demand, without a free tier "
        "(`tests/bench/prices.toml`).",
        "",
        f"**A beat** every {one.pace_ms / 1000:.0f} s is one request, one call of {one.milliseconds:.0f} ms, "
        f"{one.write_units:.0f} write unit, {one.read_units:.0f} read units and {one.answered_bytes} bytes of answer: "
        f"{1e6 * one.itself():.2f} a million, and around them {around}.",
        f"**A million watched hours** are {million_hours / 1e6:.0f} million beats: **{itself:.0f}**, "
        f"with all that is around them **{whole:.0f}**.",
        f"Of that, distribution and firewall are {edge:.0f} "
        "([why they stay](decisions/0039-beats-stay-behind-the-one-origin.md)); "
        f"traces and Lambda's own log lines would be {noisy:.0f} more, and are off.",
    ]


def _steps() -> list[str]:
    lines = [
        "| what a learner does | requests | function calls | write units | read units | others | a million of it |",
        "|---|---|---|---|---|---|---|",
    ]
    return [*lines, *(_step(name, step) for name, step in counted().items())]


def _step(name: str, step: Step) -> str:
    others = ", ".join(f"{count} {call.rpartition('.')[2]}" for call, count in sorted(step.aws.items()))
    one = beat()
    amount = 1e6 * (one.itself() + sum(one.around().values()) if name == "beat" else usd(step))
    cells = [name, step.requests, sum(step.calls.values()), f"{step.write_units:g}", f"{step.read_units:g}", others]
    return f"| {' | '.join(map(str, cells))} | {amount:,.2f} |"


def _sizes() -> list[str]:
    month = month_of_a_learner()
    names = [*month, "fixed"]
    lines = [
        f"| learners | {' | '.join(names)} | **a month** | a learner | of the stage's throttle | of the first quota |",
        "|---|" + "---|" * len(names) + "---|---|---|---|",
    ]
    for learners in SIZES:
        amounts = [learners * amount for amount in month.values()] + [sum(table("fixed").values())]
        quota, used = first_to_break(learners)
        cells = [f"{learners:,}", *map(_dollars, amounts), f"**{_dollars(sum(amounts))}**"]
        cells += [f"{sum(amounts) / learners:.3f}", f"{in_use(learners)[STAGE]:.2%}", f"{used:.2%}: {quota}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2f}"


def _limits() -> list[str]:
    built_for, peak = stage("prod"), table("peak")
    rate, of_one = capacity.throttle(built_for, "playback").rate, capacity.requests_per_address(built_for)
    lines = [
        f"Production lets {rate:,} requests a second through to playback, {capacity.HEADROOM:.0f} times those of the "
        f"{built_for.learners_at_once:,} learners at once that it is built for, at the fastest pace of any edition; "
        f"one address may send {of_one:,} requests in five minutes, for "
        f"{capacity.BEHIND_ONE_ADDRESS:.0%} of them may share one.",
        f"In the busiest hour {peak['watching_at_once']:.0%} of all learners watch at once:",
        "",
        "| limit | is | used up by so many learners |",
        "|---|---|---|",
    ]
    found = sorted(limits().items(), key=lambda one: breaks_at(one[0]))
    return [*lines, *(f"| {name} | {limit:,.0f} | {breaks_at(name):,} |" for name, limit in found)]


if __name__ == "__main__":
    main()
