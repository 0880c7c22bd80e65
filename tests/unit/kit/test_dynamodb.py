"""What only the real adapter does: calls, time to live, and which of DynamoDB's errors are conflicts."""

from collections.abc import Callable
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from pynamodb.exceptions import TransactWriteError

from services.kit.clock import to_ms
from services.kit.store import Add, Change, Conflict, Key, NewerShape, Put, Throttled
from services.kit.store.dynamodb import DynamoStore, item_model
from services.kit.store.dynamodb_terms import ATTEMPTS, OUTBOX_RETENTION
from tests.fakes.clock import ManualClock
from tests.unit.kit.conftest import REGION, envelope
from tests.unit.kit.test_store import Thing
from tests.unit.kit.versions import newest, old

KEY = Key("P", "a")
ONE = Change([Put(KEY, Thing("x"))])
TWO = Change([Put(KEY, Thing("x")), Put(Key("P", "b"), Thing("x"))])

Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Every call from now on."""
    made: Calls = []
    client_class: Any = botocore.client.BaseClient
    original = client_class._make_api_call  # noqa: SLF001 (the one place all calls pass)

    def record(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        made.append((operation, arguments))
        return original(client, operation, arguments)

    monkeypatch.setattr(client_class, "_make_api_call", record)
    return made


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Calls]:
    """Makes so many calls fail, all unless told otherwise: with a code, and a cancelled transaction's reasons."""
    client_class: Any = botocore.client.BaseClient
    original = client_class._make_api_call  # noqa: SLF001 (the one place all calls pass)

    def arrange(code: str, *reasons: str, times: int = 1_000) -> Calls:
        made: Calls = []

        def refuse(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            made.append((operation, arguments))
            if len(made) > times:
                return original(client, operation, arguments)
            response: Any = {"Error": {"Code": code, "Message": "no"}}
            response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
            raise ClientError(response, operation)

        monkeypatch.setattr(client_class, "_make_api_call", refuse)
        return made

    return arrange


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, which takes no time."""
    slept: list[float] = []
    monkeypatch.setattr("services.kit.store.dynamodb_terms.sleep", slept.append)
    return slept


def test_a_single_put_is_one_call_that_is_no_transaction(dynamo: DynamoStore, calls: Calls) -> None:
    dynamo.commit(ONE)
    assert [operation for operation, _ in calls] == ["PutItem"]


def test_all_calls_share_one_client(dynamo: DynamoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    original = Session.create_client

    def record(session: Session, service: str, *arguments: Any, **named: Any) -> Any:
        made.append(service)
        return original(session, service, *arguments, **named)

    monkeypatch.setattr(Session, "create_client", record)
    dynamo.get(KEY, Thing)
    dynamo.commit(ONE)
    dynamo.commit(Change([Put(Key("P", "b"), Thing("x"))], [envelope()]))
    assert len(dynamo.get_many([KEY]).items) == 1
    assert made == ["dynamodb"]


def test_more_is_one_transaction(dynamo: DynamoStore, calls: Calls) -> None:
    dynamo.commit(Change(ONE.writes, [envelope()]))
    dynamo.commit(Change(events=[envelope("event-2")]))
    assert [operation for operation, _ in calls] == ["TransactWriteItems"] * 2


def test_reads_are_consistent(dynamo: DynamoStore, calls: Calls) -> None:
    dynamo.get(KEY, Thing)
    dynamo.query("P", "a", Thing)
    assert [(operation, arguments["ConsistentRead"]) for operation, arguments in calls] == [
        ("GetItem", True),
        ("Query", True),
    ]


def test_times_to_live(dynamo: DynamoStore, tables: Any, clock: ManualClock) -> None:
    dynamo.commit(Change([Put(KEY, Thing("x"), expires_at=1_800_000_000)], [envelope()]))
    dynamo.commit(Change([Put(Key("P", "b"), Thing("x"))]))
    kept, forever = tables.scan(TableName="data")["Items"]
    (event,) = tables.scan(TableName="outbox")["Items"]
    assert kept["expires_at"] == {"N": "1800000000"}
    assert "expires_at" not in forever
    assert int(event["expires_at"]["N"]) == to_ms(clock.now() + OUTBOX_RETENTION) // 1000
    assert (event["pk"]["S"], event["sk"]["S"]) == ("thing-1", "event-1")


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_conflicts_of_a_put(dynamo: DynamoStore, fail: Callable[..., Calls], code: str) -> None:
    fail(code)
    with pytest.raises(Conflict):
        dynamo.commit(ONE)


@pytest.mark.parametrize(
    "reasons",
    [
        ("ConditionalCheckFailed", "None"),
        ("None", "TransactionConflict"),
        ("TransactionConflict", "ConditionalCheckFailed"),
    ],
)
def test_conflicts_of_a_transaction(dynamo: DynamoStore, fail: Callable[..., Calls], reasons: tuple[str, ...]) -> None:
    fail("TransactionCanceledException", *reasons)
    with pytest.raises(Conflict):
        dynamo.commit(TWO)


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("TransactionCanceledException", ("ConditionalCheckFailed", "ValidationError")),
        ("TransactionCanceledException", ("None", "ItemCollectionSizeLimitExceeded")),
        ("TransactionCanceledException", ()),
        ("AccessDeniedException", ()),
        ("ResourceNotFoundException", ()),
    ],
)
def test_other_errors_are_not_conflicts(
    dynamo: DynamoStore, fail: Callable[..., Calls], code: str, reasons: tuple[str, ...]
) -> None:
    fail(code, *reasons)
    with pytest.raises(TransactWriteError):
        dynamo.commit(TWO)


def test_other_errors_of_a_put_are_not_conflicts(dynamo: DynamoStore, fail: Callable[..., Calls]) -> None:
    fail("AccessDeniedException")
    with pytest.raises(ClientError):
        dynamo.commit(ONE)


THROTTLES = [
    ("ProvisionedThroughputExceededException", ()),
    ("ThrottlingException", ()),
    ("RequestLimitExceeded", ()),
    ("TransactionCanceledException", ("None", "ThrottlingError")),
    ("TransactionCanceledException", ("ProvisionedThroughputExceeded", "None")),
]


@pytest.mark.parametrize(("code", "reasons"), THROTTLES)
def test_what_is_throttled_is_tried_again_and_then_said_to_be(
    dynamo: DynamoStore, fail: Callable[..., Calls], pauses: list[float], code: str, reasons: tuple[str, ...]
) -> None:
    calls: list[Callable[[], object]] = [lambda: dynamo.commit(TWO)]
    if not reasons:
        calls += [
            lambda: dynamo.commit(ONE),
            lambda: dynamo.commit(Change([Add(KEY)])),
            lambda: dynamo.get(KEY, Thing),
            lambda: dynamo.get_many([KEY]),
            lambda: dynamo.query("P", "", Thing),
            lambda: dynamo.page("P", "", Thing, None, 5),
        ]
    made = fail(code, *reasons)
    for call in calls:
        made.clear()
        pauses.clear()
        with pytest.raises(Throttled):
            call()
        assert len(made) == ATTEMPTS
        assert len(pauses) == ATTEMPTS - 1
        assert all(0 <= pause <= 0.025 * 2**attempt for attempt, pause in enumerate(pauses))


def test_what_was_throttled_for_a_moment_is_done(
    dynamo: DynamoStore, fail: Callable[..., Calls], pauses: list[float]
) -> None:
    fail("ThrottlingException", times=2)
    dynamo.commit(ONE)
    fail("TransactionCanceledException", "ThrottlingError", times=1)
    dynamo.commit(Change([Put(Key("P", "b"), Thing("x"))], [envelope()]))
    fail("ProvisionedThroughputExceededException", times=1)
    assert len(dynamo.query("P", "", Thing)) == 2
    assert len(pauses) == 4


def test_a_throttled_transaction_whose_condition_failed_as_well_is_a_conflict(
    dynamo: DynamoStore, fail: Callable[..., Calls], pauses: list[float]
) -> None:
    made = fail("TransactionCanceledException", "ThrottlingError", "ConditionalCheckFailed")
    with pytest.raises(Conflict):
        dynamo.commit(TWO)
    assert (len(made), pauses) == (1, [])


def test_transactions_that_met_at_a_counter_are_tried_again_others_have_to_look_first(
    dynamo: DynamoStore, fail: Callable[..., Calls], pauses: list[float]
) -> None:
    counting = Change([Add(KEY), Put(Key("P", "b"), Thing("x"))])
    fail("TransactionCanceledException", "TransactionConflict", times=2)
    dynamo.commit(counting)
    fail("TransactionConflictException", times=2)
    dynamo.commit(Change([Add(KEY)]))
    assert len(pauses) == 4
    made = fail("TransactionCanceledException", "TransactionConflict")
    with pytest.raises(Conflict):
        dynamo.commit(TWO)
    assert len(made) == 1
    made.clear()
    with pytest.raises(Conflict):
        dynamo.commit(counting)
    assert len(made) == ATTEMPTS


def test_a_condition_brings_the_item_that_failed_it_so_that_nothing_is_read_again(
    dynamo: DynamoStore, calls: Calls
) -> None:
    dynamo.commit(Change([Put(KEY, newest.Box("x"))]))
    calls.clear()
    for change in (Change([Put(KEY, old.Box("y"), 1)]), Change([Put(KEY, old.Box("y"), 1)], [envelope()])):
        with pytest.raises(NewerShape, match="has shape 2"):
            dynamo.commit(change)
    assert [operation for operation, _ in calls] == ["PutItem", "TransactWriteItems"]


def test_the_endpoint_and_region_are_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_REGION", REGION)
    meta: Any = item_model("data").Meta
    assert (meta.table_name, meta.host, meta.region) == ("data", "http://127.0.0.1:4566", REGION)


def test_what_dynamodb_leaves_of_several_items_is_read_by_another_call(
    dynamo: DynamoStore, calls: Calls, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamo.commit(ONE)
    whole = dynamo._get_some  # noqa: SLF001 (where an answer comes in parts)

    def one_at_a_time(keys: Any) -> Any:
        items, _ = whole(keys[:1])
        return items, keys[1:]

    monkeypatch.setattr(dynamo, "_get_some", one_at_a_time)
    calls.clear()
    assert dynamo.get_many([Key("P", "c"), KEY]).get(KEY, Thing) == dynamo.get(KEY, Thing)
    assert [operation for operation, _ in calls] == ["BatchGetItem", "BatchGetItem", "GetItem"]
    assert all(arguments["RequestItems"]["data"]["ConsistentRead"] for _, arguments in calls[:2])
    pauses.clear()
    with pytest.raises(Throttled, match="of 9 items were not read"):
        dynamo.get_many([Key("P", str(number)) for number in range(9)])
    assert len(pauses) == ATTEMPTS - 1
