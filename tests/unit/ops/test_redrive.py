"""The operators' redrive command, on moto."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.stages import stage
from ops.aws import OpsError
from ops.redrive import Redrive, main

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
        self.logs: Any = boto3.client("logs", region_name="us-east-1")
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
        return Redrive(self.clients().__getitem__, stage("prod"), "playback")

    def clients(self) -> dict[str, Any]:
        return {"sqs": self.sqs, "dynamodb": self.dynamodb, "lambda": self.relay, "logs": self.logs}

    def put(self, queue: str, body: str, **attributes: str) -> None:
        told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=body, MessageAttributes=told)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=10, VisibilityTimeout=0)
        return list(answer.get("Messages", []))

    def log(self, function: str, message_id: str, exception: str) -> None:
        """What the kit's consumer logs of an event that it could not handle."""
        group = f"/xueshi/{function}"
        self.logs.create_log_group(logGroupName=group)
        self.logs.create_log_stream(logGroupName=group, logStreamName="s")
        line = json.dumps({"message": "event not handled", "message_id": message_id, "exception_name": exception})
        entry = {"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": line}
        self.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[entry])

    def bodies(self, queue: str) -> list[str]:
        return sorted(message["Body"] for message in self.messages(queue))

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


class Exporting:
    """Stands for DynamoDB's exports."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.fails = False

    def export_table_to_point_in_time(self, **asked: Any) -> None:
        if self.fails:
            raise ClientError({"Error": {"Code": "ExportConflictException"}}, "ExportTableToPointInTime")
        self.asked.append(asked)


EXPORT = {"TableArn": "arn:aws:dynamodb:us-east-1:1:table/xueshi-orders", "S3Bucket": "xueshi-backups"}


def backups(world: World, exporting: Exporting) -> Redrive:
    """The queue of backups, with an export that the scheduler could not begin."""
    world.urls["backups"] = world.sqs.create_queue(QueueName="xueshi-backups-dlq")["QueueUrl"]
    world.put("backups", json.dumps(EXPORT), ERROR_CODE="AccessDenied")
    clients = world.clients() | {"dynamodb": exporting}
    return Redrive(clients.__getitem__, stage("prod"), "backups")


@pytest.mark.parametrize("fails", [False, True])
def test_an_export_that_could_not_be_begun_is_begun_and_stays_while_it_cannot(world: World, fails: bool) -> None:
    exporting = Exporting()
    exporting.fails = fails
    redrive = backups(world, exporting)
    assert redrive.queues() == ["xueshi-backups-dlq"]
    assert [letter.error for letter in redrive.letters("xueshi-backups-dlq")] == ["AccessDenied"]
    outcome = redrive.run("xueshi-backups-dlq")
    assert (outcome.delivered, outcome.kept) == (int(not fails), int(fails))
    assert exporting.asked == ([] if fails else [EXPORT])


def test_all_queues_of_a_stage_are_its_services_and_its_backups(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backups(world, Exporting())
    monkeypatch.setattr("ops.redrive.SERVICES", ("playback",))
    monkeypatch.setattr("sys.argv", ["ops.redrive", "list", "--stage", "prod"])
    monkeypatch.setattr("ops.redrive.clients_of", lambda _stage: world.clients().__getitem__)
    assert main() == 0
    assert "xueshi-backups-dlq: 1\n" in capsys.readouterr().out


@pytest.mark.parametrize("how", [[], ["--dry-run"]])
def test_a_message_that_is_not_there_is_said_not_to_be(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    world.put("events-dlq", event())
    (there,) = world.messages("events-dlq")
    asked = ["--message", "x", "--message", there["MessageId"], *how]
    assert command(world, monkeypatch, "run", *asked, "xueshi-playback-events-dlq") == 1
    assert "There is no message x;" in capsys.readouterr().err


def test_looking_changes_nothing(world: World) -> None:
    world.put("events-dlq", "message")
    redrive = world.redrive()
    assert {name: redrive.waiting(name) for name in redrive.queues()} == {
        "xueshi-playback-relay-dlq": 0,
        "xueshi-playback-undelivered-dlq": 0,
        "xueshi-playback-events-dlq": 1,
        "xueshi-playback-seal-dlq": 0,
    }
    assert world.bodies("events-dlq") == ["message"]
    assert world.bodies("events") == []


def test_a_service_that_is_not_deployed_is_named(world: World) -> None:
    with pytest.raises(OpsError, match=r"prod is not deployed in us-east-1: .* of xueshi-credits"):
        Redrive(world.clients().__getitem__, stage("prod"), "credits").queues()


def test_another_stages_queues_are_not_ours(world: World) -> None:
    world.sqs.create_queue(QueueName="xueshi-dev-playback-events-dlq")
    assert not [name for name in world.redrive().queues() if "dev" in name]


def event(type_: str = "orders.entitlement_granted.v1", correlation_id: str = "c-1") -> str:
    detail = {"type": type_, "correlation_id": correlation_id, "subject": "learner-7", "data": {"name": "林知行"}}
    return json.dumps({"detail-type": type_, "detail": detail}, ensure_ascii=False)


def test_what_waits_is_told_by_type_age_error_and_correlation_id_and_stays(world: World) -> None:
    world.put("events-dlq", event())
    (message,) = world.messages("events-dlq")
    world.log("xueshi-playback-consume", message["MessageId"], "KeyError")
    redrive = world.redrive()
    for look in (1, 2):
        (letter,) = redrive.letters("xueshi-playback-events-dlq")
        assert letter.id == message["MessageId"]
        assert (letter.what, letter.error, letter.correlation_id) == (
            "orders.entitlement_granted.v1",
            "KeyError",
            "c-1",
        )
        assert letter.receives == 1 + look
        assert letter.age_s < 60
        assert "learner-7" not in repr(letter)
        assert "林知行" not in repr(letter)
    assert redrive.waiting("xueshi-playback-events-dlq") == 1


@pytest.mark.parametrize(
    ("queue", "body", "attributes", "what", "error"),
    [
        ("events-dlq", "no json", {}, "unreadable", None),
        ("events-dlq", "[]", {}, "unreadable", None),
        (
            "undelivered-dlq",
            event(),
            {"ERROR_CODE": "NO_PERMISSIONS"},
            "orders.entitlement_granted.v1",
            "NO_PERMISSIONS",
        ),
        (
            "relay-dlq",
            json.dumps({"requestContext": {"condition": "RetryAttemptsExhausted"}, "DDBStreamBatchInfo": {}}),
            {},
            "stream records",
            "RetryAttemptsExhausted",
        ),
        (
            "seal-dlq",
            json.dumps({"requestContext": {"condition": "x"}, "responsePayload": {"errorType": "Busy"}}),
            {},
            "call",
            "Busy",
        ),
        ("seal-dlq", "{}", {"ERROR_CODE": "ResourceNotFound"}, "call", "ResourceNotFound"),
    ],
)
def test_every_kind_of_message_says_what_it_is(
    world: World, queue: str, body: str, attributes: dict[str, str], what: str, error: str | None
) -> None:
    world.put(queue, body, **attributes)
    (letter,) = world.redrive().letters(f"xueshi-playback-{queue}")
    assert (letter.what, letter.error) == (what, error)


def test_one_message_goes_back_alone(world: World) -> None:
    for number in range(12):
        world.put("events-dlq", event(correlation_id=f"c-{number}"))
    redrive = world.redrive()
    chosen = redrive.letters("xueshi-playback-events-dlq")[7]
    outcome = redrive.run("xueshi-playback-events-dlq", [chosen.id])
    assert (outcome.delivered, outcome.kept) == (1, 11)
    (moved,) = world.bodies("events")
    assert json.loads(moved)["detail"]["correlation_id"] == chosen.correlation_id


def command(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The command, on the playback service of production."""
    action, *others = arguments
    monkeypatch.setattr("sys.argv", ["ops.redrive", action, "--stage", "prod", "--service", "playback", *others])
    monkeypatch.setattr("ops.redrive.clients_of", lambda _stage: world.clients().__getitem__)
    return main()


def test_a_dry_run_tells_and_touches_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put("events-dlq", event())
    assert command(world, monkeypatch, "run", "--dry-run") == 0
    assert "xueshi-playback-events-dlq: 1 would be delivered" in capsys.readouterr().out
    assert (len(world.bodies("events-dlq")), world.bodies("events"), world.relay.sealed) == (1, [], 0)


def test_the_command_lists_shows_and_runs(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put("events-dlq", event())
    assert command(world, monkeypatch, "list") == 0
    assert "xueshi-playback-events-dlq: 1\n" in capsys.readouterr().out
    assert command(world, monkeypatch, "show", "xueshi-playback-events-dlq") == 0
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("orders.entitlement_granted.v1", "see its log", "c-1"))
    assert "林知行" not in shown
    assert command(world, monkeypatch, "run", "xueshi-playback-events-dlq") == 0
    assert "1 delivered, 0 left" in capsys.readouterr().out
    assert command(world, monkeypatch, "run", "no-such-dlq") == 1
    assert "no dead-letter queue named no-such-dlq" in capsys.readouterr().err


def test_what_was_told_since_an_instant_is_told_again_in_order(world: World) -> None:
    times = {"before": -1, "first": 0, "second": 5, "third": 60}
    for event, minutes in reversed(times.items()):
        world.outbox(event, NOW + timedelta(minutes=minutes))
    assert world.redrive().retell(NOW) == 3
    assert world.relay.given == ["first", "second", "third"]


def test_what_could_not_be_told_again_is_said(world: World) -> None:
    world.outbox("event", NOW)
    world.relay.refuse = {"event"}
    with pytest.raises(OpsError, match="did not publish all"):
        world.redrive().retell(NOW)


def test_a_dry_run_of_telling_again_counts_and_publishes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.outbox("before", NOW - timedelta(minutes=1))
    world.outbox("event", NOW)
    assert command(world, monkeypatch, "retell", "--since", NOW.isoformat(), "--dry-run") == 0
    assert capsys.readouterr().out == "1 events of playback would be published again\n"
    assert world.relay.given == []


@pytest.mark.parametrize("said", [[], ["--service", "playback"], ["--service", "playback", "--since", "2026-05-01"]])
def test_telling_again_needs_a_service_and_an_instant(
    said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["redrive", "retell", "--stage", "prod", *said])
    assert main() == 1
    assert "retell --service SERVICE --since INSTANT" in capsys.readouterr().err
