"""The queue's and the stream's entry points."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from services.credits import bootstrap
from services.credits.events.published import PUBLISHED
from services.credits.handlers import consume, relay
from services.kit.events import Envelope
from services.kit.wiring import bus
from tests.gateway import LambdaContext
from tests.unit.credits.world import AFP, World, completed, published

SERVICES = Path(__file__).parents[3] / "services"


def batch(*events: Envelope | str) -> dict[str, Any]:
    """An SQS batch as the bus fills it."""
    bodies = [event if isinstance(event, str) else _body(event) for event in events]
    return {
        "Records": [
            {"messageId": f"m{number}", "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def _body(event: Envelope) -> str:
    detail = event.model_dump(mode="json")
    return json.dumps({"source": event.source, "detail-type": event.type, "detail": detail})


def failed(answer: dict[str, Any]) -> list[str]:
    """The messages that come again."""
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(bootstrap, "ledger", lambda: made.ctx)
    return made


def handle(*events: Envelope | str) -> list[str]:
    return failed(consume.handler(batch(*events), LambdaContext()))  # type: ignore[arg-type]


def test_a_watch_before_its_course_comes_again_and_disturbs_nobody(world: World) -> None:
    world.certify(AFP)
    assert handle(completed("w1"), published(eligible=["AFP"]), completed("w2")) == ["m0"]
    assert handle(completed("w1")) == []
    assert world.outline() == ["award AFP 1.5 COMPLETED", "declined AFP 0 ALREADY_AWARDED_IN_PERIOD"]


def test_poison_and_unknown_messages_come_again_until_the_dead_letter_queue_takes_them(world: World) -> None:
    unknown = published().model_copy(update={"type": "catalog.course_withdrawn.v1"})
    assert handle("not JSON", "{}", unknown, published(hours="NaN"), published()) == ["m0", "m1", "m2", "m3"]


def test_all_that_is_subscribed_is_handled(world: World) -> None:
    assert consume.event_handlers(world.ctx).keys() == {
        "catalog.course_published.v1",
        "orders.entitlement_granted.v1",
        "orders.hours_reversal_requested.v1",
        "orders.membership_changed.v1",
        "playback.watch_completed.v1",
        "credits.certificate_confirmed.v1",
        "credits.hours_awarded.v1",
        "credits.hours_reversed.v1",
        "credits.real_name_given.v1",
    }


def test_the_relay_publishes_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Bus:
        def call(self, _operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
            sent.extend(arguments["Entries"])
            return {"Entries": [{"EventId": "1"} for _ in arguments["Entries"]]}

    monkeypatch.setattr(bus, "bus", lambda: (Bus(), "xueshi"))
    image = {"body": {"S": completed().model_dump_json()}}
    record = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": image}}
    assert relay.handler({"Records": [record]}, LambdaContext()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert sent[0]["EventBusName"] == "xueshi"


@pytest.mark.parametrize(("type_", "model"), PUBLISHED.items())
def test_every_published_event_has_an_example(type_: str, model: type[BaseModel]) -> None:
    text = (SERVICES / f"credits/events/examples/{type_}.json").read_text(encoding="utf-8")
    envelope = Envelope.model_validate_json(text)
    assert (envelope.type, envelope.source) == (type_, "xueshi.credits")
    assert model.model_validate(envelope.data).model_dump(mode="json") == envelope.data
