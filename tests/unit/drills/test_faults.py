"""The fault drill's own parts: what each fault does to a call, and that no violation passes unseen."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local.payments.account import Account
from local.payments.till import Refund, Till, Trade
from tests.bench.wire import Answer, Call
from tests.drills.faults.invariants import Item, Seen, Tables, completion_faults, payment_faults
from tests.drills.faults.kinds import HalfRefused, Shuffled, Throttled

NOW = datetime(2026, 12, 20, tzinfo=UTC)
WATCH, LEARNER = "w1", "learner"
SEEN = [Seen(WATCH, LEARNER, certified=True)]


class Aws:
    """Accepts everything, and remembers it."""

    def __init__(self) -> None:
        self.passed: list[Any] = []

    def __call__(self, body: bytes) -> Answer:
        asked = json.loads(body)
        self.passed.append(asked)
        results = [{"EventId": entry["Detail"]} for entry in asked.get("Entries", [])]
        return Answer(200, [], json.dumps({"FailedEntryCount": 0, "Entries": results}).encode())


@pytest.fixture
def aws() -> Aws:
    return Aws()


def call(operation: str, body: Any) -> Call:
    return Call("function", operation, json.dumps(body).encode(), b"")


def test_half_of_a_batch_is_refused_and_each_entry_is_told_its_own_result(aws: Aws) -> None:
    entries = [{"Detail": str(number)} for number in range(5)]
    told = json.loads(HalfRefused().answer(call("AWSEvents.PutEvents", {"Entries": entries}), aws).body)
    passed = [entry["Detail"] for request in aws.passed for entry in request["Entries"]]
    assert passed == ["1", "3"]
    assert [result.get("EventId") for result in told["Entries"]] == [None, "1", None, "3", None]
    assert told["FailedEntryCount"] == 3


def test_a_single_event_passes_at_the_second_try(aws: Aws) -> None:
    fault, one = HalfRefused(), call("AWSEvents.PutEvents", {"Entries": [{"Detail": "only"}]})
    first, second = (json.loads(fault.answer(one, aws).body)["FailedEntryCount"] for _ in range(2))
    assert (first, second, len(aws.passed)) == (1, 0, 1)


def test_one_call_in_ten_is_throttled_and_writes_nothing(aws: Aws) -> None:
    fault = Throttled()
    request: dict[str, Any] = {"TransactItems": [{}, {}]}
    answers = [fault.answer(call("DynamoDB_20120810.TransactWriteItems", request), aws) for _ in range(20)]
    refused = [json.loads(answer.body) for answer in answers if answer.status == 400]
    assert (len(refused), len(aws.passed)) == (2, 18)
    assert [reason["Code"] for reason in refused[0]["CancellationReasons"]] == ["ThrottlingError", "None"]
    assert refused[1]["__type"].endswith("#ProvisionedThroughputExceededException")


def test_the_shuffling_bus_loses_nothing_and_doubles_something(aws: Aws) -> None:
    fault, entries = Shuffled(late_s=0.01), [{"Detail": str(number)} for number in range(10)]
    assert (
        json.loads(fault.answer(call("AWSEvents.PutEvents", {"Entries": entries}), aws).body)["FailedEntryCount"] == 0
    )
    while not fault.quiet:
        pass
    delivered = [entry["Detail"] for request in aws.passed for entry in request["Entries"]]
    assert set(delivered) == {entry["Detail"] for entry in entries}
    assert len(delivered) == len(entries) + fault.injected > len(entries)


def attempt(**changes: Any) -> Item:
    return Item("LEARNER#learner", "ATTEMPT", "Attempt", {"watch_id": WATCH, "completed_at": 1, **changes})


def told() -> Item:
    body = {"type": "playback.watch_completed.v1", "data": {"watch_id": WATCH}}
    return Item("e", "e", "Envelope", body)


def entry(kind: str = "award", **changes: Any) -> Item:
    body = {
        "kind": kind,
        "completion": {"watch_id": WATCH},
        "learner_id": LEARNER,
        "credential": "AFP",
        "reason": "COMPLETED",
        **changes,
    }
    return Item("LEARNER#learner", "ENTRY", "Entry", body)


def tables(playback: list[Item], ledger: list[Item], outbox: list[Item], orders: list[Item] | None = None) -> Tables:
    return Tables({"playback": playback, "credits": ledger, "orders": orders or []}, {"playback": outbox})


def test_a_completion_with_one_award_is_no_fault() -> None:
    assert completion_faults(tables([attempt()], [entry()], [told()]), SEEN) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (tables([attempt()], [], [told()]), "no outcome in any ledger"),
        (tables([attempt()], [entry(), entry()], [told()]), "2 outcomes for AFP"),
        (tables([attempt()], [entry(), entry(credential="CFP", learner_id="another")], [told()]), "in two ledgers"),
        (tables([attempt()], [entry(reason="")], [told()]), "an outcome without a reason"),
        (tables([attempt()], [entry("hold")], [told()]), "0 awards"),
        (tables([attempt()], [entry()], []), "told 0 times"),
        (tables([attempt()], [entry()], [told(), told()]), "told 2 times"),
        (tables([], [], [told()]), "told, and not recorded"),
        (tables([attempt(completed_at=None)], [entry()], []), "in a ledger, and not complete"),
        (tables([], [], []), "seen complete, and not recorded"),
    ],
)
def test_a_completion_that_is_lost_doubled_or_unexplained_is_named(wrong: Tables, said: str) -> None:
    assert any(said in fault for fault in completion_faults(wrong, SEEN))


def till() -> Till:
    trade = Trade("P1", "NATIVE", "", 100, "", NOW, "page", "app", "", "SUCCESS", "T1", NOW)
    return Till(Account(), lambda: NOW, trades={"P1": trade})


def sold(kind: str, **changes: Any) -> Item:
    bodies: dict[str, dict[str, Any]] = {
        "PaymentReceipt": {"payment_number": "P1", "order_id": "O1", "refund_id": None},
        "Order": {"order_id": "O1", "state": "paid", "lines": [{"state": "granted"}]},
        "Entitlement": {"order_id": "O1", "revoked_at": None},
        "Movement": {"kind": "payment", "reference": "P1", "amount_fen": 100},
        "Refund": {"refund_id": "R1", "status": "done", "amount_fen": 100},
    }
    return Item("p", "s", kind, {**bodies[kind], **changes})


def shop(change: Callable[[list[Item]], list[Item]] = lambda items: items) -> Tables:
    kinds = ("PaymentReceipt", "Order", "Entitlement", "Movement")
    return tables([], [], [], change([sold(kind) for kind in kinds]))


def test_a_payment_with_one_receipt_and_what_was_bought_is_no_fault() -> None:
    assert payment_faults(shop(), till()) == []


def without(kind: str) -> Tables:
    return shop(lambda items: [item for item in items if item.kind != kind])


def wrong_shops() -> Iterator[tuple[Tables, str]]:
    yield without("PaymentReceipt"), "0 receipts"
    yield shop(lambda items: [*items, sold("PaymentReceipt")]), "2 receipts"
    yield without("Movement"), "in the cash book []"
    yield shop(lambda items: [*items, sold("Movement")]), "in the cash book [100, 100]"
    yield without("Entitlement"), "0 entitlements for 1 lines"
    yield shop(lambda items: [*items, sold("PaymentReceipt", payment_number="P2")]), "not at the provider"
    yield shop(lambda items: [i for i in items if i.kind != "Order"] + [sold("Order", state="open")]), "order is open"
    revoked = sold("Entitlement", revoked_at="now")
    yield shop(lambda items: [i for i in items if i.kind != "Entitlement"] + [revoked]), "0 entitlements hold"
    yield shop(lambda items: [*items, sold("Refund", status="due")]), "refund R1: due"
    yield shop(lambda items: [*items, sold("Refund")]), "sent back at the provider {}, here {'R1': 100}"


@pytest.mark.parametrize(("wrong", "said"), list(wrong_shops()))
def test_a_payment_that_is_lost_doubled_or_for_nothing_is_named(wrong: Tables, said: str) -> None:
    assert any(said in fault for fault in payment_faults(wrong, till()))


def test_money_sent_back_that_nobody_knows_of_here_is_named() -> None:
    books = till()
    books.refunds["R1"] = Refund("R1", "provider's", "P1", 100, NOW)
    assert any("in the cash book []" in fault for fault in payment_faults(shop(), books))
