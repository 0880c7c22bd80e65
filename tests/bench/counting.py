"""What each thing that a learner does asks of AWS: done on the running system, and counted.

Every function finds AWS through a door of its own (`wire.py`). What a request asks for itself and what its events cause
afterwards belong to one step; calls that functions make once in their lives (secrets, parameters) are left out by doing
everything once before it is counted.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from demo.client import Answer, Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from demo.player import answers_of
from local.assembly import of_type
from local.seed import DOMAIN, PASSWORD
from local.system import System
from tests.bench.wire import Wire

COUNTED = Path(__file__).with_name("counted.json")
SHORT, OTHER = "risk-level-talk", "bond-duration"
"""Courses of the demo: twenty seconds with two prompts, and one that is bought."""
SETTLE_S = 300.0
PAYING_S = 5.0
ONCE = {"secretsmanager", "ssm"}
"""APIs that functions ask once in their lives."""


@dataclass
class Step:
    """What one thing that is done asks for, in all: the request and what it causes.

    `requests` are those that go through the API, and `answered_bytes` their bodies; `calls` are invocations of
    functions, by name; `aws` are calls of other APIs, by name.
    """

    requests: int = 0
    answered_bytes: int = 0
    write_units: float = 0
    read_units: float = 0
    calls: Counter[str] = field(default_factory=Counter)
    aws: Counter[str] = field(default_factory=Counter)
    log_bytes: int = 0

    @staticmethod
    def mean(steps: "list[Step]") -> "Step":
        """The middle one by what it writes: what happens often differs by a unit now and then."""
        return sorted(steps, key=lambda step: step.write_units)[len(steps) // 2]


@dataclass
class Meter:
    """Watches the wire and the functions' logs."""

    system: System
    wire: Wire
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def scheduled(self) -> set[str]:
        """Functions that run at their hour whatever anybody does."""
        targets = [
            json.dumps(schedule["Properties"]["Target"])
            for stack in self.system.stacks
            for _, schedule in of_type(stack.template, "AWS::Scheduler::Schedule")
        ]
        return {
            function["Properties"]["FunctionName"]
            for stack in self.system.stacks
            for logical_id, function in of_type(stack.template, "AWS::Lambda::Function")
            if any(f'"{logical_id}"' in target for target in targets)
        }

    @contextmanager
    def step(self) -> Iterator[Step]:
        """What is asked for in the block, and by what it causes."""
        self.system.settle(SETTLE_S)
        self.wire.clear()
        self.answers.clear()
        before, found = self._logged(), Step()
        yield found
        self.system.settle(SETTLE_S)
        after = self._logged()
        found.requests = len(self.answers)
        found.answered_bytes = sum(len(json.dumps(answer.body, ensure_ascii=False).encode()) for answer in self.answers)
        for call in self.wire.calls:
            if call.caller in self.scheduled:
                continue
            found.write_units += call.write_units
            found.read_units += call.read_units
            api = call.operation.partition(".")[0].partition("_")[0]
            if not call.operation.startswith("DynamoDB") and api not in ONCE:
                found.aws[f"{api}.{call.name}"] += 1
        for name in after.keys() - self.scheduled:
            if grown := after[name][0] - before.get(name, (0, 0))[0]:
                found.calls[name] += grown
                found.log_bytes += after[name][1] - before.get(name, (0, 0))[1]

    def _logged(self) -> dict[str, tuple[int, int]]:
        """For each function: how often it was called, and how many bytes it logged itself."""
        logs = self.system.client("logs")
        found = {}
        for group in logs.describe_log_groups(logGroupNamePrefix="/xueshi/xueshi-")["logGroups"]:
            messages = [event["message"] for event in _events(logs, group["logGroupName"])]
            own = [text for text in messages if not text.startswith(("START ", "END ", "REPORT "))]
            starts = sum(text.startswith("START ") for text in messages)
            found[group["logGroupName"].rpartition("/")[2]] = (starts, sum(len(text.encode()) for text in own))
        return found


def _events(logs: Any, group: str) -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {"logGroupName": group, "limit": 10_000}
    while True:
        page = logs.filter_log_events(**asked)
        yield from page["events"]
        if "nextToken" not in page:
            return
        asked["nextToken"] = page["nextToken"]


def open_doors(system: System, wire: Wire) -> None:
    """Gives every function a door of its own to AWS; all start anew with it."""
    for stack in system.stacks:
        for _, properties in of_type(stack.template, "AWS::Lambda::Function"):
            name = properties["Properties"]["FunctionName"]
            system.set_variables(name, {"AWS_ENDPOINT_URL": wire.door(name)})


class Journey:
    """A learner who finds courses, gets them, watches one, and looks at their hours."""

    def __init__(self, system: System, wire: Wire) -> None:
        self._system = system
        self._counter = Meter(system, wire)
        self._public = Client(system.base_url)

    def steps(self) -> dict[str, Step]:
        """Every step, by its name; all of them once before, so that each function has answered."""
        self._walk()
        return self._walk()

    def _walk(self) -> dict[str, Step]:
        email = f"counted-{time.time_ns()}@{DOMAIN}"
        self._system.create_user(email, PASSWORD, [])
        self._learner = self._public.sign_in(email, PASSWORD)
        admin = self._public.sign_in(f"admin@{DOMAIN}", PASSWORD)
        grant_membership(admin, learner_id_of(self._learner))
        hold_certificates(admin, self._learner, ["AFP"])
        revision = self._learner.get("/v1/credits/profile").accepted()["revision"]
        self._learner.patch("/v1/credits/profile", {"revision": revision, "email": email}).accepted()
        found = {
            "search": self._counted(lambda: [self._get("/v1/catalog/search?q=风险", public=True)]),
            "course page": self._counted(self._course_page),
            "purchase": self._counted(self._purchase),
            "claim": self._counted(self._claim),
        }
        found |= self._watch()
        found["hours page"] = self._counted(self._hours_page)
        return found

    def _counted(self, do: Callable[[], object]) -> Step:
        with self._counter.step() as step:
            do()
        return step

    def _send(self, method: str, path: str, body: Any = None, *, public: bool = False) -> Any:
        client = self._public if public else self._learner
        if method == "GET":
            answer = client.get(path)
        else:
            answer = client.post(path, body) if method == "POST" else client.send(method, path)
        self._counter.answers.append(answer)
        return answer.accepted()

    def _get(self, path: str, *, public: bool = False) -> Any:
        return self._send("GET", path, public=public)

    def _course_page(self) -> None:
        """What the client's page asks for."""
        page = self._get(f"/v1/catalog/courses/{SHORT}", public=True)
        self._get(f"/v1/catalog/courses/{SHORT}/reviews", public=True)
        self._get(f"/v1/orders/courses/{SHORT}/state")
        self._get(f"/v1/playback/progress/{SHORT}")
        self._get(f"/v1/credits/courses/{SHORT}/advice?content_version={page['media']['content_version']}")

    def _hours_page(self) -> None:
        for path in ("account", "timeline", "notices/unread", "attestations"):
            self._get(f"/v1/credits/{path}")

    def _purchase(self) -> None:
        price = self._send("POST", "/v1/orders/quotes", {"course_ids": [OTHER]})["amount_fen"]
        order = self._send("POST", "/v1/orders/orders", {"course_ids": [OTHER], "expected_fen": price})
        path = f"/v1/orders/orders/{order['order_id']}/payments/wechat_native"
        payment = self._send("PUT", path)
        self._system.payments.act(payment["qr_content"].rsplit("/", 1)[-1], "pay")
        deadline = time.monotonic() + SETTLE_S
        # As the page does that waits for the payment; somebody who pays takes some seconds.
        time.sleep(PAYING_S)
        while self._get(f"/v1/orders/payments/{payment['number']}")["state"] != "paid":
            if time.monotonic() > deadline:
                raise TimeoutError("the sandbox's payment did not arrive")
            time.sleep(PAYING_S)

    def _claim(self) -> None:
        self._send("POST", "/v1/orders/claims", {"course_id": SHORT})

    def _watch(self) -> dict[str, Step]:
        """Twenty seconds in real time, each call by itself; answers each kind of call's step."""
        found: dict[str, list[Step]] = {}
        state: dict[str, Any] = {}

        def call(kind: str, path: str, body: dict[str, Any]) -> None:
            with self._counter.step() as step:
                state.update(self._send("POST", f"/v1/playback/{path}", body))
            found.setdefault(_kind(kind, state), []).append(step)

        call("start", "sessions", {"course_id": SHORT})
        found["media"] = [
            self._counted(lambda: self._send("POST", "/v1/playback/media-grants", {"token": state["token"]}))
        ]
        for position in (1, 2):
            call("beat", "beats", {"token": state["token"], "position_ms": position})
        right = answers_of(SHORT)
        while not state["completed"]:
            prompt = state["prompt"]
            if prompt:
                asked = prompt["question"]
                choice = asked["choices"].index(right[asked["text"]]) if asked else None
                body = {"token": state["token"], "nonce": prompt["nonce"]}
                call("confirm", "confirmations", body | ({} if choice is None else {"choice": choice}))
            else:
                time.sleep(state["next_beat_ms"] / 1000)
                call("beat", "beats", {"token": state["token"], "position_ms": state["duration_ms"]})
        return {kind: Step.mean(steps) for kind, steps in found.items()}


def _kind(kind: str, state: dict[str, Any]) -> str:
    if state["completed"]:
        return "completion"
    return "prompt" if kind == "beat" and state["prompt"] else kind


def written(steps: dict[str, Step]) -> str:
    """As `counted.json` has it."""
    return json.dumps({name: vars(step) for name, step in steps.items()}, indent=1, sort_keys=True) + "\n"
