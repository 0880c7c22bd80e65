"""All that was dead-lettered is redriven, and redriven again: the second time changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.stages import stage
from ops.redrive import Redrive
from services.credits import bootstrap
from services.credits.handlers import consume
from services.kit.events import Envelope
from tests.gateway import LambdaContext
from tests.unit.credits.world import AFP, World, completed, published, refunded

EVENTS = [completed("watch-1"), published(eligible=["AFP"]), completed("watch-2", course_id="course"), refunded()]
"""A watch that came before its course, and what followed."""
DEAD = ("xueshi-credits-events-dlq", "xueshi-credits-undelivered-dlq")
QUEUE = "xueshi-credits-events"
ROUNDS = 5


class Queues:
    """The queues of credits' consumer, and the consumer behind them."""

    def __init__(self) -> None:
        self.sqs: Any = boto3.client("sqs", region_name="us-east-1")
        self.urls = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in (QUEUE, *DEAD)}
        self.redrive = Redrive(lambda name: boto3.client(name, region_name="us-east-1"), stage("prod"), "credits")  # type: ignore[call-overload]

    def bury(self, events: list[Envelope]) -> None:
        """Every second one because the consumer failed, the others because the bus could not deliver."""
        for number, event in enumerate(events):
            detail = event.model_dump(mode="json")
            body = json.dumps({"source": event.source, "detail-type": event.type, "detail": detail})
            self.sqs.send_message(QueueUrl=self.urls[DEAD[number % 2]], MessageBody=body)

    def redrive_all(self) -> int:
        """Redrives until nothing waits any more; answers how many messages were delivered."""
        delivered = 0
        for _ in range(ROUNDS):
            delivered += sum(self.redrive.run(queue).delivered for queue in DEAD)
            self._consume()
            if not any(self.redrive.waiting(queue) for queue in DEAD):
                return delivered
        raise AssertionError(f"after {ROUNDS} rounds something still comes back")

    def _consume(self) -> None:
        """One batch; what fails goes back to the dead-letter queue, as it does after five times."""
        answer = self.sqs.receive_message(QueueUrl=self.urls[QUEUE], MaxNumberOfMessages=10)
        messages = {message["MessageId"]: message for message in answer.get("Messages", [])}
        records = [
            {"messageId": id_, "body": message["Body"], "eventSource": "aws:sqs", "attributes": {}}
            for id_, message in messages.items()
        ]
        failed = consume.handler({"Records": records}, LambdaContext())  # type: ignore[arg-type]
        for item in failed["batchItemFailures"]:
            body = messages[item["itemIdentifier"]]["Body"]
            self.sqs.send_message(QueueUrl=self.urls[DEAD[0]], MessageBody=body)
        for message in messages.values():
            self.sqs.delete_message(QueueUrl=self.urls[QUEUE], ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Queues()


def test_all_redriven_twice_changes_nothing(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(bootstrap, "ledger", lambda: world.ctx)
    world.certify(AFP)
    before = world.state()
    queues.bury(EVENTS)
    assert queues.redrive_all() >= len(EVENTS)
    once = world.state()
    assert once != before
    assert any(line.startswith("award AFP") for line in world.outline())
    queues.bury([*EVENTS, *reversed(EVENTS)])
    assert queues.redrive_all() == 2 * len(EVENTS)
    assert world.state() == once
