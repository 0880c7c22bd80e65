"""Every rotation of docs/operations.md, on an account of its own: `python -m tests.drills.rotation`.

A stage is deployed with CDK's command line, and every key and secret is rotated by `ops.rotate`, with its real waits,
while learners register, watch, fetch files and are awarded hours: nobody may be refused anything. Deployed again,
nothing changes, and what was signed before, meanwhile and afterwards verifies.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from demo.client import Client
from demo.people import learner_id_of
from demo.player import Player, answers_of
from ops.rotate import ROTATIONS
from tests.drills.deployment import AWARD_WAIT_S, LASTING, LONG, WATCHERS, Drill, awarded, main
from tests.flows.world import eventually
from xueshi_verify.signatures import read_keys, read_signed, signature_problems

UNCHANGED = 9
"""Stacks of a stage."""
SPARE = timedelta(seconds=3)
"""A cookie that is nearly over may be over when it arrives."""
GRANT_EVERY_S = 20.0
LOOK_EVERY_S = 0.5
POLICY = "policy.txt"
LOOKED_AT = ("/v1/catalog/enquiries", "/v1/orders/cart", "/v1/playback/jwks", "/v1/credits/account")


@dataclass
class Audience:
    """Learners who go on, whatever operators do. What they were refused stands in `refused`."""

    join: Callable[[str], Client]
    watched: list[tuple[Client, str]] = field(default_factory=list)
    """Who watched to the end, with the watch's id."""
    kinds: Counter[str] = field(default_factory=Counter)
    """How many requests there were, by what for."""
    refused: list[str] = field(default_factory=list)
    _cookies: list[tuple[datetime, str, str]] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_it(self) -> Iterator[None]:
        """While the block runs; then each ends what he is at."""
        self._ending.clear()
        first = self._newcomer()
        with ThreadPoolExecutor(WATCHERS + 2) as pool:
            all_ = [pool.submit(self._watch_on) for _ in range(WATCHERS)]
            all_ += [pool.submit(self._look_on, first), pool.submit(self._fetch_on, first)]
            try:
                yield
            finally:
                self._ending.set()
                _raise_first(all_)

    def _watch_on(self) -> None:
        while not self._ending.is_set():
            learner = self._newcomer()
            learner.post("/v1/orders/claims", {"course_id": LONG}).accepted()
            player = Player(learner, LONG)
            player.study(answers_of(LONG))
            url = str(player.start(patience_s=AWARD_WAIT_S)["media_url"])
            granted = 0.0

            def open_files(state: dict[str, Any], learner: Client = learner, url: str = url) -> bool:
                nonlocal granted
                if time.monotonic() - granted > GRANT_EVERY_S:
                    self._open(learner, state["token"], url)
                    granted = time.monotonic()
                return False

            state = player.watch(until=open_files)
            awarded(learner, LONG)
            self.watched.append((learner, state["watch_id"]))
            self.kinds["hours awarded"] += 1

    def _newcomer(self) -> Client:
        return self.join(f"learner-{uuid4().hex[:12]}@example.com")

    def _open(self, learner: Client, token: str, url: str) -> None:
        answer = learner.post("/v1/playback/media-grants", {"token": token})
        if not answer.ok:
            # The watch may have ended with the beat before.
            return
        assert isinstance(answer.headers, httpx.Headers)
        cookies = "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))
        self._cookies.append((datetime.fromisoformat(answer.body["expires_at"]) - SPARE, url, cookies))

    def _look_on(self, learner: Client) -> None:
        """All services."""
        while not self._ending.wait(LOOK_EVERY_S):
            for path in LOOKED_AT:
                self._note("reads", path, learner.get(path).status)

    def _fetch_on(self, learner: Client) -> None:
        """Files, with every cookie that is not over yet, whatever has become of its watch."""
        while not self._ending.wait(LOOK_EVERY_S):
            now = datetime.now(UTC)
            self._cookies = [each for each in self._cookies if each[0] > now]
            for _until, url, cookies in self._cookies[:: max(1, len(self._cookies) // 8)]:
                self._note("files", url, learner.as_(None).send("GET", url, headers={"cookie": cookies}).status)

    def _note(self, kind: str, path: str, status: int) -> None:
        self.kinds[kind] += 1
        if status != httpx.codes.OK:
            self.refused.append(f"{datetime.now(UTC):%H:%M:%S} {path}: {status}")


def _raise_first(all_: list[Future[None]]) -> None:
    for each in all_:
        each.result()


class RotationDrill(Drill):
    """One run."""

    def run(self) -> None:
        """All of it, in this order. Raises AssertionError at the first thing that is not as it should be."""
        with self.step(f"{LASTING.name} is deployed, with a course"):
            self.deploy(LASTING.name)
            self.name_log()
            admin = self.first_hour()
        audience = Audience(lambda email: self.learner(admin, email))
        with self.step("every key and secret is rotated while learners watch"), audience.at_it():
            self.command("ops.rotate", LASTING.name, *ROTATIONS, tell=lambda line: self.say(f"  {line.strip()}"))
        self.say(f"  {', '.join(f'{number} {kind}' for kind, number in audience.kinds.items())}")
        assert not audience.refused, audience.refused[:5]
        assert audience.watched, "nobody watched through it"
        with self.step("deployed again: nothing changes, and nobody notices"), audience.at_it():
            said = self.deploy(LASTING.name)
            assert said.count("(no changes)") == UNCHANGED, said
        assert not audience.refused, audience.refused[:5]
        with self.step("what was signed before, meanwhile and afterwards verifies"):
            self.verify(audience)
        self.say(f"all of it: {time.monotonic() - self.begun:.0f} s")

    def name_log(self) -> None:
        """Until the log has a name, nothing is logged."""
        witnesses = self.scratch / "witnesses.txt"
        witnesses.write_text("quorum none\n")
        named = self.command("ops.log_policy", LASTING.name, "--origin", "drill.example/log", str(witnesses))
        (self.scratch / POLICY).write_text(named)

    def verify(self, audience: Audience) -> None:
        """Evidence by the keys that are published now; watches and ledgers by the operators' commands."""
        keys = read_keys(json.dumps(audience.watched[0][0].get("/v1/playback/jwks").accepted()).encode())
        signed_by: Counter[str] = Counter()
        for learner, watch_id in audience.watched:
            pack = read_signed(eventually(partial(evidence, learner, watch_id)))
            assert not signature_problems(pack, keys), watch_id
            signed_by[pack.key_id] += 1
        assert len(signed_by) > 1, f"all packs are of one key: {signed_by}"
        self.say(f"  evidence by {len(signed_by)} keys: {', '.join(map(str, signed_by.values()))} packs")
        policy = self.scratch / POLICY
        learners = {learner_id_of(learner) for learner, _ in audience.watched}
        self.chains("playback", policy, *(part for learner in learners for part in ("--learner", learner)))
        self.chains("credits", policy, "--log", self.addresses[LASTING.name], "--all")

    def chains(self, service: str, policy: Path, *options: str) -> None:
        """Verifies a service's chains with the access and the settings of its check, and says what came of it."""
        configured = self.client("lambda", LASTING.region).get_function_configuration
        settings = configured(FunctionName=f"{LASTING.prefix}-{service}-check")["Environment"]["Variables"]
        names = {name: value for name, value in settings.items() if name.endswith(("_NAME", "_ID"))}
        command = [sys.executable, "-m", f"services.{service}.cli.verify_chain", "--policy", str(policy), *options]
        region = {"AWS_REGION": LASTING.region, "AWS_DEFAULT_REGION": LASTING.region}
        surroundings = {**self.environment(), **region, **names}
        # It is CDK's, whose host has a name: Python's client would put the bucket's before it.
        del surroundings["AWS_ENDPOINT_URL_S3"]
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stdout + done.stderr
        self.say(f"  {service}: {done.stdout.strip().splitlines()[-1]}")


def evidence(learner: Client, watch_id: str) -> Any:
    """The pack, once it is there."""
    answer = learner.get(f"/v1/playback/watches/{watch_id}/evidence")
    return answer.ok and answer.body


if __name__ == "__main__":
    sys.exit(main(RotationDrill))
