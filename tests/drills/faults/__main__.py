"""The whole drill: `make drill-faults`. It prints a table, and ends with 1 where anything does not hold."""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx

from infra.stages import LOCAL
from local.emulator import ROOT
from local.system import System, start
from tests.bench.counting import open_doors
from tests.bench.wire import Wire, counted
from tests.drills.faults.invariants import Seen, Tables, completion_faults, payment_faults, read_tables
from tests.drills.faults.kinds import HalfRefused, Killed, Shuffled, Struck, Throttled
from tests.drills.faults.timing import DrillTime
from tests.drills.faults.traffic import KINDS, Crowd, NotServed, Walk
from tests.flows.test_delivery import OPERATOR
from tests.flows.test_log import LEDGERS, WATCHES, command, operator
from tests.flows.world import SERVICES, World, eventually
from tests.verifying import problems_of_pack

PACE = 20.0
"""How many times faster than ours the drill's time passes."""
LEARNERS = 2 * len(KINDS)
COURSES = 16
LECTURE_S = 240
HOUR_S, WHILE_S, STOPPED_S = 3_600.0, 480.0, 600.0
"""Of the drill's time: the shuffled hour, any other fault, how long a consumer stands still."""
LATE_S = 6.0
"""How late the bus delivers, on this machine's clock: two minutes of the drill's."""
DAY_S = 86_400.0
VERIFY_AT_MOST = 3
SAID_OF_WHOLE = ("whole", "watches checked", "logged up to", "nothing is logged yet")
"""What the commands say of what is as it should be."""
POISONED = ("playback", "orders", "credits")
BEAT = ("playback", "beat")
PAGE = ROOT / "docs" / "fault-drills.md"
BEGINS, ENDS = "<!-- make drill-faults writes this -->\n", "<!-- until here -->\n"
HEAD = (
    "| fault | injected | traffic meanwhile | seen | one outcome for each completion | one for each payment "
    "| every chain, pack and the log verify |\n|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True)
class Row:
    """What the table says of one fault. The last three: violations."""

    name: str
    injected: int
    traffic: str
    seen: str
    completions: Sequence[str]
    payments: Sequence[str]
    chains: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether all does."""
        return not (self.completions or self.payments or self.chains)

    def told(self) -> str:
        """A line of the table."""
        verdicts = (str(len(found)) + " violated" if found else "holds" for found in self._checks())
        return f"| {self.name} | {self.injected} | {self.traffic} | {self.seen} | {' | '.join(verdicts)} |\n"

    def violations(self) -> list[str]:
        """All that does not hold."""
        return [line for found in self._checks() for line in found]

    def _checks(self) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        return self.completions, self.payments, self.chains


@dataclass
class Strike:
    """One fault while it lasts: how often it struck, and what was seen of it beside the traffic."""

    injected: Callable[[], int] = lambda: 0
    seen: list[str] = field(default_factory=list)
    quiet: Callable[[], bool] = lambda: True
    """Whether nothing of it is under way any more."""


Injection = AbstractContextManager[Strike]


@dataclass
class Drill:
    """A running system whose functions reach AWS by the wire, in the drill's time."""

    system: System
    wire: Wire
    timing: DrillTime
    scratch: Path
    begun: float = field(default_factory=time.monotonic)
    courses: list[str] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.system)

    def prepare(self) -> None:
        """Leads all functions to the wire and into the drill's time, and publishes the courses."""
        open_doors(self.system, self.wire)
        self.host_all()
        self.courses = [
            self.world.publish(LECTURE_S, max_rate="1.0", eligible_credentials=["AFP"], known=False)
            for _ in range(COURSES)
        ]
        self.world.settle()

    def host_all(self) -> None:
        """New hosts for all functions, in the drill's time."""
        pages = self.system.client("lambda").get_paginator("list_functions").paginate()
        for name in [function["FunctionName"] for page in pages for function in page["Functions"]]:
            self.host(name)

    def host(self, function: str, ahead_s: float = 0.0) -> None:
        """A function's hosts from now on: new ones, with this clock."""
        self.system.set_variables(function, self.timing.host(ahead_s))

    def row(self, name: str, injection: Injection, lasts_s: float) -> Row:
        """Traffic while a fault lasts, then what an operator does after it, then whether everything holds."""
        self.say(name)
        crowd = Crowd(self.world, self.timing, self.courses)
        walks = crowd.gather(LEARNERS)
        self.walks += walks
        failures, until = len(self.world.traffic.failures), self.timing.monotonic() + lasts_s
        lost: list[str] = []
        with injection as strike:
            try:
                crowd.walk(walks, lambda: self.timing.monotonic() > until)
            except NotServed as error:
                lost.append(str(error))
            eventually(strike.quiet)
        self.settle()
        redriven = self.redrive()
        self.settle()
        failed = len(self.world.traffic.failures) - failures
        told = f"{failed} calls of learners failed, and were sent again" if failed else "no call of a learner failed"
        seen = [told, *strike.seen]
        seen += [f"{redriven} dead letters, redriven"] if redriven else []
        traffic = f"{sum(len(w.completed) for w in walks)} watches, {sum(w.paid for w in walks)} payments"
        return self.judged(name, strike.injected(), f"{len(walks)} learners, {traffic}", "; ".join(seen), lost)

    def judged(self, name: str, injected: int, traffic: str, seen: str, lost: Sequence[str]) -> Row:
        """The row, with all that ever happened on this system checked anew."""
        self.wire.clear()
        tables = self.tables()
        seen_complete = [
            Seen(watch, walk.learner_id, walk.kind != "without a certificate")
            for walk in self.walks
            for watch in walk.completed
        ]
        completions = [*lost, *completion_faults(tables, seen_complete)]
        payments = payment_faults(tables, self.system.payments.till)
        row = Row(name, injected, traffic, seen, completions, payments, self.chain_faults(tables))
        self.say(f"  {row.told().strip()}")
        for line in row.violations():
            self.say(f"  VIOLATED {line}")
        return row

    def tables(self) -> Tables:
        """All that is stored."""
        return read_tables(
            self.system.client("dynamodb"),
            {service: self.system.table(service) for service in SERVICES},
            {service: self.system.outbox(service) for service in SERVICES},
        )

    def chain_faults(self, tables: Tables) -> list[str]:
        """What the operators' commands and the stranger's verifier say.

        The hour's seal may come between the log and them, as it may on AWS: what it sealed is logged with the next run.
        """
        for _ in range(VERIFY_AT_MOST):
            self.settle()
            self.world.run_scheduled("playback", "log")
            faults = self._verdicts(tables)
            if not faults:
                break
        return faults

    def _verdicts(self, tables: Tables) -> list[str]:
        policy = self.scratch / "policy.txt"
        policy.write_text(self.system.log_policy)
        log: list[str | Path] = ["--policy", policy]
        learners = [part for walk in self.walks for part in ("--learner", walk.learner_id)]
        address = self.system.base_url
        faults = self._verified(f"{WATCHES}.verify_chain", *log, *learners, service="playback")
        faults += self._verified(f"{LEDGERS}.verify_chain", *log, "--log", address, "--all", service="credits")
        faults += self._verified(f"{WATCHES}.verify_log", policy, address, "--entries", service="playback")
        return faults + self._pack_faults(tables)

    def _verified(self, module: str, *options: str | Path, service: str) -> list[str]:
        done = command(module, *options, environment={**operator(self.world, service), **self.timing.host()})
        if done.returncode == 0:
            return []
        lines = (done.stdout + done.stderr).splitlines()
        return [line for line in lines if not any(words in line for words in SAID_OF_WHOLE)]

    def _pack_faults(self, tables: Tables) -> list[str]:
        jwks = self.world.public.get("/v1/playback/jwks").accepted()
        found = []
        for walk in self.walks:
            for watch in walk.completed:
                pack = walk.learner.get(f"/v1/playback/watches/{watch}/evidence")
                if not pack.ok:
                    found.append(f"watch {watch}: no pack: {pack.status}")
                    continue
                compact = ".".join(pack.body[part] for part in ("protected", "payload", "signature"))
                digest = sha256(compact.encode()).hexdigest()
                proof = httpx.get(f"{self.system.base_url}/v1/playback/log/proofs/{digest}").text
                problems = problems_of_pack(pack.body, jwks, proof, self.system.log_policy)
                found += [f"pack of {watch}: {problem}" for problem in problems]
        return found

    def settle(self) -> None:
        """Waits until nothing is under way."""
        self.system.settle(180)

    def redrive(self) -> int:
        """What the operator does after any fault; answers how many letters went back."""
        line = [sys.executable, "-m", "ops.redrive", "run", "--stage", LOCAL]
        surroundings = {"AWS_ENDPOINT_URL": self.system.endpoint_url, **OPERATOR}
        done = subprocess.run(  # noqa: S603
            line, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
        )
        return sum(int(text.split()[1]) for text in done.stdout.splitlines() if "delivered" in text)

    def next_day(self) -> Row:
        """The day after: heads of all chains are sealed and logged, and everything is verified against them."""
        self.say("the day after, against the sealed heads")
        self.timing = self.timing.later(DAY_S)
        self.host_all()
        for service in ("playback", "credits"):
            for _ in range(3):
                self.world.run_scheduled(service, "seal")
        self.settle()
        watches = sum(len(walk.completed) for walk in self.walks)
        seen = f"{self.wire.times.total():,} calls to AWS in all"
        return self.judged("the day after: heads sealed and logged", 0, f"{watches} watches in all", seen, [])

    def say(self, text: str) -> None:
        """Shows progress, with the seconds since the beginning."""
        sys.stdout.write(f"{time.monotonic() - self.begun:6.1f} s  {text}\n")
        sys.stdout.flush()

    @contextlib.contextmanager
    def on_the_wire(self, fault: Struck) -> Iterator[Strike]:
        """A fault on all functions' way to AWS."""
        self.wire.fault = fault
        quiet = (lambda: fault.quiet) if isinstance(fault, Shuffled) else (lambda: True)
        try:
            yield Strike(lambda: fault.injected, quiet=quiet)
        finally:
            self.wire.fault = None

    @contextlib.contextmanager
    def stopped(self, service: str) -> Iterator[Strike]:
        """A service's consumer gets nothing for ten minutes."""
        functions = self.system.client("lambda")
        found = functions.list_event_source_mappings(FunctionName=self.system.function(service, "consume"))
        (mapping,) = found["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        until, strike = self.timing.monotonic() + STOPPED_S, Strike(lambda: 1)
        try:
            yield strike
            self.timing.sleep(max(0.0, until - self.timing.monotonic()))
            waiting = self.system.client("sqs").get_queue_attributes(
                QueueUrl=self.system.queue(service), AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]["ApproximateNumberOfMessages"]
            strike.seen.append(f"{waiting} events waited in its queue")
        finally:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    @contextlib.contextmanager
    def poisoned(self) -> Iterator[Strike]:
        """Items in the outboxes that are no events: the relay cannot read them, and they stand before others."""
        queues = {service: self.system.dead_letters(service, "relay") for service in POISONED}
        strike = Strike(lambda: len(POISONED))
        for service in POISONED:
            self.system.client("dynamodb").put_item(TableName=self.system.outbox(service), Item=poison())
        yield strike
        sqs = self.system.client("sqs")
        for service, url in queues.items():
            letters = eventually(lambda url=url: sqs.receive_message(QueueUrl=url).get("Messages"))  # type: ignore[misc]
            batches = [json.loads(letter["Body"])["DDBStreamBatchInfo"]["batchSize"] for letter in letters]
            assert batches == [1], f"{service}: more than the poison was given up: {batches}"
            sqs.purge_queue(QueueUrl=url)
        strike.seen.append("each alone in its dead-letter queue, all behind it delivered")

    @contextlib.contextmanager
    def clock_off(self, ahead_s: float) -> Iterator[Strike]:
        """One function's hosts are some seconds ahead of all others, or behind."""
        function = self.system.function(*BEAT)
        before = self.wire.times[function, "PutItem"]
        self.host(function, ahead_s)
        try:
            yield Strike(lambda: self.wire.times[function, "PutItem"] - before)
        finally:
            self.host(function)


def poison() -> dict[str, Any]:
    """What no relay can read."""
    return {
        "pk": {"S": f"POISON#{uuid4().hex}"},
        "sk": {"S": "POISON"},
        "version": {"N": "1"},
        "body": {"S": "no event"},
    }


def faults(drill: Drill) -> Iterator[tuple[str, Callable[[], Injection], float]]:
    """Name, injection, and how long it lasts in the drill's time."""
    yield "nothing fails, to compare with", lambda: contextlib.nullcontext(Strike()), WHILE_S
    yield "duplicates and reordering, an hour", lambda: drill.on_the_wire(Shuffled(LATE_S)), HOUR_S
    yield "killed between its writes", lambda: drill.on_the_wire(Killed(drill.system)), WHILE_S
    yield "DynamoDB throttles one call in ten", lambda: drill.on_the_wire(Throttled()), WHILE_S
    yield "the bus refuses half of each batch", lambda: drill.on_the_wire(HalfRefused()), WHILE_S
    yield "credits' consumer stopped for ten minutes", lambda: drill.stopped("credits"), WHILE_S
    yield "the relays poisoned", drill.poisoned, WHILE_S
    yield "the beat's clock 5 s ahead", lambda: drill.clock_off(5.0), WHILE_S
    yield "the beat's clock 5 s behind", lambda: drill.clock_off(-5.0), WHILE_S


def rows(only: str) -> Iterator[Row]:
    """The drill, on a system of its own; a row when it is known."""
    timing = DrillTime(PACE)
    with contextlib.ExitStack() as ends:
        scratch = Path(ends.enter_context(TemporaryDirectory()))
        system = ends.enter_context(
            start(workdir=scratch / "system", seed=True, redelivery_s=4, outside_now=timing.now)
        )
        drill = Drill(system, ends.enter_context(counted(system.endpoint_url)), timing, scratch)
        drill.prepare()
        for name, injection, lasts_s in faults(drill):
            if only in name:
                yield drill.row(name, injection(), lasts_s)
        if not only:
            yield drill.next_day()


def write(table: Sequence[Row], took_s: float) -> None:
    """Puts the table into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    when = f"\nSo it went on {time.strftime('%Y-%m-%d')}, in {took_s / 60:.0f} minutes.\n"
    PAGE.write_text("".join([before, BEGINS, HEAD, *(r.told() for r in table), when, ENDS, after]), encoding="utf-8")


def main() -> int:
    """Runs the drill; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.faults", description=__doc__)
    parser.add_argument("--only", default="", help="faults whose name has this; writes nothing")
    only, begun = parser.parse_args().only, time.monotonic()
    os.chdir(ROOT)
    table = list(rows(only))
    sys.stdout.write(HEAD + "".join(row.told() for row in table))
    if not only:
        write(table, time.monotonic() - begun)
    return 0 if all(row.holds for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
