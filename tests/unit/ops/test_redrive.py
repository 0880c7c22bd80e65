"""The operators' redrive command, on moto."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ops.redrive import Redrive, RedriveError

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
QUEUES = ("events", "events-dlq", "undelivered-dlq", "relay-dlq", "seal-dlq")


class Relay:
    """Stands for Lambda: remembers what the relay was given; refuses some events. `sealed`: calls of the schedule."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.refuse: set[str] = set()
        self.sealed = 0
        self.fails = False

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        if FunctionName == "xueshi-playback-seal":
            self.sealed += 1
            return {"Payload": io.BytesIO(b"{}"), **({"FunctionError": "Unhandled"} if self.fails else {})}
        assert FunctionName == "xueshi-playback-relay"
        failures = []
        for record in json.loads(Payload)["Records"]:
            assert record["eventName"] == "INSERT"
            event = json.loads(record["dynamodb"]["NewImage"]["body"]["S"])["id"]
            self.given.append(event)
            if event in self.refuse:
                failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
        return {"Payload": io.BytesIO(json.dumps({"batchItemFailures": failures}).encode())}


class World:
    """The playback service's queues and outbox."""

    def __init__(self) -> None:
        self.sqs: Any = boto3.client("sqs", region_name="us-east-1")
        self.dynamodb: Any = boto3.client("dynamodb", region_name="us-east-1")
        self.relay = Relay()
        self.urls = {name: self.sqs.create_queue(QueueName=f"xueshi-playback-{name}")["QueueUrl"] for name in QUEUES}
        keys: list[tuple[str, Any]] = [("pk", "HASH"), ("sk", "RANGE")]
        self.dynamodb.create_table(
            TableName="xueshi-playback-outbox",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        )

    def redrive(self) -> Redrive:
        clients = {"sqs": self.sqs, "dynamodb": self.dynamodb, "lambda": self.relay}
        return Redrive(lambda name: clients[name], "playback")

    def put(self, queue: str, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=body)

    def bodies(self, queue: str) -> list[str]:
        answer = self.sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=10, VisibilityTimeout=0)
        return sorted(message["Body"] for message in answer.get("Messages", []))

    def outbox(self, event: str, time: datetime) -> None:
        body = json.dumps({"id": event, "time": time.isoformat().replace("+00:00", "Z"), "sequence": None})
        item = {"pk": {"S": event}, "sk": {"S": event}, "body": {"S": body}}
        self.dynamodb.put_item(TableName="xueshi-playback-outbox", Item=item)

    def pointer(self) -> None:
        arrival = NOW.isoformat()
        info = {"approximateArrivalOfFirstRecord": arrival, "approximateArrivalOfLastRecord": arrival}
        self.put("relay-dlq", json.dumps({"DDBStreamBatchInfo": info}))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield World()


@pytest.mark.parametrize("queue", ["events-dlq", "undelivered-dlq"])
def test_messages_go_back_to_the_consumers_queue(world: World, queue: str) -> None:
    for number in range(12):
        world.put(queue, f"message {number:02}")
    outcome = world.redrive().run(f"xueshi-playback-{queue}")
    assert (outcome.delivered, outcome.kept) == (12, 0)
    attributes = world.sqs.get_queue_attributes(QueueUrl=world.urls["events"], AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "12"


def test_the_relay_gets_the_outboxs_own_items_of_that_time_in_order(world: World) -> None:
    for number in range(12):
        world.outbox(f"e{number:02}", NOW - timedelta(seconds=60 - number))
    world.outbox("yesterday", NOW - timedelta(days=1))
    world.outbox("later", NOW + timedelta(hours=1))
    world.pointer()
    outcome = world.redrive().run("xueshi-playback-relay-dlq")
    assert (outcome.delivered, outcome.kept) == (1, 0)
    assert world.relay.given == [f"e{number:02}" for number in range(12)]


def test_a_pointer_stays_while_the_relay_still_fails(world: World) -> None:
    world.outbox("e1", NOW)
    world.relay.refuse = {"e1"}
    world.pointer()
    outcome = world.redrive().run("xueshi-playback-relay-dlq")
    assert (outcome.delivered, outcome.kept) == (0, 1)
    assert len(world.bodies("relay-dlq")) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_a_failed_call_of_a_schedule_is_made_again_and_stays_while_it_fails(world: World, fails: bool) -> None:
    world.put("seal-dlq", "whatever the scheduler or Lambda wrote")
    world.relay.fails = fails
    outcome = world.redrive().run("xueshi-playback-seal-dlq")
    assert (outcome.delivered, outcome.kept, world.relay.sealed) == (int(not fails), int(fails), 1)


def test_looking_changes_nothing(world: World) -> None:
    world.put("events-dlq", "message")
    redrive = world.redrive()
    assert {name: redrive.waiting(name).kept for name in redrive.queues()} == {
        "xueshi-playback-relay-dlq": 0,
        "xueshi-playback-undelivered-dlq": 0,
        "xueshi-playback-events-dlq": 1,
        "xueshi-playback-seal-dlq": 0,
    }
    assert world.bodies("events-dlq") == ["message"]
    assert world.bodies("events") == []


def test_a_service_that_is_not_deployed_is_named(world: World) -> None:
    clients = {"sqs": world.sqs, "dynamodb": world.dynamodb, "lambda": world.relay}
    with pytest.raises(RedriveError, match="credits is not deployed"):
        Redrive(lambda name: clients[name], "credits").queues()
