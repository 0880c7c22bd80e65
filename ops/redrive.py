"""Looks into dead-letter queues, and delivers again what waits there.

    python -m ops.redrive list --stage STAGE [QUEUE ...]     how many wait in each queue
    python -m ops.redrive show --stage STAGE [QUEUE ...]     what waits: type, age, error, correlation id
    python -m ops.redrive run --stage STAGE [QUEUE ...]      deliver all, or with --message ID these; --dry-run
    python -m ops.redrive retell --stage STAGE --service SERVICE --since INSTANT
                                                             publish anew what a service told since then: after another
                                                             one's table was restored to that moment; --dry-run

What is found in a queue is handled by its name, and each message leaves it only after that:
- `…-events-dlq` (the consumer failed) and `…-undelivered-dlq` (the bus could not reach the consumer's queue): moved to
  the consumer's queue.
- `…-relay-dlq` (the outbox could not be published): such a message only points at stream records, which are gone after
  a day. The outbox's own items of that time are read instead and given to the relay.
- `…-backups-dlq` (an export could not be begun): an export of that table is begun, of this moment.
- any other: of a function that is called on a schedule, a call that failed. It is called again.
Consumers take an event's effect once, so delivering one too many does no harm. Nothing that is shown is about a person.
"""

import argparse
import json
import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from rich.console import Console
from rich.table import Table

from infra.packaging import SERVICES
from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.letters import Letter, Message, read_letter

RECEIVE_S = 60
"""How long a received message stays invisible while it is handled, in seconds."""
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=2)
"""How far an outbox item's own time may lie from its stream record's: a function runs that long at most."""
RELAY_BATCH = 10
EVENTS, UNDELIVERED, RELAY, DEAD = "-events", "-undelivered", "-relay", "-dlq"
BACKUPS = "backups"
"""Beside the services, what has a dead-letter queue."""

Deliver = Callable[[Message], bool]
"""Delivers one dead-lettered message; answers whether it was delivered."""


class Everything(Container[str]):
    """The messages to deliver where none is named."""

    def __contains__(self, _id: object) -> bool:
        return True


@dataclass(frozen=True)
class Outcome:
    """What became of one dead-letter queue's messages. `seen`: ids of those that were there and to be delivered."""

    queue: str
    delivered: int
    kept: int
    seen: frozenset[str]


class Redrive:
    """The dead-letter queues of one service of a stage, or of its backups."""

    def __init__(self, clients: Clients, where: Stage, service: str) -> None:
        self._sqs = clients("sqs")
        self._lambda = clients("lambda")
        self._dynamodb = clients("dynamodb")
        self._logs = clients("logs")
        self._where = where
        self._prefix = f"{where.prefix}-{service}"

    def queues(self) -> list[str]:
        """Names of the service's dead-letter queues. Raises OpsError where the service is not deployed."""
        pages = self._sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{self._prefix}-")
        names = [url.rsplit("/", 1)[-1] for page in pages for url in page.get("QueueUrls", [])]
        found = sorted(name for name in names if name.endswith(DEAD))
        if not found:
            raise OpsError(
                f"Stage {self._where.name} is not deployed in {self._where.region}: "
                f"there are no dead-letter queues of {self._prefix}."
            )
        return found

    def waiting(self, queue: str) -> int:
        """How many messages a queue holds, without touching them."""
        return self._depth(self._url(queue))

    def letters(self, queue: str) -> list[Letter]:
        """What waits in a queue; it stays there, out of sight for the seconds that it takes to look."""
        url = self._url(queue)
        seen = list(self._all(url))
        for message in seen:
            self._give_back(url, message)
        return [read_letter(message, partial(self._logged, queue)) for message in seen]

    def run(self, queue: str, chosen: Container[str] | None = None) -> Outcome:
        """Goes through a queue once: what comes back during the run waits for the next one.

        Args:
            queue: a dead-letter queue's name.
            chosen: ids of the messages to deliver; all where it is left out.
        """
        url, deliver = self._url(queue), self._way_back(queue)
        delivered, kept, seen = 0, [], set[str]()
        for message in self._all(url):
            asked = message["MessageId"] in (chosen or Everything())
            if asked:
                seen.add(message["MessageId"])
            if asked and deliver(message):
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                delivered += 1
            else:
                kept.append(message)
        # At the end: what is given back at once would be received again instead of what comes after it.
        for message in kept:
            self._give_back(url, message)
        return Outcome(queue, delivered, self._depth(url), frozenset(seen))

    def retell(self, since: datetime) -> int:
        """Publishes again, in order, what the service told from an instant on; answers how many events.

        An outbox keeps them for 30 days. Raises OpsError where not all could be published.
        """
        items = sorted(self.told(since), key=_order)
        if not self._publish(items):
            raise OpsError("The relay did not publish all of it: look at its log, and tell it again.")
        return len(items)

    def told(self, since: datetime) -> list[dict[str, Any]]:
        """The outbox's items of what the service told from an instant on."""
        return list(self._outbox_items(since, datetime.max.replace(tzinfo=UTC)))

    def _way_back(self, queue: str) -> Deliver:
        of = queue.removesuffix(DEAD)
        if of.endswith(RELAY):
            return self._publish_again
        if of.endswith((EVENTS, UNDELIVERED)):
            return partial(self._move, of.removesuffix(UNDELIVERED).removesuffix(EVENTS) + EVENTS)
        if of == f"{self._where.prefix}-{BACKUPS}":
            return self._export
        return partial(self._call, of)

    def _all(self, url: str) -> Iterator[Message]:
        """Each message that is there now, once."""
        left, seen = self._depth(url), set[str]()
        while left > 0:
            messages = [m for m in self._receive(url, min(10, left)) if m["MessageId"] not in seen]
            if not messages:
                return
            left -= len(messages)
            seen |= {message["MessageId"] for message in messages}
            yield from messages

    def _receive(self, url: str, limit: int) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=limit,
            VisibilityTimeout=RECEIVE_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
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

    def _export(self, message: Message) -> bool:
        """Has DynamoDB do what the scheduler could not have it do; its input is the message."""
        try:
            self._dynamodb.export_table_to_point_in_time(**json.loads(message["Body"]))
        except (ClientError, ParamValidationError):
            return False
        return True

    def _publish_again(self, message: Message) -> bool:
        """Publishes the outbox items around the time of the records that a message points at; False if one failed."""
        info = json.loads(message["Body"])["DDBStreamBatchInfo"]
        begin = _instant(info["approximateArrivalOfFirstRecord"]) - BEFORE
        end = _instant(info["approximateArrivalOfLastRecord"]) + AFTER
        return self._publish(sorted(self._outbox_items(begin, end), key=_order))

    def _publish(self, items: Sequence[dict[str, Any]]) -> bool:
        return all(self._relay(items[i : i + RELAY_BATCH]) for i in range(0, len(items), RELAY_BATCH))

    def _outbox_items(self, begin: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Reads the whole outbox (30 days of events): an operator's errand, not a request's."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=f"{self._prefix}-outbox", ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                if begin <= _time(item) <= end:
                    yield item

    def _relay(self, items: Sequence[dict[str, Any]]) -> bool:
        records = [
            {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": str(number)}}
            for number, item in enumerate(items, 1)
        ]
        answer = self._lambda.invoke(
            FunctionName=f"{self._prefix}{RELAY}", Payload=json.dumps({"Records": records}).encode()
        )
        payload = json.loads(answer["Payload"].read() or b"null")
        return "FunctionError" not in answer and not payload["batchItemFailures"]

    def _logged(self, queue: str, message_id: str) -> str | None:
        """The error's name in the consumer's log, where the message itself does not say why it failed."""
        of = queue.removesuffix(DEAD).removesuffix(EVENTS)
        function = f"{of}-consume" if of == self._prefix else of
        group = f"/{self._where.prefix}/{function}"
        try:
            found = self._logs.filter_log_events(logGroupName=group, filterPattern=f'"{message_id}"')
        except self._logs.exceptions.ResourceNotFoundException:
            return None
        lines = [event["message"] for event in found["events"] if "exception_name" in event["message"]]
        return str(json.loads(lines[-1])["exception_name"]) if lines else None

    def _url(self, name: str) -> str:
        try:
            return str(self._sqs.get_queue_url(QueueName=name)["QueueUrl"])
        except self._sqs.exceptions.QueueDoesNotExist:
            raise OpsError(f"There is no queue named {name}.") from None

    def _depth(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        return int(self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _time(item: Mapping[str, Any]) -> datetime:
    return _instant(json.loads(item["body"]["S"])["time"])


def _order(item: Mapping[str, Any]) -> tuple[datetime, int]:
    return _time(item), json.loads(item["body"]["S"]).get("sequence") or 0


def main() -> int:
    """Parses the command line; answers 1 where something stood in the way, or a run left messages behind."""
    parser = stage_parser("ops.redrive", __doc__)
    parser.add_argument("action", choices=sorted([*ACTIONS, RETELL]))
    parser.add_argument("queue", nargs="*", help="dead-letter queues by name, as alarms name them; all if left out")
    parser.add_argument("--service", choices=SERVICES, help="only this service's queues")
    parser.add_argument("--message", action="append", help="run: only the message of this id, as `show` tells it")
    parser.add_argument("--since", type=datetime.fromisoformat, help="retell: an instant, such as 2026-11-30T03:00Z")
    parser.add_argument("--dry-run", action="store_true", help="run, retell: only say how many it would be")
    # Intermixed: a queue may stand behind the options, apart from the action.
    options = parser.parse_intermixed_args()
    try:
        where = asked_stage(options)
        if options.action == RETELL:
            return _retell(where, options)
        return ACTIONS[options.action](list(_chosen(clients_of(where), where, options)), options)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1


Chosen = Sequence[tuple[Redrive, str]]
"""Queues, each with what looks after it."""


def _chosen(clients: Clients, where: Stage, options: argparse.Namespace) -> Iterator[tuple[Redrive, str]]:
    asked = set(options.queue)
    for service in [options.service] if options.service else [*SERVICES, BACKUPS]:
        redrive = Redrive(clients, where, service)
        for queue in redrive.queues():
            if not options.queue or queue in asked:
                asked.discard(queue)
                yield redrive, queue
    if asked:
        raise OpsError(f"There is no dead-letter queue named {', '.join(sorted(asked))}.")


def _list(chosen: Chosen, _options: argparse.Namespace) -> int:
    for redrive, queue in chosen:
        print(f"{queue}: {redrive.waiting(queue)}")
    return 0


def _show(chosen: Chosen, _options: argparse.Namespace) -> int:
    table = Table("queue", "message", "what", "age", "tries", "error", "correlation id")
    for redrive, queue in chosen:
        for letter in redrive.letters(queue):
            tries, known = str(letter.receives), letter.error or "see its log"
            table.add_row(queue, letter.id, letter.what, _age(letter.age_s), tries, known, letter.correlation_id or "")
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(table)
    return 0


def _age(seconds: float) -> str:
    return str(timedelta(seconds=int(seconds)))


def _run(chosen: Chosen, options: argparse.Namespace) -> int:
    left, seen = 0, set[str]()
    for redrive, queue in chosen:
        if options.dry_run:
            ids = {m.id for m in redrive.letters(queue) if m.id in (options.message or Everything())}
            print(f"{queue}: {len(ids)} would be delivered")
            seen |= ids
            continue
        outcome = redrive.run(queue, options.message)
        print(f"{queue}: {outcome.delivered} delivered, {outcome.kept} left")
        left, seen = left + outcome.kept, seen | outcome.seen
    lacking = sorted(set(options.message or ()) - seen)
    if lacking:
        raise OpsError(
            f"There is no message {', '.join(lacking)}; one that is just being looked at is seen a minute later."
        )
    return 1 if left and not options.message else 0


def _retell(where: Stage, options: argparse.Namespace) -> int:
    if not options.service or not options.since or options.since.tzinfo is None:
        raise OpsError("Say whose events, and since when with its zone: retell --service SERVICE --since INSTANT.")
    redrive = Redrive(clients_of(where), where, options.service)
    if options.dry_run:
        print(f"{len(redrive.told(options.since))} events of {options.service} would be published again")
    else:
        print(f"{redrive.retell(options.since)} events of {options.service} were published again")
    return 0


RETELL = "retell"
ACTIONS: dict[str, Callable[[Chosen, argparse.Namespace], int]] = {"list": _list, "show": _show, "run": _run}


if __name__ == "__main__":
    sys.exit(main())
