"""The worst day: tables are lost, and rebuilt from an export. `make drill-restore`, on a system of its own.

Learners learn and buy; the heads of their chains are sealed and logged; every table is exported. Somebody earns more;
then the ledgers are lost, rebuilt, and told again what was since. At last all items of all tables are deleted. What
verifies watches, ledgers and the log must see the loss; after the operators' restore everything must be there to the
last byte, verify as before, and go on.

Neither the emulator nor moto writes an export's files, so the drill does, in DynamoDB's documented format.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from demo.client import Client
from demo.people import learner_id_of
from infra.stages import LOCAL
from local.system import System, start
from tests.drills.faults.timing import DrillTime
from tests.exporting import Item, all_items, write_export
from tests.flows.buying import buy
from tests.flows.test_delivery import OPERATOR
from tests.flows.test_log import LEDGERS, WATCHES, command, operator
from tests.flows.world import SERVICES, World

LEARNERS = 3
DAY_S = 86_400.0


@dataclass
class Drill:
    """One run."""

    system: System
    scratch: Path
    begun: float = field(default_factory=time.monotonic)
    learners: list[Client] = field(default_factory=list)
    later: str = ""
    """A course that is watched after the export."""
    hours: int = 0
    """How many awards somebody had before the last one."""
    time: DrillTime = field(default_factory=lambda: DrillTime(1.0, began=time.time()))

    def __post_init__(self) -> None:
        self.world = World(self.system)

    def run(self) -> None:
        """All of it. Raises AssertionError at the first thing that is not as it should be."""
        with self.step("learners learn and buy, and a day later the heads of their chains are sealed and logged"):
            course = self.learn()
            self.seal()
        with self.step("every table is exported"):
            before = {service: self.items(service) for service in SERVICES}
            ids = {service: self.export(service, before[service]) for service in SERVICES}
            self.say(f"  {sum(map(len, before.values()))} items")
        with self.step("watches, ledgers and the log verify"):
            self.verify()
        with self.step("somebody earns hours after the export"):
            after = self.time.now()
            self.earn(self.learners[0], self.later)
        with self.step("the table of credits is emptied, and rebuilt as it was at the export"):
            self.lose("credits")
            self.say(f"  {self.restore('credits', ids['credits'])}")
            assert self.items("credits") == before["credits"], "not as it was"
        with self.step("what playback told since is told again: the hours are there, once"):
            for _ in range(2):
                self.say(f"  {self.retell('playback', after)}")
                self.world.settle()
            found = len(self.world.awards(self.learners[0]))
            assert found == self.hours + 1, f"{found} awards, not {self.hours + 1}"
            self.verify()
        with self.stopped_schedules():
            self.lose_and_restore()
        with self.step("watches, ledgers and the log verify as before, and learners go on"):
            self.verify()
            self.go_on(course)

    def lose_and_restore(self) -> None:
        """All tables, each from an export of this moment."""
        with self.step("all tables are emptied"):
            before = {service: self.items(service) for service in SERVICES}
            ids = {service: self.export(service, before[service]) for service in SERVICES}
            for service in SERVICES:
                self.lose(service)
            seen = self.faults()
            assert any("credits" in line for line in seen), seen
            assert any("playback" in line for line in seen), seen
            self.say(f"  the loss is seen: {len(seen)} lines, such as {seen[0]!r}")
        with self.step("they are rebuilt from the exports"):
            for service, id_ in ids.items():
                self.say(f"  {self.restore(service, id_)}")
                assert self.items(service) == before[service], f"{service} is not as it was"

    @contextmanager
    def stopped_schedules(self) -> Iterator[None]:
        """Nothing runs by itself: it would write into what is being restored."""
        self.set_schedules("DISABLED")
        yield
        self.set_schedules("ENABLED")

    def set_schedules(self, state: str) -> None:
        """Of all services."""
        scheduler = self.system.client("scheduler")
        for listed in scheduler.list_schedules()["Schedules"]:
            found = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            kept = {name: found[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
            scheduler.update_schedule(**kept, GroupName=listed["GroupName"], State=state)

    def learn(self) -> str:
        """Completed watches on claims and purchases; answers a course that nobody has watched yet."""
        claimed, bought, self.later, other = (self.world.publish() for _ in range(4))
        self.learners = [self.world.member() for _ in range(LEARNERS)]
        for learner in self.learners:
            self.world.claim(learner, claimed)
            self.world.watch(learner, claimed)
        buy(self.world, self.learners[0], bought)
        self.world.watch(self.learners[0], bought)
        self.world.settle()
        return other

    def seal(self) -> None:
        """A day passes for all functions, and the schedules do what they do then."""
        self.time = self.time.later(DAY_S)
        functions = self.system.client("lambda")
        pages = functions.get_paginator("list_functions").paginate()
        for function in [function for page in pages for function in page["Functions"]]:
            self.system.set_variables(function["FunctionName"], self.time.host())
        for service in ("playback", "credits"):
            self.world.run_scheduled(service, "seal")
        self.world.settle()
        self.world.run_scheduled("playback", "log")

    def items(self, service: str) -> list[Item]:
        """All that a service has."""
        return all_items(self.system.client("dynamodb"), self.system.table(service))

    def export(self, service: str, items: Sequence[Item]) -> str:
        """Where the daily export lies; answers its id."""
        account = self.system.client("sts").get_caller_identity()["Account"]
        bucket = f"xueshi-backups-{account}-us-east-1"
        return write_export(self.system.client("s3"), bucket, service, self.system.table(service), items)

    def lose(self, service: str) -> None:
        """Deletes every item of a service's table."""
        dynamodb, table = self.system.client("dynamodb"), self.system.table(service)
        for item in self.items(service):
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
        assert self.items(service) == []

    def restore(self, service: str, id_: str) -> str:
        """The operators' command, into the service's own table; answers what it said."""
        into = ["--export", id_, "--into", self.system.table(service)]
        return self.operate("ops.backups", "restore", "--service", service, *into)

    def retell(self, service: str, since: datetime) -> str:
        """The operators' command for what a service told since the backup; answers what it said."""
        return self.operate("ops.redrive", "retell", "--service", service, "--since", since.isoformat())

    def operate(self, module: str, *options: str) -> str:
        """An operators' command; answers what it said."""
        surroundings = {"AWS_ENDPOINT_URL": self.system.endpoint_url, **OPERATOR}
        done = command(module, *options, "--stage", LOCAL, environment=surroundings)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def verify(self) -> None:
        """Everything is as it was logged. Raises AssertionError."""
        found = self.faults()
        assert not found, "\n".join(found)

    def faults(self) -> list[str]:
        """What the operators' commands find."""
        policy = self.scratch / "policy.txt"
        policy.write_text(self.system.log_policy)
        learners = [part for learner in self.learners for part in ("--learner", learner_id_of(learner))]
        log = ["--log", self.system.base_url]
        asked: dict[str, list[str | Path]] = {
            "playback": [f"{WATCHES}.verify_chain", "--policy", policy, *learners],
            "credits": [f"{LEDGERS}.verify_chain", "--policy", policy, *log, "--all"],
            "log": [f"{WATCHES}.verify_log", policy, self.system.base_url, "--entries"],
        }
        found = []
        for name, (module, *options) in asked.items():
            environment = {**operator(self.world, name if name in SERVICES else "playback"), **self.time.host()}
            done = command(str(module), *options, environment=environment)
            if done.returncode:
                found += [f"{name}: {line}" for line in (done.stdout + done.stderr).splitlines() if line[:2] == "  "]
                found += [f"{name}: exit status {done.returncode}"]
        return found

    def go_on(self, course: str) -> None:
        """What was earned is shown, and more is earned."""
        for learner in self.learners:
            assert self.earn(learner, course) > 1

    def earn(self, learner: Client, course: str) -> int:
        """One more award; answers how many there are."""
        self.hours = len(self.world.awards(learner))
        self.world.claim(learner, course)
        self.world.watch(learner, course)
        self.world.settle()
        assert len(self.world.awards(learner)) == self.hours + 1
        return self.hours + 1

    def say(self, text: str) -> None:
        """Shows progress, with the seconds since the beginning."""
        sys.stdout.write(f"{time.monotonic() - self.begun:6.1f} s  {text}\n")
        sys.stdout.flush()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A step of the drill."""
        self.say(what)
        yield


def main() -> int:
    """Runs the drill; answers the exit status."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        start(workdir=Path(scratch) / "system", seed=True, redelivery_s=4) as system,
    ):
        try:
            Drill(system, Path(scratch)).run()
        except AssertionError as error:
            sys.stderr.write(f"NOT AS IT SHOULD BE: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
