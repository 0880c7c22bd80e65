"""What it costs to run: counted operations times one table of prices, for any number of learners.

`prices.toml` has the prices with their day, what is assumed, and the quotas; `counted.json` what each step was counted
to ask for (`counting.py`); the pace of beats is policy, and what a stage is built for its data (`infra/capacity.py`).
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from infra.capacity import throttle
from infra.stacks.playback import BEAT_MEMORY_MIB
from infra.stages import stage
from services.playback.domain.policy import policy_in_force

PRICES = Path(__file__).with_name("prices.toml")
COUNTED = Path(__file__).with_name("counted.json")
HOUR_MS = 3_600_000
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MIB_PER_GIB = 1024
MEMORY_MIB = 1024
"""Of functions that answer, but for beats; relays and consumers have half, which the model leaves out of account."""

Usd = dict[str, float]
"""Amounts by what they are for."""


@cache
def newest_pace_ms() -> int:
    """The time between two beats in the newest edition of the watch policy."""
    return policy_in_force(date.max).beat_interval_ms


@cache
def table(name: str) -> Mapping[str, float]:
    """A table of prices.toml."""
    found: Mapping[str, float] = tomllib.loads(PRICES.read_text("utf-8"))[name]
    return found


def day_of_prices() -> str:
    """When the prices were looked up."""
    return str(tomllib.loads(PRICES.read_text("utf-8"))["date"])


@dataclass(frozen=True)
class Step:
    """What was counted of one thing that a learner does: see `counting.Step`."""

    requests: int
    answered_bytes: int
    write_units: float
    read_units: float
    calls: Mapping[str, int]
    aws: Mapping[str, int]
    log_bytes: int


def counted() -> dict[str, Step]:
    """Every step, by its name."""
    return {name: Step(**step) for name, step in json.loads(COUNTED.read_text("utf-8")).items()}


@dataclass(frozen=True)
class Beat:
    """What one beat takes. `traced`: X-Ray samples it; `quiet`: Lambda logs nothing of a call that succeeds."""

    pace_ms: int
    milliseconds: float
    write_units: float
    read_units: float
    answered_bytes: int
    traced: bool
    quiet: bool
    memory_mib: int = BEAT_MEMORY_MIB

    def an_hour(self) -> float:
        """Beats in a watched hour at rate 1."""
        return HOUR_MS / self.pace_ms

    def itself(self) -> float:
        """USD of the request, the function and the write."""
        price = table("prices")
        seconds = self.milliseconds / 1000 * self.memory_mib / MIB_PER_GIB
        stored = self.write_units * price["write_unit"] + self.read_units * price["read_unit"]
        return price["http_api_request"] + price["function_call"] + seconds * price["function_gb_second"] + stored

    def around(self) -> Usd:
        """USD of what is around it: the distribution and its firewall, logs, traces, and the answer's bytes."""
        price, assumed = table("prices"), table("assumed")
        logged = assumed["access_log_bytes"] + (0 if self.quiet else assumed["system_log_bytes"])
        return {
            "distribution": price["edge_request"],
            "firewall": price["firewall_request"],
            "logs": logged * price["log_byte"],
            "traces": assumed["trace_share"] * price["trace"] if self.traced else 0.0,
            "egress": (self.answered_bytes + assumed["header_bytes"]) * price["edge_byte"],
        }

    def million_hours(self) -> tuple[float, float]:
        """USD of a million watched hours: the beats themselves, and with what is around them."""
        beats = 1_000_000 * self.an_hour()
        return beats * self.itself(), beats * (self.itself() + sum(self.around().values()))


def beat(*, quiet: bool = True) -> Beat:
    """As it was counted, at the newest edition's pace."""
    step = counted()["beat"]
    return Beat(
        newest_pace_ms(), table("assumed")["beat_ms"], step.write_units, step.read_units, step.answered_bytes,
        traced=not quiet, quiet=quiet,
    )  # fmt: skip


def usd(step: Step) -> float:
    """What a step costs, all that it causes and all that is around it."""
    price, assumed = table("prices"), table("assumed")
    calls = sum(step.calls.values())
    caused = max(0, calls - step.requests)
    seconds = (step.requests * assumed["call_ms"] + caused * assumed["event_ms"]) / 1000 * MEMORY_MIB / MIB_PER_GIB
    around = price["http_api_request"] + price["edge_request"] + price["firewall_request"]
    logged = step.log_bytes + calls * assumed["system_log_bytes"] + step.requests * assumed["access_log_bytes"]
    sent = step.answered_bytes + step.requests * assumed["header_bytes"]
    return (
        step.requests * around
        + calls * (price["function_call"] + assumed["trace_share"] * price["trace"])
        + seconds * price["function_gb_second"]
        + step.write_units * price["write_unit"]
        + step.read_units * price["read_unit"]
        + sum(count * _price_of(name) for name, count in step.aws.items())
        + logged * price["log_byte"]
        + sent * price["edge_byte"]
    )


def _price_of(call: str) -> float:
    """What a call of another API costs; 0 where it is free, as functions' own polling is."""
    price = table("prices")
    by_call = {
        "AWSEvents.PutEvents": price["event"] + 3 * price["queue_request"],
        "TrentService.Sign": price["signature"],
        "s3.PUT": price["object_put"],
        "s3.GET": price["object_get"],
        "s3.HEAD": price["object_get"],
        "ses.POST": price["mail"],
    }
    return by_call.get(call, 0.0)


def times_in_a_month() -> dict[str, float]:
    """How often a learner does each thing that was counted, beats apart."""
    month = table("month")
    hours = month["watched_hours"]
    lectures, prompts = hours * 60 / month["lecture_minutes"], hours * month["prompts_per_hour"]
    return {
        "start": lectures * month["sittings_per_lecture"],
        "media": hours * month["media_grants_per_hour"],
        "prompt": prompts,
        "confirm": prompts,
        "completion": lectures,
        "search": month["searches"],
        "course page": month["course_pages"],
        "hours page": month["hours_pages"],
        "claim": month["claims"],
        "purchase": month["purchases"],
    }


def month_of_a_learner() -> Usd:
    """USD of a learner's month, by what it is for."""
    price, steps, one = table("prices"), counted(), beat()
    hours = table("month")["watched_hours"]
    spent = {name: times * usd(steps[name]) for name, times in times_in_a_month().items()}
    files, seconds = hours * HOUR_MS / table("assumed")["segment_ms"], hours * HOUR_MS / 1000
    sent = seconds * table("assumed")["media_bytes_per_second"] * price["edge_byte"]
    return {
        "beats": hours * one.an_hour() * (one.itself() + sum(one.around().values())),
        "starts, prompts, grants": sum(spent[name] for name in ("start", "media", "prompt", "confirm")),
        "completions": spent["completion"],
        "pages, search": sum(spent[name] for name in ("search", "course page", "hours page")),
        "claims, purchases": spent["claim"] + spent["purchase"],
        "files: requests": files * (price["edge_request"] + price["firewall_request"]),
        "files: bytes": sent,
        "identity": price["active_user"],
    }


def busiest(learners: int) -> dict[str, float]:
    """What a stage of so many learners is asked for in its busiest hour, a second unless it says otherwise."""
    at, assumed, month, steps = table("peak"), table("assumed"), table("month"), counted()
    watching = learners * at["watching_at_once"]
    hours_a_second = watching / 3600
    times = {name: often / month["watched_hours"] * hours_a_second for name, often in times_in_a_month().items()}
    beats, files = watching * 1000 / newest_pace_ms(), watching * 1000 / table("assumed")["segment_ms"]
    asked = {name: often * steps[name].requests for name, often in times.items()}
    caused = sum(often * sum(steps[name].calls.values()) for name, often in times.items()) - sum(asked.values())
    busy_ms = beats * assumed["beat_ms"] + sum(asked.values()) * assumed["call_ms"] + caused * assumed["event_ms"]
    watched = ("start", "media", "prompt", "confirm")
    return {
        STAGE: beats + sum(asked[name] for name in (*watched, "completion")),
        "requests a second to all APIs": beats + sum(asked.values()),
        "function calls at once": busy_ms / 1000,
        "write units a second of a table": beats
        + sum(times[name] * steps[name].write_units for name in (*watched, "completion")),
        "requests a second to the distribution": beats + sum(asked.values()) + files,
        "gigabits a second from the distribution": watching * assumed["media_bytes_per_second"] * 8 / 1e9,
        "sign-ins a second": learners * at["signing_in_per_second"],
        "signatures a second": times["completion"] * steps["completion"].aws["TrentService.Sign"],
        "events a second": sum(often * steps[name].aws.get("AWSEvents.PutEvents", 0) for name, often in times.items()),
    }


STAGE = "requests a second to playback's stage"
"""The one limit that is our own policy."""


def limits() -> dict[str, float]:
    """What there is of each."""
    quota = table("quotas")
    return {
        STAGE: throttle(stage("prod"), "playback").rate,
        "requests a second to all APIs": quota["api_requests_per_second"],
        "function calls at once": quota["function_calls_at_once"],
        "write units a second of a table": quota["table_write_units_per_second"],
        "requests a second to the distribution": quota["edge_requests_per_second"],
        "gigabits a second from the distribution": quota["edge_gigabits_per_second"],
        "sign-ins a second": quota["sign_ins_per_second"],
        "signatures a second": quota["signatures_per_second"],
        "events a second": quota["events_per_second"],
    }


def in_use(learners: int) -> dict[str, float]:
    """The part of each limit that the busiest hour uses."""
    return {name: asked / limits()[name] for name, asked in busiest(learners).items()}


def first_to_break(learners: int) -> tuple[str, float]:
    """The account's quota that the busiest hour comes nearest to or passes first, and how much of it is used."""
    used = {name: part for name, part in in_use(learners).items() if name != STAGE}
    name = max(used, key=lambda one: used[one])
    return name, used[name]


def breaks_at(limit: str) -> int:
    """With how many learners a limit is used up, rounded down to two digits."""
    exact = int(1_000_000 / in_use(1_000_000)[limit])
    unit: int = 10 ** max(0, len(str(exact)) - 2)
    return exact // unit * unit
