"""Every deployment of docs/deployment.md, on an account of its own: `python -m tests.drills.deployment`.

The commands are those of the Makefile's targets, and CDK's command line is the real one. It prints what it does with
the seconds that it took, and ends with the first thing that is not as it should be.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from demo.client import Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from demo.player import Player, answers_of
from infra.packaging import SERVICES
from infra.stages import LIVE, NEW_CODE, stage
from local.account import Account, account
from local.dashboards.board import COUNTED
from local.emulator import ROOT
from tests.drills.people import Town

LASTING, TRIAL = stage("staging"), stage("dev")
SHORT, LONG = "risk-level-talk", "first-meeting"
"""Courses of twenty seconds and of more than a minute."""
WATCHERS = 3
AWARD_WAIT_S = 60.0
SHARED = (".venv", ".venv-emulator", "requirements/cdk/node_modules", "build/layers", "demo/courses", "web/dist")
"""What another checkout takes from this one, because it is the same and takes long to make."""
ASKED, CALLERS = "playback-beat", 4
"""The function by which releases are seen, and how many ask it beside the learners."""
TAKEN = "/drill/taken"
SHARED_SAID = "new code has 10% of the calls"
INLINE = "index.handler"
RENEWED_S = 30.0

Tell = Callable[[str], None]


def courses(visitor: Client, awaited: set[str]) -> set[str]:
    """The ids of what visitors see. Whoever asks first in a while gets the list of before, and has it renewed."""
    until = time.monotonic() + RENEWED_S
    while True:
        told = visitor.get("/v1/catalog/courses").accepted()
        found = {course["course_id"] for course in told["courses"]}
        if awaited <= found or time.monotonic() > until:
            return found
        time.sleep(1)


@dataclass
class Drill:
    """One run."""

    here: Account
    scratch: Path
    begun: float = field(default_factory=time.monotonic)
    addresses: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """All of it, in this order. Raises AssertionError at the first thing that is not as it should be."""
        with self.step(f"an empty account: the first creation of {LASTING.name} fails half-way, and is taken back"):
            self.failed_creation()
        with self.step("the next try deploys it whole"):
            self.deploy(LASTING.name)
        with self.step("deployed again: nothing changes"):
            said = self.deploy(LASTING.name)
            assert said.count("(no changes)") == 9, said
            assert "0 files changed" in said, said
        with self.step("first administrator, editor, course, learner, first awarded hour"):
            admin = self.first_hour()
        with self.step("a release while learners watch: nothing is lost"):
            self.release(admin)
        with self.step("a release that fails while learners watch: its alarm takes it back, and nothing is lost"):
            self.bad_release(admin)
        with self.step("an update that fails half-way is taken back, and the next one works"):
            self.failed_update()
        with self.step(f"{TRIAL.name} beside it, with demo data"):
            self.deploy(TRIAL.name)
        with self.step("two stages side by side know nothing of each other"):
            self.side_by_side()
        with self.step(f"{TRIAL.name} is destroyed, nothing is left, {LASTING.name} goes on"):
            self.destroyed()
        self.say(f"all of it: {time.monotonic() - self.begun:.0f} s")

    def first_hour(self) -> Client:
        """What docs/deployment.md says after the deployment."""
        town = self.town(LASTING.name)
        self.command("ops.staff", LASTING.name, "boss@example.com", "administrator")
        admin = town.accept_invitation("boss@example.com")
        self.command("ops.staff", LASTING.name, "editor@example.com", "editor")
        editor = town.accept_invitation("editor@example.com")
        for course in (SHORT, LONG):
            publish = [sys.executable, "-m", "services.catalog.cli.publish", f"demo/courses/{course}"]
            self.done([*publish, "--base-url", town.address, "--token", str(editor.token)], ROOT)
        learner = self.learner(admin, "first@example.com")
        watch(learner, SHORT)
        self.say(f"  the ledger says {awarded(learner, SHORT)} for {SHORT}")
        return admin

    def release(self, admin: Client) -> None:
        """New code and a new client, from another checkout, in the middle of a lecture."""
        learners = [self.learner(admin, f"watching-{number}@example.com") for number in range(WATCHERS)]
        before, pages = self.code(), asset_paths(self.addresses[LASTING.name])
        old = self.live(ASKED)["FunctionVersion"]
        checkout = self.checkout("release")
        for service in SERVICES:
            handler = checkout / "services" / service / "handlers" / "__init__.py"
            handler.write_text(f"{handler.read_text()}\n# The next release.\n")
        self.new_client(checkout)
        watches: list[Future[float]] = []
        with ThreadPoolExecutor(WATCHERS + 1) as pool, Callers(learners[0]) as callers:

            def begin() -> None:
                watches.append(pool.submit(self.shared, ASKED, old))
                watches.extend(pool.submit(watch, learner, LONG) for learner in learners)

            said = self.deploy(LASTING.name, checkout, tell=once_shared(begin))
            renewed, *ends = (done.result() for done in watches)
        assert SHARED_SAID in said, said
        assert not callers.failed(), callers.answers
        shares = self.calls(ASKED)
        self.say(f"  of {ASKED}: {shares[old]} calls to version {old}, {shares.total() - shares[old]} to the next")
        assert shares.total() - shares[old] > 0, "nobody was answered by new code"
        assert self.live(ASKED)["FunctionVersion"] not in {old, "$LATEST"}
        assert renewed < min(ends), "the new code came after the lecture"
        changed = {name for name, code in self.code().items() if before[name] != code}
        assert changed == set(before), f"old code still runs: {set(before) - changed}"
        for learner in learners:
            self.say(f"  watched through it: {awarded(learner, LONG)}")
        kept = [httpx.get(f"{self.addresses[LASTING.name]}{path}").status_code for path in pages]
        assert set(kept) == {200}, "an open page of the release before asks for files that are gone"
        assert asset_paths(self.addresses[LASTING.name]) != pages, "the new client is not served"

    def bad_release(self, admin: Client) -> None:
        """New code that answers no beat: it gets a tenth of the calls, and then none."""
        learners = [self.learner(admin, f"undisturbed-{number}@example.com") for number in range(WATCHERS)]
        checkout = self.checkout("failing")
        handler = checkout / "services" / "playback" / "handlers" / "beat.py"
        handler.write_text(f"{handler.read_text()}\n\ndef handler(event, context):\n    raise RuntimeError('drill')\n")
        before = self.live(ASKED)
        watches: list[Future[float]] = []
        with ThreadPoolExecutor(WATCHERS) as pool, Callers(learners[0]) as callers:

            def begin() -> None:
                watches.extend(pool.submit(watch, learner, LONG) for learner in learners)

            said = self.deploy(LASTING.name, checkout, fails=True, tell=once_shared(begin))
            for done in watches:
                done.result()
        alarm = f"{LASTING.prefix}-{ASKED}-{NEW_CODE}-fails-"
        assert f"{alarm}" in said, said
        assert f"New code was taken back by {alarm}" in said, said
        assert self.status(LASTING.stack("Playback"), LASTING.region) == "UPDATE_ROLLBACK_COMPLETE"
        after = self.live(ASKED)
        assert (after["FunctionVersion"], "RoutingConfig" in after) == (before["FunctionVersion"], False), after
        self.say(f"  {callers.failed()} of {callers.answers.total()} calls failed before all went back")
        assert 0 < callers.failed() < callers.answers.total() / 2, callers.answers
        for learner in learners:
            self.say(f"  watched through it: {awarded(learner, LONG)}")
        with Callers(learners[0]) as callers:
            time.sleep(1)
        assert not callers.failed(), callers.answers

    def failed_update(self) -> None:
        """A template that wants a name which is taken."""
        ssm = self.client("ssm", LASTING.region)
        ssm.put_parameter(Name=TAKEN, Value="somebody's", Type="String")
        checkout = self.checkout("mistake")
        stack = checkout / "infra" / "stacks" / "credits.py"
        text = stack.read_text()
        assert "        self.finish(\n" in text
        mistake = (
            "        from aws_cdk import aws_ssm\n"
            f'        aws_ssm.StringParameter(self, "Mistake", parameter_name="{TAKEN}", string_value="ours")\n'
        )
        stack.write_text(text.replace("        self.finish(\n", f"{mistake}        self.finish(\n", 1))
        said = self.deploy(LASTING.name, checkout, fails=True)
        assert "Mistake" in said, said
        assert self.status(LASTING.stack("Credits"), LASTING.region) == "UPDATE_ROLLBACK_COMPLETE"
        assert ssm.get_parameter(Name=TAKEN)["Parameter"]["Value"] == "somebody's"
        self.deploy(LASTING.name)

    def failed_creation(self) -> None:
        """A name that is taken: by what an account has of an earlier life."""
        ssm, name = self.client("ssm", LASTING.region), LASTING.parameter("log-policy")
        ssm.put_parameter(Name=name, Value="somebody's", Type="String")
        said = self.deploy(LASTING.name, fails=True)
        assert "LogPolicy" in said, said
        assert self.status(LASTING.stack("Playback"), LASTING.region) == "ROLLBACK_COMPLETE"
        tables = self.client("dynamodb", LASTING.region).list_tables()["TableNames"]
        assert f"{LASTING.prefix}-playback" not in tables, "what the failed creation made blocks the next one"
        ssm.delete_parameter(Name=name)

    def side_by_side(self) -> None:
        """Each has its own catalogue, people and address."""
        lasting, trial = (Client(self.addresses[each.name]) for each in (LASTING, TRIAL))
        here = courses(lasting, {SHORT, LONG})
        assert here == {SHORT, LONG}, here
        there = courses(trial, here)
        assert there > here, there
        learner = self.town(LASTING.name).register("nobody-there@example.com")
        assert learner.get("/v1/credits/account").status == httpx.codes.OK
        assert trial.as_(learner.token).get("/v1/credits/account").status == httpx.codes.UNAUTHORIZED

    def destroyed(self) -> None:
        """The trial goes whole; the stage that is protected does not."""
        assert "is protected" in self.command("ops.destroy", LASTING.name, fails=True)
        assert "Nothing is left" in self.command("ops.destroy", TRIAL.name)
        assert "no changes" in self.deploy(LASTING.name)

    def learner(self, admin: Client, email: str) -> Client:
        """Registers by mail, is given a membership and a certificate."""
        learner = self.town(LASTING.name).register(email)
        grant_membership(admin, learner_id_of(learner))
        hold_certificates(admin, learner, ("AFP",))
        return learner

    def deploy(self, name: str, checkout: Path = ROOT, *, fails: bool = False, tell: Tell = lambda _: None) -> str:
        """What `make deploy` runs once the client is built. `tell` hears each line as it is said."""
        said = self.command("ops.deploy", name, checkout=checkout, fails=fails, tell=tell)
        if not fails:
            (self.addresses[name],) = re.findall(r"people reach \S+ at (\S+)", said)
            self.command("demo.stage", name, checkout=checkout)
        return said

    def command(
        self,
        module: str,
        name: str,
        *arguments: str,
        checkout: Path = ROOT,
        fails: bool = False,
        tell: Tell = lambda _: None,
    ) -> str:
        """An operator's command on a stage; answers what it said."""
        return self.done([sys.executable, "-m", module, "--stage", name, *arguments], checkout, fails=fails, tell=tell)

    def done(self, command: list[str], checkout: Path, *, fails: bool = False, tell: Tell = lambda _: None) -> str:
        """Runs a command in a checkout, in the account; answers what it said."""
        said = []
        with subprocess.Popen(  # noqa: S603
            command, cwd=checkout, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in running.stdout or ():
                said.append(line)
                tell(line)
        text = "".join(said)
        assert (running.returncode != 0) == fails, f"{' '.join(command[1:])}: exit status {running.returncode}\n{text}"
        return text

    def environment(self) -> Mapping[str, str]:
        """The surroundings, led to the account."""
        return {**os.environ, **self.here.environment}

    def checkout(self, name: str) -> Path:
        """Another checkout of this repository, as it lies here."""
        home = self.scratch / name
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
        for file in listed.stdout.splitlines():
            if (ROOT / file).is_file() and not file.startswith(SHARED):
                (home / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, home / file)
        for shared in SHARED:
            (home / shared).parent.mkdir(parents=True, exist_ok=True)
            (home / shared).symlink_to(ROOT / shared)
        return home

    def new_client(self, checkout: Path) -> None:
        """A client whose files have other names, as another build has."""
        dist = checkout / "web" / "dist"
        dist.unlink()
        shutil.copytree(ROOT / "web" / "dist", dist)
        index = dist / "index.html"
        (entry,) = re.findall(r'src="/assets/(index-[^"]+\.js)"', index.read_text())
        (dist / "assets" / entry).rename(dist / "assets" / f"next-{entry}")
        index.write_text(index.read_text().replace(entry, f"next-{entry}"))

    def town(self, name: str) -> Town:
        """Where a stage's people live."""
        return Town(self.addresses[name], self.here.emulator.endpoint_url)

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of the account."""
        return self.here.emulator.client(service, region)

    def code(self) -> dict[str, str]:
        """What each function of the lasting stage carries; the code of the pool's trigger stands in the template."""
        pages = self.client("lambda", LASTING.region).get_paginator("list_functions").paginate()
        return {
            f["FunctionName"]: f["CodeSha256"] for page in pages for f in page["Functions"] if f["Handler"] != INLINE
        }

    def live(self, function: str) -> dict[str, Any]:
        """The alias through which a function of the lasting stage is called."""
        name = f"{LASTING.prefix}-{function}"
        return dict(self.client("lambda", LASTING.region).get_alias(FunctionName=name, Name=LIVE))

    def shared(self, function: str, old: str) -> float:
        """Waits until another version than the old one has calls of a function; answers when that was."""
        while (alias := self.live(function)) and "RoutingConfig" not in alias and alias["FunctionVersion"] == old:
            time.sleep(0.3)
        return time.monotonic()

    def calls(self, function: str) -> Counter[str]:
        """How many calls each version of a function has answered."""
        found: Counter[str] = Counter()
        name = f"{LASTING.prefix}-{function}"
        for line in (self.here.emulator.workdir / COUNTED).read_text().splitlines():
            counted = json.loads(line)
            if counted[1] == "Invocations" and counted[2].get("Resource") == f"{name}:{LIVE}":
                found[counted[2]["ExecutedVersion"]] += sum(many for _, many in counted[4])
        return found

    def status(self, stack: str, region: str) -> str:
        """CloudFormation's word for how a stack is."""
        return str(self.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def say(self, text: str) -> None:
        """Shows progress, with the seconds since the beginning."""
        sys.stdout.write(f"{time.monotonic() - self.begun:6.1f} s  {text}\n")
        sys.stdout.flush()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A step of the drill, with its time."""
        self.say(what)
        start = time.monotonic()
        yield
        self.say(f"  took {time.monotonic() - start:.1f} s")


class Callers:
    """Some who ask a function again and again until the block ends, with nothing in it; what they were answered.

    A learner has a call for the beat's function every ten seconds or more: too few to see what a tenth of them does.
    """

    def __init__(self, learner: Client) -> None:
        self.answers: Counter[int] = Counter()
        self._learner, self._turn = learner, threading.Lock()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def failed(self) -> int:
        """How many answers were a failure of the server."""
        return sum(many for status, many in self.answers.items() if status >= httpx.codes.INTERNAL_SERVER_ERROR)

    def _call(self) -> None:
        while not self._ended.is_set():
            status = self._learner.post("/v1/playback/beats", {}).status
            with self._turn:
                self.answers[status] += 1
            time.sleep(0.05)


def once_shared(begin: Callable[[], None]) -> Tell:
    """Begins something when the deployment first says that new code has a part of the calls.

    What takes long before that, on a busy machine, must not let the lecture end before the new code comes.
    """
    begun: list[str] = []

    def tell(line: str) -> None:
        if SHARED_SAID in line and not begun:
            begun.append(line)
            begin()

    return tell


def watch(learner: Client, course: str) -> float:
    """Claims a course and watches it to its end, as a person does; answers when that was."""
    learner.post("/v1/orders/claims", {"course_id": course}).accepted()
    player = Player(learner, course)
    player.study(answers_of(course))
    player.start(patience_s=AWARD_WAIT_S)
    state = player.watch()
    assert state["completed"], state
    return time.monotonic()


def awarded(learner: Client, course: str) -> str:
    """The one award for the course, once it is there."""
    until = time.monotonic() + AWARD_WAIT_S
    while time.monotonic() < until:
        entries = learner.get("/v1/credits/timeline").accepted()["entries"]
        found = [entry for entry in entries if entry["kind"] == "award" and entry["course_id"] == course]
        if found:
            assert len(found) == 1, found
            return f"{found[0]['hours']} hours"
        time.sleep(0.5)
    raise AssertionError(f"no award for {course} after {AWARD_WAIT_S:.0f} s")


def asset_paths(address: str) -> list[str]:
    """What the client's first page asks for."""
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', httpx.get(address).text)


def main(kind: type[Drill] = Drill) -> int:
    """Runs a drill on an account of its own; answers the exit status."""
    with tempfile.TemporaryDirectory() as scratch, account(Path(scratch) / "account") as here:
        try:
            kind(here, Path(scratch)).run()
        except AssertionError as error:
            sys.stderr.write(f"NOT AS IT SHOULD BE: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
