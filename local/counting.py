"""What AWS's CloudWatch would know of the emulator, which tells almost none of it: for `/_local/dashboards`.

Counted are calls of functions, with the values that they tell in the embedded metric format; requests to the APIs;
calls of DynamoDB; and what waits in queues. It runs within the emulator (local/launcher.py), whose interpreter knows
nothing of this repository. Every few seconds it writes what came in, as one line of JSON for each metric: its
namespace, name and dimensions, the time, and how often there was which value. Errors in functions' logs are lines too.
"""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

EVERY_S = 5.0
QUEUES_EVERY_S = 15.0
ERRORS = {"ERROR", "CRITICAL"}
"""Levels of log lines that are kept word for word."""
UNITS = {"GetItem": "Read", "Query": "Read", "BatchGetItem": "Read", "TransactGetItems": "Read", "Scan": "Read"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}

Key = tuple[str, str, tuple[tuple[str, str], ...]]
Values = Counter[float]


class Counts:
    """What came in since it was last written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._turn = threading.Lock()
        self._new: dict[tuple[Key, int], Values] = {}
        self._errors: list[list[Any]] = []
        self._busy: dict[str, deque[tuple[float, float]]] = {}

    def add(self, namespace: str, name: str, dimensions: dict[str, str], value: float, at: float | None = None) -> None:
        """One value, of now unless told otherwise."""
        second = int(at if at is not None else time.time())
        key = namespace, name, tuple(sorted(dimensions.items()))
        with self._turn:
            self._new.setdefault((key, second - second % int(EVERY_S)), Counter())[value] += 1

    def write(self) -> None:
        """Appends what came in to the file."""
        with self._turn:
            new, self._new = self._new, {}
            errors, self._errors = self._errors, []
        lines = [*map(json.dumps, errors)] + [
            json.dumps([namespace, name, dict(dimensions), at, list(values.items())])
            for ((namespace, name, dimensions), at), values in new.items()
        ]
        if lines:
            with self.file.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))

    def call(self, config: dict[str, Any], begun: float, result: dict[str, Any], event: Any) -> None:
        """A call of a function has ended. One that came through an alias counts for the version that it got, too."""
        function = config["FunctionName"]
        ended = time.time()
        failed = bool(result.get("error"))
        told = {"Invocations": 1.0, "Errors": float(failed), "Throttles": float(bool(result.get("throttle")))}
        told |= {"Duration": round(1000 * (ended - begun), 1)}
        told |= {"ConcurrentExecutions": self._at_once(function, begun, ended)}
        told |= dict(_iterator_age(event, ended))
        for about in ({"FunctionName": function}, *_version_called(config)):
            for name, value in told.items():
                self.add("AWS/Lambda", name, about, value)
        for line in str(result.get("log") or "").splitlines():
            if line.startswith("{"):
                # A function may print what only looks like one.
                with suppress(ValueError, KeyError, TypeError):
                    self._line(function, ended, json.loads(line))

    def _line(self, function: str, at: float, told: dict[str, Any]) -> None:
        if "_aws" in told:
            self._emitted(told)
        elif told.get("level") in ERRORS:
            with self._turn:
                self._errors.append(["error", at, function, told])

    def _emitted(self, told: dict[str, Any]) -> None:
        for described in told["_aws"]["CloudWatchMetrics"]:
            for names in described["Dimensions"]:
                dimensions = {name: str(told[name]) for name in names}
                for metric in described["Metrics"]:
                    at = told["_aws"]["Timestamp"] / 1000
                    self.add(described["Namespace"], metric["Name"], dimensions, float(told[metric["Name"]]), at)

    def _at_once(self, function: str, begun: float, ended: float) -> float:
        """How many calls of the function ran at some time of this one, of those that have ended."""
        with self._turn:
            others = self._busy.setdefault(function, deque(maxlen=256))
            together = 1 + sum(end > begun for _, end in others)
            others.append((begun, ended))
        return float(together)

    def request(self, api: str, status: int, seconds: float) -> None:
        """An API has answered."""
        about = {"ApiId": api}
        self.add("AWS/ApiGateway", "Count", about, 1)
        self.add("AWS/ApiGateway", "4xx", about, float(400 <= status < 500))
        self.add("AWS/ApiGateway", "5xx", about, float(status >= 500))
        self.add("AWS/ApiGateway", "Latency", about, round(1000 * seconds, 1))

    def table_call(self, operation: str, data: dict[str, Any], status: int, seconds: float) -> None:
        """DynamoDB has answered. A unit is counted for each item, as most are small; two in a transaction."""
        for table, items in _tables(data).items():
            about = {"TableName": table, "Operation": operation}
            if status < 400:
                self.add("AWS/DynamoDB", "SuccessfulRequestLatency", about, round(1000 * seconds, 1))
            self.add("AWS/DynamoDB", "SystemErrors", about, float(status >= 500))
            self.add("AWS/DynamoDB", "ThrottledRequests", about, 0.0)
            kind = "Write" if operation in WRITES else UNITS.get(operation)
            if kind:
                units = items * (2.0 if operation.startswith("Transact") else 1.0)
                self.add("AWS/DynamoDB", f"Consumed{kind}CapacityUnits", {"TableName": table}, units)

    def waiting(self, queue: str, sent: list[float]) -> None:
        """Messages that wait in a queue, by when they were sent."""
        about = {"QueueName": queue}
        self.add("AWS/SQS", "ApproximateNumberOfMessagesVisible", about, float(len(sent)))
        age = max(0.0, time.time() - min(sent)) if sent else 0.0
        self.add("AWS/SQS", "ApproximateAgeOfOldestMessage", about, round(age))


def _version_called(config: dict[str, Any]) -> Iterator[dict[str, str]]:
    function, _, alias = config["FunctionArn"].partition(":function:")[2].partition(":")
    if alias:
        yield {"FunctionName": function, "Resource": f"{function}:{alias}", "ExecutedVersion": config["Version"]}


def _iterator_age(event: Any, now: float) -> Iterator[tuple[str, float]]:
    records = event.get("Records", []) if isinstance(event, dict) else []
    for record in records[:1]:
        # Operators call relays, too, with records that came by no stream.
        created = record.get("dynamodb", {}).get("ApproximateCreationDateTime")
        if created is not None:
            yield "IteratorAge", max(0.0, round(1000 * (now - float(created))))


def _tables(data: dict[str, Any]) -> Counter[str]:
    """How many items of which table a call is about."""
    found: Counter[str] = Counter()
    if "TableName" in data:
        found[data["TableName"]] += 1
    for table, asked in (data.get("RequestItems") or {}).items():
        found[table] += len(asked.get("Keys", ())) if isinstance(asked, dict) else len(asked)
    for item in data.get("TransactItems") or ():
        for part in item.values():
            found[part["TableName"]] += 1
    return found


def count_in(counts: Counts, lambda_svc: Any, apigateway: Any, dynamodb: Any, sqs: Any) -> None:
    """Counts what goes through these services of the emulator, from now on."""
    execute, answer, ask = lambda_svc._execute_function_warm, apigateway.handle_execute, dynamodb.handle_request  # noqa: SLF001

    def executed(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        begun = time.time()
        result: dict[str, Any] = execute(func, event, request_id)
        counts.call(func.get("config") or func, begun, result, event)
        return result

    async def answered(api_id: str, *args: Any, **named: Any) -> tuple[Any, ...]:
        begun = time.monotonic()
        told: tuple[Any, ...] = await answer(api_id, *args, **named)
        counts.request(api_id, int(told[0]), time.monotonic() - begun)
        return told

    lambda_svc._execute_function_warm = executed  # noqa: SLF001
    apigateway.handle_execute = answered
    dynamodb.handle_request = _counted_tables(counts, ask)
    threading.Thread(target=_keep_counting, args=(counts, sqs), name="counting", daemon=True).start()


def _counted_tables(counts: Counts, ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def asked(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        begun = time.monotonic()
        told = await ask(method, path, headers, body, query)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in WRITES or operation in UNITS:
            with suppress(ValueError):
                counts.table_call(operation, json.loads(body), int(told[0]), time.monotonic() - begun)
        return told

    return asked


def _keep_counting(counts: Counts, sqs: Any) -> None:
    looked = 0.0
    while True:
        time.sleep(EVERY_S)
        if time.monotonic() - looked >= QUEUES_EVERY_S:
            looked = time.monotonic()
            for _, queue in sqs._queues.all_items():  # noqa: SLF001
                counts.waiting(queue["name"], [message["sent_at"] for message in list(queue["messages"])])
        counts.write()
