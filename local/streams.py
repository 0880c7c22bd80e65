"""Drives DynamoDB stream event source mappings as Lambda does: in order, with retries, bisection and a failure queue.

The emulator's own mappings ignore partial failures, retry limits and failure destinations and lose records, so they are
not deployed; this poller reads the same settings from the template. One thread per mapping. The emulator's streams have
a single shard.
"""

import base64
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

logger = logging.getLogger(__name__)

Record = dict[str, Any]

IDLE_S = 0.03
MAX_IDLE_S = 0.5
PATIENCE_GROWS = 1.5
"""How long to wait before looking at an empty stream again: longer the longer it has been empty."""
BACKOFF_S = 0.2
MAX_BACKOFF_S = 1.0


@dataclass(frozen=True)
class MappingSettings:
    """A stream mapping's settings, as Lambda names and defaults them. Durations in seconds."""

    stack: str
    function: str
    stream_arn: str
    on_failure_arn: str | None
    from_oldest: bool
    batch_size: int
    max_retries: int | None
    max_age_s: int | None
    bisect: bool
    partial: bool
    filters: tuple[dict[str, Any], ...]

    @classmethod
    def from_template(cls, stack: str, properties: dict[str, Any], names: dict[str, str]) -> "MappingSettings":
        """Settings from the resource's properties; `names` are its function, stream and failure queue, resolved."""
        return cls(
            stack=stack,
            function=names["Function"],
            stream_arn=names["Stream"],
            on_failure_arn=names.get("OnFailure"),
            from_oldest=properties["StartingPosition"] == "TRIM_HORIZON",
            batch_size=int(properties.get("BatchSize", 100)),
            max_retries=_limit(properties.get("MaximumRetryAttempts")),
            max_age_s=_limit(properties.get("MaximumRecordAgeInSeconds")),
            bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
            partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            filters=tuple(json.loads(f["Pattern"]) for f in properties.get("FilterCriteria", {}).get("Filters", [])),
        )


class StreamSource(Protocol):
    """Where records come from."""

    def read(self, limit: int) -> list[Record]:
        """The next records in order, or none; moves on."""


@dataclass(frozen=True)
class Outcome:
    """What an invocation answered: an error text, or the payload."""

    error: str | None
    payload: Any = None


Invoker = Callable[[dict[str, Any]], Outcome]
"""Makes one invocation with a stream event. Raises if the function could not be reached at all."""
FailureQueue = Callable[[dict[str, Any]], None]
"""Sends one message: a pointer to given-up records."""


class BatchDelivery:
    """Delivers one batch after another, as the mapping's settings say."""

    def __init__(
        self, settings: MappingSettings, invoke: Invoker, give_up: FailureQueue, stopping: threading.Event
    ) -> None:
        self._settings = settings
        self._invoke = invoke
        self._give_up = give_up
        self._stopping = stopping

    def deliver(self, records: Sequence[Record]) -> bool:
        """Delivers in order until each record succeeded or was given up.

        Answers False if it was stopped before that.
        """
        work: deque[tuple[list[Record], int]] = deque([(list(records), 0)])
        while work:
            if self._stopping.is_set():
                return False
            batch, failures = work.popleft()
            outcome = self._call(batch)
            if outcome is None:
                work.appendleft((batch, failures))
                self._pause(failures)
                continue
            failed = self._first_failed(batch, outcome)
            if failed is None:
                continue
            work.extendleft(reversed(self._again(batch[failed:], failures, moved=failed > 0)))
        return True

    def _call(self, batch: list[Record]) -> Outcome | None:
        try:
            return self._invoke({"Records": batch})
        except Exception:
            # The function was not reached, which is nobody's failed attempt: as when Lambda itself is unavailable.
            logger.exception("%s could not be called", self._settings.function)
            return None

    def _first_failed(self, batch: list[Record], outcome: Outcome) -> int | None:
        """Index of the first record to deliver again; None if all are done."""
        if outcome.error is not None:
            return 0
        if not self._settings.partial or not outcome.payload:
            return None
        failures = outcome.payload.get("batchItemFailures") or []
        places = {record["dynamodb"]["SequenceNumber"]: index for index, record in enumerate(batch)}
        # As in Lambda: an identifier that names no record fails the whole batch.
        return min((places.get(failure.get("itemIdentifier"), 0) for failure in failures), default=None)

    def _again(self, batch: list[Record], failures: int, *, moved: bool) -> list[tuple[list[Record], int]]:
        if self._too_old(batch[0]):
            self._send_pointer(batch, failures + 1, "RecordAgeExceeded")
            return []
        if self._settings.bisect and len(batch) > 1:
            half = len(batch) // 2
            return [(batch[:half], failures), (batch[half:], failures)]
        if moved:
            return [(batch, failures)]
        if self._settings.max_retries is not None and failures >= self._settings.max_retries:
            self._send_pointer(batch, failures + 1, "RetryAttemptsExhausted")
            return []
        self._pause(failures)
        return [(batch, failures + 1)]

    def _too_old(self, record: Record) -> bool:
        limit = self._settings.max_age_s
        return limit is not None and time.time() - _arrival(record) > limit

    def _pause(self, failures: int) -> None:
        self._stopping.wait(min(BACKOFF_S * 2**failures, MAX_BACKOFF_S))

    def _send_pointer(self, batch: list[Record], attempts: int, condition: str) -> None:
        """Lambda's message: where the records are, not what they hold."""
        logger.warning("%s gave up %d records: %s", self._settings.function, len(batch), condition)
        now = datetime.now(UTC).isoformat()
        self._give_up(
            {
                "requestContext": {
                    "functionArn": self._settings.function,
                    "condition": condition,
                    "approximateInvokeCount": attempts,
                },
                "version": "1.0",
                "timestamp": now,
                "DDBStreamBatchInfo": {
                    "shardId": "shardId-0",
                    "startSequenceNumber": batch[0]["dynamodb"]["SequenceNumber"],
                    "endSequenceNumber": batch[-1]["dynamodb"]["SequenceNumber"],
                    "approximateArrivalOfFirstRecord": _instant(batch[0]),
                    "approximateArrivalOfLastRecord": _instant(batch[-1]),
                    "batchSize": len(batch),
                    "streamArn": self._settings.stream_arn,
                },
            }
        )


class StreamMapping:
    """One mapping, driven by one thread. Tests pause and resume it."""

    def __init__(self, settings: MappingSettings, source: StreamSource, invoke: Invoker, give_up: FailureQueue) -> None:
        self.settings = settings
        self._source = source
        self._stopping = threading.Event()
        self._delivery = BatchDelivery(settings, invoke, give_up, self._stopping)
        self._running = threading.Event()
        self._running.set()
        self._awake = threading.Event()
        self._turn = threading.Lock()
        self._quiet_since = 0.0
        self._pending: list[Record] = []
        self._thread = threading.Thread(target=self._run, name=f"stream {settings.function}", daemon=True)

    def start(self) -> None:
        """Begins to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the call it is in."""
        self._stopping.set()
        self._awake.set()
        self._running.set()
        self._thread.join()

    def pause(self) -> None:
        """Stops delivering; returns once no batch is under way."""
        self._running.clear()
        with self._turn:
            return

    def resume(self) -> None:
        """Goes on where it stopped."""
        self._running.set()

    @property
    def paused(self) -> bool:
        """Whether it waits for `resume`."""
        return not self._running.is_set()

    def wake(self) -> None:
        """Looks at the stream at once, for whom waiting until it would do so by itself is too long."""
        self._awake.set()

    def idle_at(self) -> float:
        """Monotonic time of the last look that found the stream read to its end; 0 while there is work."""
        return self._quiet_since

    def _run(self) -> None:
        idle_s = IDLE_S
        while not self._stopping.is_set():
            self._running.wait()
            with self._turn:
                worked = self._running.is_set() and self._one_batch()
            idle_s = IDLE_S if worked else min(idle_s * PATIENCE_GROWS, MAX_IDLE_S)
            if not worked and self._awake.wait(idle_s):
                self._awake.clear()
                idle_s = IDLE_S

    def _one_batch(self) -> bool:
        """Delivers the batch under way or the next one; False if there is nothing to do yet."""
        try:
            if not self._pending:
                self._pending = self._source.read(self.settings.batch_size)
            self._quiet_since = 0.0 if self._pending else time.monotonic()
            wanted = [record for record in self._pending if passes(record, self.settings.filters)]
            if wanted and not self._delivery.deliver(wanted):
                return False
        except Exception:
            # The batch stays pending, so nothing is lost: it is delivered again.
            logger.exception("The stream of %s could not be read or delivered", self.settings.function)
            self._stopping.wait(BACKOFF_S)
            return False
        worked = bool(self._pending)
        self._pending = []
        return worked


class DynamoStream:
    """A table's stream, read from a starting position on."""

    def __init__(self, client: Any, stream_arn: str, *, from_oldest: bool) -> None:
        self._client = client
        self._arn = stream_arn
        shard = client.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"][0]["ShardId"]
        self._shard = shard
        self._iterator: str | None = self._open("TRIM_HORIZON" if from_oldest else "LATEST")
        self._last: str | None = None

    def read(self, limit: int) -> list[Record]:
        """The next records as Lambda shows them to a function; none once the table is gone."""
        if self._iterator is None:
            return []
        try:
            answer = self._client.get_records(ShardIterator=self._iterator, Limit=limit)
        except self._client.exceptions.ExpiredIteratorException:
            self._iterator = self._open("AFTER_SEQUENCE_NUMBER" if self._last else "TRIM_HORIZON")
            return []
        self._iterator = answer.get("NextShardIterator")
        records = [_lambda_record(record, self._arn) for record in answer["Records"]]
        if records:
            self._last = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _open(self, kind: str) -> str:
        after = {"SequenceNumber": self._last} if kind == "AFTER_SEQUENCE_NUMBER" else {}
        iterator: str = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=self._shard, ShardIteratorType=kind, **after
        )["ShardIterator"]
        return iterator


def passes(record: Record, filters: Sequence[dict[str, Any]]) -> bool:
    """Whether a record passes the mapping's filters: any of them, each a pattern of exact values.

    Raises:
        ValueError: a pattern uses an operator this poller does not know.
    """
    return not filters or any(_matches(record, pattern) for pattern in filters)


def _matches(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(_matches(value.get(key), part) for key, part in pattern.items())
    if any(isinstance(choice, dict | list) for choice in pattern):
        raise ValueError(f"The local runtime knows exact values in stream filters only, not {pattern}")
    return value in pattern


def _lambda_record(record: Record, stream_arn: str) -> Record:
    change = dict(record["dynamodb"])
    created = change["ApproximateCreationDateTime"]
    change["ApproximateCreationDateTime"] = created.timestamp() if isinstance(created, datetime) else created
    return {**record, "dynamodb": change, "eventSourceARN": stream_arn}


def _arrival(record: Record) -> float:
    return float(record["dynamodb"].get("ApproximateCreationDateTime", time.time()))


def _instant(record: Record) -> str:
    return datetime.fromtimestamp(_arrival(record), UTC).isoformat()


def _limit(value: Any) -> int | None:
    """Lambda writes "no limit" as -1 or nothing."""
    return None if value is None or int(value) < 0 else int(value)


def function_invoker(client: Any, function: str) -> Invoker:
    """Calls a function synchronously through Lambda's API."""

    def invoke(payload: dict[str, Any]) -> Outcome:
        body = json.dumps(payload, default=_base64)
        answer = client.invoke(FunctionName=function, Payload=body.encode())
        text = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            return Outcome(error=text)
        return Outcome(error=None, payload=json.loads(text) if text else None)

    return invoke


def queue_sender(client: Any, queue_arn: str | None) -> FailureQueue:
    """Sends to the failure queue; without one the records are dropped, as Lambda does."""
    if queue_arn is None:
        return lambda message: logger.error("Dropped for want of a failure destination: %s", message)
    url = client.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[-1])["QueueUrl"]

    def send(message: dict[str, Any]) -> None:
        client.send_message(QueueUrl=url, MessageBody=json.dumps(message))

    return send


def _base64(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no JSON form in a stream event")
