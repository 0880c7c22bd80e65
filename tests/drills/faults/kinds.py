"""The faults that strike on a function's way to AWS."""

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.system import System
from tests.bench.wire import Answer, Call, Pass

WRITES = {"DeleteItem", "PutEvents", "PutItem", "TransactWriteItems", "UpdateItem", "PUT"}
"""What changes something: of S3, the method."""
THROTTLED = {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
BUS = "PutEvents"


class Struck(Protocol):
    """A fault that counts."""

    injected: int
    """How often it struck."""

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """What the caller is told."""


@dataclass
class Killed:
    """A function's processes die right after one of its writes, so before the next: AWS has it, nobody hears so."""

    system: System
    every: int = 5
    """Of a function's writes, which one is its last."""
    of_beats: int = 25
    """The same of the function that answers beats, which writes hundreds of times."""
    injected: int = 0
    _writes: Counter[str] = field(default_factory=Counter)

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """Lets the call through; a fatal one's function never hears the answer."""
        answer = let_through(call.sent)
        if call.name in WRITES:
            self._writes[call.caller] += 1
            every = self.of_beats if call.caller.endswith("-beat") else self.every
            if self._writes[call.caller] % every == 0:
                self.injected += self.system.kill(call.caller)
        return answer


@dataclass
class Throttled:
    """DynamoDB refuses one call in ten, as a table or partition that is asked too much does."""

    every: int = 10
    injected: int = 0
    _calls: int = 0

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """Refuses without a write; a transaction in either of the two ways that DynamoDB has."""
        if call.name not in THROTTLED:
            return let_through(call.sent)
        self._calls += 1
        if self._calls % self.every:
            return let_through(call.sent)
        self.injected += 1
        if call.name == "TransactWriteItems" and self.injected % 2:
            count = len(call.content["TransactItems"])
            reasons = [{"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity."}]
            reasons += [{"Code": "None"}] * (count - 1)
            codes = ", ".join(reason["Code"] for reason in reasons)
            said = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            return _refused("TransactionCanceledException", said, Message=said, CancellationReasons=reasons)
        return _refused("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded.")


@dataclass
class HalfRefused:
    """The bus refuses half of each batch, and of single events every other one."""

    injected: int = 0

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """Passes the other half on, and tells each entry's result in its place."""
        if call.name != BUS:
            return let_through(call.sent)
        entries = call.content["Entries"]
        refused = {place for place in range(len(entries)) if (place + self.injected) % 2 == 0}
        self.injected += len(refused) or 1
        passed = [entry for place, entry in enumerate(entries) if place not in refused]
        answer = let_through(json.dumps({"Entries": passed}).encode()) if passed else _accepted([])
        results = iter(json.loads(answer.body)["Entries"])
        error = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}
        told = [error if place in refused else next(results) for place in range(len(entries))]
        return _accepted(told)


@dataclass
class Shuffled:
    """The bus takes every event and delivers it once to three times, some at once and some late, in any order."""

    late_s: float
    """How late, seconds on this machine's clock."""
    injected: int = 0
    _under_way: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _dice: random.Random = field(default_factory=lambda: random.Random(15))  # noqa: S311 (no secret)

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """Answers at once that all is accepted."""
        if call.name != BUS:
            return let_through(call.sent)
        entries = call.content["Entries"]
        for entry in entries:
            copies = self._dice.choice((1, 2, 2, 3))
            self.injected += copies - 1
            for _ in range(copies):
                self._later(self._dice.choice((0.0, self._dice.uniform(0, self.late_s))), entry, let_through)
        return _accepted([{"EventId": str(place)} for place in range(len(entries))])

    @property
    def quiet(self) -> bool:
        """Whether nothing is held back any more."""
        with self._lock:
            return self._under_way == 0

    def _later(self, delay_s: float, entry: dict[str, Any], let_through: Pass) -> None:
        def deliver() -> None:
            try:
                let_through(json.dumps({"Entries": [entry]}).encode())
            finally:
                with self._lock:
                    self._under_way -= 1

        with self._lock:
            self._under_way += 1
        timer = threading.Timer(delay_s, deliver)
        timer.daemon = True
        timer.start()


def _refused(code: str, message: str, **more: Any) -> Answer:
    """What DynamoDB says when it refuses."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **more}
    return Answer(400, [("content-type", "application/x-amz-json-1.0")], json.dumps(body).encode())


def _accepted(results: list[dict[str, Any]]) -> Answer:
    failed = sum("ErrorCode" in result for result in results)
    body = json.dumps({"FailedEntryCount": failed, "Entries": results}).encode()
    return Answer(200, [("content-type", "application/x-amz-json-1.1")], body)
