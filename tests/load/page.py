"""docs/capacity.md: what was counted under load, and what each order of magnitude needs.

Run as a program it writes the second part anew, with prices, policy and stages as they are.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra import capacity
from infra.stages import Stage, stage
from local.emulator import ROOT
from tests.bench.model import SIZES, STAGE, busiest, first_to_break, in_use, limits, table

PAGE = ROOT / "docs" / "capacity.md"
LOAD, SCALE = "make load writes this", "make load writes this too"
ENDS = "<!-- until here -->\n"
ASK_FROM = 0.5
"""Of a quota: from here on more is asked for, for the day that comes after the busiest so far."""
ROOM = 2
"""How many times what the busiest hour needs is asked for."""
STEPS = ("search", "course page", "purchase", "claim", "start", "media", "beat", "confirm", "hours page")


@dataclass(frozen=True)
class Compared:
    """What was counted and what the model says; `least` and `most` are parts of that."""

    name: str
    counted: float
    model: float
    least: float
    most: float

    @property
    def fits(self) -> bool:
        """Whether the model holds."""
        return self.least * self.model <= self.counted <= self.most * self.model

    def told(self) -> str:
        """A line of the table."""
        return f"| {self.name} | {self.counted:,.0f} | {self.model:,.0f} | {self.counted / self.model - 1:+.1%} |"


def write(rows: Sequence[Compared], learners: int, took_s: float, times: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts both parts into the page."""
    lines = [
        f"{learners} learners at once, a whole journey each, on {time.strftime('%Y-%m-%d')}, in {took_s:.0f} s:",
        "",
        "| asked for, events included | counted | the model | |",
        "|---|---|---|---|",
        *(row.told() for row in rows),
        "",
        "| answered by this machine | requests | median, ms | 95th percentile, ms |",
        "|---|---|---|---|",
        *(
            f"| {name} | {times[name]['count']} | {times[name]['p50']:.0f} | {times[name]['p95']:.0f} |"
            for name in STEPS
        ),
        "",
    ]
    _put(LOAD, "\n".join(lines))
    _put(SCALE, scale())


def _put(name: str, text: str) -> None:
    begins = f"<!-- {name} -->\n"
    before, _, rest = PAGE.read_text("utf-8").partition(begins)
    PAGE.write_text("".join([before, begins, text, ENDS, rest.partition(ENDS)[2]]), "utf-8")


def scale() -> str:
    """What each order of magnitude needs, by the model."""
    lines = [
        "| learners | watching at once | requests a second, functions at once | first to break | ours to change "
        "| to ask AWS for |",
        "|---|---|---|---|---|---|",
        *(_row(learners) for learners in SIZES),
        "",
    ]
    return "\n".join(lines)


def _row(learners: int) -> str:
    asked, watching = busiest(learners), math.ceil(learners * table("peak")["watching_at_once"])
    quota, used = first_to_break(learners)
    busy = f"{asked['requests a second to all APIs']:,.0f}, {asked['function calls at once']:,.0f}"
    cells = [
        f"{learners:,}",
        f"{watching:,}",
        busy,
        f"{quota} ({used:.0%})",
        _ours(learners, watching),
        _asks(learners),
    ]
    return f"| {' | '.join(cells)} |"


def _ours(learners: int, watching: int) -> str:
    prod = stage("prod")
    if in_use(learners)[STAGE] < ASK_FROM:
        return f"nothing: `learners_at_once` is {prod.learners_at_once:,}"
    return f"`learners_at_once = {watching:,}`"


def _asks(learners: int) -> str:
    asked, used = busiest(learners), in_use(learners)
    wanted = {name: asked[name] * ROOM for name, part in used.items() if part >= ASK_FROM and name != STAGE}
    if (at_once := lambda_needed(learners)) > limits()["function calls at once"]:
        wanted["function calls at once"] = at_once
    return "; ".join(f"{_rounded(amount)} {name}" for name, amount in wanted.items()) or "nothing beyond the defaults"


def lambda_needed(learners: int) -> float:
    """Concurrent executions: those kept for the beat, and as many again for the rest with Lambda's own reserve."""
    watching = math.ceil(learners * table("peak")["watching_at_once"])
    built: Stage = stage("prod")
    sized = built.model_copy(update={"learners_at_once": max(built.learners_at_once, watching)})
    return capacity.beats_at_once(sized) + capacity.UNRESERVED + busiest(learners)["function calls at once"]


def _rounded(amount: float) -> str:
    unit = 10 ** max(0, len(str(int(amount))) - 2)
    return f"{math.ceil(amount / unit) * unit:,}"


if __name__ == "__main__":
    _put(SCALE, scale())
