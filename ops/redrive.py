"""Delivers again what was dead-lettered: `python -m ops.redrive [queue ...]`.

Three queues per service hold what could not be delivered. What is found there is handled as follows, and each message
leaves its dead-letter queue only after that:
- `events-dlq` (the consumer failed): moved back to the consumer's queue.
- `undelivered-dlq` (the bus could not reach the consumer's queue): moved to that queue.
- `relay-dlq` (the outbox could not be published): such a message only points at stream records, which are gone after a
  day. The outbox's own items of that time are read instead and given to the relay.
Of a function that is called on a schedule, a call that failed waits in its own queue: it is called again.
Consumers take an event's effect once, so delivering one too many does no harm.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import boto3

SERVICES = ("catalog", "orders", "playback", "credits")
RECEIVE_S = 60
"""How long a received message stays invisible while it is handled, in seconds."""
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=2)
"""How far an outbox item's own time may lie from its stream record's: a function runs that long at most."""
RELAY_BATCH = 10
_CONSUMERS = ("archive", "erasure", "export", "mail", "notices", "reconcile", "settle")
"""Functions with queues of their own: playback's archive; credits' erasure, mail, notices; orders' export, settling."""
_PLAIN = ("undelivered", "events")
SCHEDULED = ("check", "daily", "index", "log", "remind", "seal", "sweep")
"""Functions that are called on a schedule, of every service. Each call does all that is due by then."""
KINDS = ("relay", *_PLAIN, *(f"{consumer}-{kind}" for consumer in _CONSUMERS for kind in _PLAIN), *SCHEDULED)
"""What dead-letter queues are called behind the service's name."""
LOCAL_REGION = "us-east-1"
LOCAL_ENDPOINT = Path(__file__).resolve().parent.parent / "build" / "local" / "endpoint-8080.env"

Message = dict[str, Any]


Clients = Callable[[str], Any]
"""Makes a boto3 client of one AWS service."""
Deliver = Callable[[Message], bool]
"""Delivers one dead-lettered message; answers whether it was delivered."""


class RedriveError(Exception):
    """What stands in the way, in one sentence."""


@dataclass(frozen=True)
class Outcome:
    """What became of one dead-letter queue's messages."""

    queue: str
    delivered: int
    kept: int


class Redrive:
    """The dead-letter queues of one service."""

    def __init__(self, clients: Clients, service: str) -> None:
        self._sqs = clients("sqs")
        self._lambda = clients("lambda")
        self._dynamodb = clients("dynamodb")
        self._service = service
        self._prefix = f"xueshi-{service}"

    def queues(self) -> list[str]:
        """Names of the service's dead-letter queues; a service that consumes nothing has only the relay's."""
        names = [f"{self._prefix}-{kind}-dlq" for kind in KINDS]
        found = [name for name in names if self._url(name) is not None]
        if not found:
            raise RedriveError(f"{self._service} is not deployed in this account and region.")
        return found

    def run(self, queue: str) -> Outcome:
        """Goes through a queue once: what comes back during the run waits for the next one."""
        if queue.endswith("-relay-dlq"):
            return self._queue(queue, self._publish_again)
        if queue.removesuffix("-dlq").removeprefix(f"{self._prefix}-") in SCHEDULED:
            return self._queue(queue, partial(self._call, queue.removesuffix("-dlq")))
        target = queue.removesuffix("-dlq").replace("-undelivered", "-events")
        return self._queue(queue, partial(self._move, target))

    def waiting(self, queue: str) -> Outcome:
        """How many messages a queue holds, without touching them."""
        return Outcome(queue, 0, self._depth(self._url(queue) or ""))

    def _queue(self, name: str, deliver: Deliver) -> Outcome:
        url = self._url(name) or ""
        delivered, seen = 0, 0
        total = self._depth(url)
        while seen < total:
            messages = self._receive(url, min(10, total - seen))
            if not messages:
                break
            for message in messages:
                seen += 1
                if deliver(message):
                    self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    delivered += 1
                else:
                    self._give_back(url, message)
        return Outcome(name, delivered, self._depth(url))

    def _receive(self, url: str, limit: int) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=limit,
            VisibilityTimeout=RECEIVE_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def _give_back(self, url: str, message: Message) -> None:
        self._sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)

    def _move(self, target: str, message: Message) -> bool:
        # The bus's own notes (rule, target, error) stay behind: they say why it once failed.
        self._sqs.send_message(QueueUrl=self._url(target), MessageBody=message["Body"])
        return True

    def _call(self, function: str, _message: Message) -> bool:
        return "FunctionError" not in self._lambda.invoke(FunctionName=function, Payload=b"{}")

    def _publish_again(self, message: Message) -> bool:
        """Publishes the outbox items around the time of the records that a message points at; False if one failed."""
        info = json.loads(message["Body"])["DDBStreamBatchInfo"]
        begin = _instant(info["approximateArrivalOfFirstRecord"]) - BEFORE
        end = _instant(info["approximateArrivalOfLastRecord"]) + AFTER
        items = sorted(self._outbox_items(begin, end), key=_order)
        return all(self._relay(items[i : i + RELAY_BATCH]) for i in range(0, len(items), RELAY_BATCH))

    def _outbox_items(self, begin: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Reads the whole outbox (30 days of events): an operator's errand, not a request's."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=f"{self._prefix}-outbox", ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                if begin <= _time(item) <= end:
                    yield item

    def _relay(self, items: list[dict[str, Any]]) -> bool:
        records = [
            {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": str(number)}}
            for number, item in enumerate(items, 1)
        ]
        answer = self._lambda.invoke(
            FunctionName=f"{self._prefix}-relay", Payload=json.dumps({"Records": records}).encode()
        )
        payload = json.loads(answer["Payload"].read() or b"null")
        return "FunctionError" not in answer and not payload["batchItemFailures"]

    def _url(self, name: str) -> str | None:
        try:
            return str(self._sqs.get_queue_url(QueueName=name)["QueueUrl"])
        except self._sqs.exceptions.QueueDoesNotExist:
            return None

    def _depth(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        return int(self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _time(item: Mapping[str, Any]) -> datetime:
    return _instant(json.loads(item["body"]["S"])["time"])


def _order(item: Mapping[str, Any]) -> tuple[datetime, int]:
    return _time(item), json.loads(item["body"]["S"]).get("sequence") or 0


def clients_of(*, local: bool) -> Clients:
    """Clients of AWS as the environment configures it, or of the local system that runs now.

    Raises:
        RedriveError: the local system does not run.
    """
    if not local:
        return cast("Clients", boto3.session.Session().client)
    if not LOCAL_ENDPOINT.exists():
        raise RedriveError("The local system does not run: start it with `make run`.")
    settings = dict(line.split("=", 1) for line in LOCAL_ENDPOINT.read_text().splitlines())
    session: Any = boto3.session.Session("local", "local", region_name=LOCAL_REGION)
    return partial(session.client, endpoint_url=settings["AWS_ENDPOINT_URL"])


def main() -> int:
    """Parses the command line; answers 0 if every message was delivered, 1 if some are still there."""
    parser = argparse.ArgumentParser(prog="python -m ops.redrive", description=__doc__.splitlines()[0])
    parser.add_argument("queue", nargs="*", help="dead-letter queues by name, as alarms name them; all if left out")
    parser.add_argument("--service", choices=SERVICES, help="only this service's queues")
    parser.add_argument("--dry-run", action="store_true", help="only say what waits")
    parser.add_argument("--local", action="store_true", help="the local system that runs now, not AWS")
    options = parser.parse_args()
    try:
        outcomes = list(_outcomes(clients_of(local=options.local), options))
    except RedriveError as error:
        print(error, file=sys.stderr)
        return 1
    for outcome in outcomes:
        print(f"{outcome.queue}: {outcome.delivered} delivered, {outcome.kept} left")
    return 1 if any(outcome.kept for outcome in outcomes) else 0


def _outcomes(clients: Clients, options: argparse.Namespace) -> Iterator[Outcome]:
    asked = set(options.queue)
    for service in [options.service] if options.service else SERVICES:
        redrive = Redrive(clients, service)
        for queue in redrive.queues():
            if not options.queue or queue in asked:
                asked.discard(queue)
                yield redrive.waiting(queue) if options.dry_run else redrive.run(queue)
    if asked:
        raise RedriveError(f"There is no dead-letter queue named {', '.join(sorted(asked))}.")


if __name__ == "__main__":
    sys.exit(main())
