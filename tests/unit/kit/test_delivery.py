"""Relay, consumer and inbox: nothing lost, nothing done twice."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.kit.consumer import EventHandler, consume
from services.kit.event_factory import EventFactory
from services.kit.events import Envelope
from services.kit.inbox import Marker, apply_once
from services.kit.relay import relay
from services.kit.store import ABSENT, Change, Conflict, Key, NewerShape, Put, Store
from services.kit.store.codec import encode
from services.orders.events.published import EntitlementGranted
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.store import MemoryStore
from tests.unit.kit.conftest import NOW, envelope
from tests.unit.kit.test_store import Thing

COUNT = Key("P", "count")


class Bus:
    """EventBridge: fails the entries whose running number it is told to."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.entries: list[dict[str, Any]] = []
        self.calls: list[int] = []

    def call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """As the client without an SDK."""
        assert operation == "PutEvents"
        entries = arguments["Entries"]
        self.calls.append(len(entries))
        results = []
        for entry in entries:
            failed = len(self.entries) in self.failing
            results.append({"ErrorCode": "InternalFailure", "ErrorMessage": ""} if failed else {"EventId": "e"})
            self.entries.append(entry)
        return {"FailedEntryCount": len(self.failing), "Entries": results}


def record(number: int, name: str = "INSERT", body: str | None = None) -> dict[str, Any]:
    """A stream record of an outbox."""
    text = body or encode(envelope(f"event-{number}", n=number, none=None, text="学时"))
    image = {"pk": {"S": "thing-1"}, "sk": {"S": f"event-{number}"}, "version": {"N": "1"}, "body": {"S": text}}
    return {"eventName": name, "dynamodb": {"SequenceNumber": str(100 + number), "NewImage": image}}


def test_the_relay_publishes_in_order_in_tens() -> None:
    bus = Bus()
    answer = relay({"Records": [record(number) for number in range(23)]}, bus, "xueshi")
    assert answer == {"batchItemFailures": []}
    assert bus.calls == [10, 10, 3]
    details = [json.loads(entry["Detail"]) for entry in bus.entries]
    assert [detail["data"]["n"] for detail in details] == list(range(23))
    assert Envelope.model_validate(details[0]) == envelope("event-0", n=0, none=None, text="学时")
    first = bus.entries[0]
    assert (first["EventBusName"], first["Source"], first["DetailType"], first["Time"]) == (
        "xueshi",
        "xueshi.test",
        "test.thing_done.v1",
        NOW.timestamp(),
    )


def sized(number: int, filling: str) -> dict[str, Any]:
    """A record of an event with some more text."""
    return record(number, body=encode(envelope(f"event-{number}", n=number, text=filling)))


@pytest.mark.parametrize(
    ("filling", "calls"),
    [
        ("x" * 100_000, [2, 2, 1]),
        ("学" * 34_000, [2, 2, 1]),
        ("\U0001f4b0" * 33_000, [1, 1, 1, 1, 1]),
        ("x" * 300_000, [1, 1, 1, 1, 1]),
        ("", [5]),
    ],
)
def test_the_relay_sends_no_more_bytes_at_once_than_the_bus_takes(filling: str, calls: list[int]) -> None:
    """256 KB a call; one that is too large alone holds up none that go before it."""
    bus = Bus()
    assert relay({"Records": [sized(number, filling) for number in range(5)]}, bus, "xueshi") == {
        "batchItemFailures": []
    }
    assert bus.calls == calls
    assert [json.loads(entry["Detail"])["data"]["n"] for entry in bus.entries] == list(range(5))


@pytest.mark.parametrize(("failing", "first"), [((0,), 100), ((4, 7), 104), ((9,), 109), ((10,), 110), ((22,), 122)])
def test_the_relay_names_the_first_record_that_failed(failing: tuple[int, ...], first: int) -> None:
    bus = Bus(*failing)
    answer = relay({"Records": [record(number) for number in range(23)]}, bus, "xueshi")
    assert answer == {"batchItemFailures": [{"itemIdentifier": str(first)}]}
    assert len(bus.entries) <= (failing[0] // 10 + 1) * 10


def test_the_relay_passes_over_what_is_no_new_event() -> None:
    bus = Bus()
    records = [record(1, "MODIFY"), record(2, "REMOVE"), record(3)]
    del records[1]["dynamodb"]["NewImage"]
    assert relay({"Records": records}, bus, "xueshi") == {"batchItemFailures": []}
    assert len(bus.entries) == 1


def test_a_record_that_is_no_event_stops_the_relay() -> None:
    for body in ("{}", "no JSON", "[]"):
        with pytest.raises((KeyError, ValueError, TypeError)):
            relay({"Records": [record(1, body=body)]}, Bus(), "xueshi")


def test_the_relay_hands_on_what_newer_code_has_put_into_an_event() -> None:
    bus, event = Bus(), {**detail_of(envelope()), "told_since": {"a": [1]}}
    relay({"Records": [record(1, body=json.dumps(event))]}, bus, "xueshi")
    assert json.loads(bus.entries[0]["Detail"]) == event


def message(number: int, detail: Any, body: str | None = None, **label: str) -> dict[str, Any]:
    """An SQS record of an EventBridge event, whose own id is not the envelope's; `label` is what the bus says of it."""
    known = detail or {}
    labels = {"source": known.get("source"), "detail_type": known.get("type")} | label
    bus = {"version": "0", "id": "of-the-bus", "source": labels["source"], "detail-type": labels["detail_type"]}
    text = json.dumps(bus | {"detail": detail}) if body is None else body
    return {"messageId": f"message-{number}", "body": text, "eventSource": "aws:sqs"}


def consumed(handlers: dict[str, EventHandler], *messages: dict[str, Any]) -> list[str]:
    """Which messages failed."""
    answer = consume({"Records": list(messages)}, handlers)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def detail_of(event: Envelope) -> Any:
    """As it travels."""
    return event.model_dump(mode="json")


def test_a_consumer_fails_only_what_failed() -> None:
    seen: list[str] = []

    def handle(event: Envelope) -> None:
        if event.id == "event-2":
            raise Conflict
        seen.append(event.id)

    messages = [message(number, detail_of(envelope(f"event-{number}"))) for number in (1, 2, 3)]
    assert consumed({"test.thing_done.v1": handle}, *messages) == ["message-2"]
    assert seen == ["event-1", "event-3"]


def test_an_event_for_newer_code_is_delivered_again_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(_event: Envelope) -> None:
        raise NewerShape

    assert consumed({"test.thing_done.v1": handle}, message(1, detail_of(envelope()))) == ["message-1"]
    assert '"NewerShapes":1}' in capsys.readouterr().out


def test_unknown_and_invalid_events_are_never_acknowledged() -> None:
    seen: list[Envelope] = []
    good = detail_of(envelope())
    messages = [
        message(1, good | {"type": "test.thing_done.v2"}),
        message(2, good | {"type": "no type"}),
        message(3, {key: value for key, value in good.items() if key != "id"}),
        message(4, None),
        message(5, None, body="not JSON"),
        message(6, None, body="[]"),
        message(7, None, body="{}"),
        message(8, good | {"time": "yesterday"}),
        message(9, good | {"data": []}),
        message(10, good),
    ]
    failed = consumed({"test.thing_done.v1": seen.append}, *messages)
    assert failed == [f"message-{number}" for number in range(1, 10)]
    assert seen == [envelope()]


def test_forged_bus_event_whose_envelope_is_not_what_the_bus_delivered() -> None:
    seen: list[Envelope] = []
    good = detail_of(envelope())
    messages = [
        message(1, good, source="xueshi.other"),
        message(2, good, detail_type="test.other_thing.v1"),
        message(3, good | {"source": "xueshi.other"}),
        message(4, good, source="xueshi.other", detail_type="other.thing_done.v1"),
        message(5, good | {"source": "xueshi.other"}, source="xueshi.other"),
        message(6, None, body=json.dumps({"detail": good})),
    ]
    failed = consumed({"test.thing_done.v1": seen.append}, *messages)
    assert failed == [f"message-{number}" for number in range(1, 7)]
    assert seen == []


def test_a_batch_that_fails_wholly_is_answered_too() -> None:
    assert consumed({}, message(1, detail_of(envelope()))) == ["message-1"]


def add_one(store: Store) -> Change:
    """A plan that counts."""
    stored = store.get(COUNT, Thing)
    count = int(stored.value.text) if stored else 0
    return Change(
        [Put(COUNT, Thing(str(count + 1)), stored.version if stored else ABSENT)], [envelope(f"effect-{count}")]
    )


def counted(store: Store) -> int:
    """How often."""
    stored = store.get(COUNT, Thing)
    return int(stored.value.text) if stored else 0


def test_an_event_has_its_effect_once(store: Store, clock: ManualClock) -> None:
    for _ in range(3):
        apply_once(store, clock, envelope(), lambda: add_one(store))
    assert counted(store) == 1
    apply_once(store, clock, envelope("event-2"), lambda: add_one(store))
    assert counted(store) == 2


def test_an_effect_of_nothing_is_remembered_too(store: Store, clock: ManualClock) -> None:
    apply_once(store, clock, envelope(), Change)
    apply_once(store, clock, envelope(), lambda: add_one(store))
    assert counted(store) == 0
    marker = store.get(Key("INBOX#event-1", "test.thing_done.v1"), Marker)
    assert marker
    assert marker.value == Marker("test.thing_done.v1", NOW)


def test_a_duplicate_at_the_same_moment_has_no_effect(clock: ManualClock) -> None:
    store = MemoryStore()
    meanwhile = [envelope()]

    def plan() -> Change:
        change = add_one(store)
        if meanwhile:
            apply_once(store, clock, meanwhile.pop(), lambda: add_one(store))
        return change

    apply_once(store, clock, envelope(), plan)
    assert counted(store) == 1
    assert len(store.outbox) == 1


def test_another_writer_at_the_same_moment_is_planned_on(clock: ManualClock) -> None:
    store = MemoryStore()
    others = ["other-1", "other-2"]

    def plan() -> Change:
        change = add_one(store)
        if others:
            apply_once(store, clock, envelope(others.pop()), lambda: add_one(store))
        return change

    apply_once(store, clock, envelope(), plan)
    assert counted(store) == 3


def test_a_failed_plan_leaves_no_marker(store: Store, clock: ManualClock) -> None:
    def fail() -> Change:
        raise ValueError("poison")

    with pytest.raises(ValueError, match="poison"):
        apply_once(store, clock, envelope(), fail)
    apply_once(store, clock, envelope(), lambda: add_one(store))
    assert counted(store) == 1


def test_an_envelope_carries_what_caused_it(clock: ManualClock) -> None:
    data = EntitlementGranted(
        entitlement_id="e",
        learner_id="l",
        course_id="c",
        basis="claim",
        counts_against_member_quota=False,
        granted_at=NOW,
        valid_until=None,
    )
    event = EventFactory("orders", clock, SequentialIds()).make(
        data, subject="e", sequence=1, correlation_id="request-1", causation_id="event-0"
    )
    assert (event.id, event.source, event.time, event.sequence) == (f"{1:032x}", "xueshi.orders", NOW, 1)
    assert (event.correlation_id, event.causation_id) == ("request-1", "event-0")
    assert event.data["valid_until"] is None
    assert event.data["granted_at"] == "2026-03-02T04:00:00.250000Z"
