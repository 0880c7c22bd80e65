"""What only the real adapter does: calls, time to live, and which of DynamoDB's errors are conflicts."""

from collections.abc import Callable
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import TransactWriteError

from services.kit.clock import ManualClock, to_ms
from services.kit.store import Change, Conflict, Key, Put
from services.kit.store.dynamodb import OUTBOX_RETENTION, DynamoStore, item_model
from tests.unit.kit.conftest import REGION, envelope
from tests.unit.kit.test_store import Thing

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
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes every call fail: with a code, and a cancelled transaction's reasons."""

    def arrange(code: str, *reasons: str) -> None:
        def refuse(_client: Any, operation: str, _arguments: dict[str, Any]) -> None:
            response: Any = {"Error": {"Code": code, "Message": "no"}}
            response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
            raise ClientError(response, operation)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)

    return arrange


def test_a_single_put_is_one_call_that_is_no_transaction(dynamo: DynamoStore, calls: Calls) -> None:
    dynamo.commit(ONE)
    assert [operation for operation, _ in calls] == ["PutItem"]


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
def test_conflicts_of_a_put(dynamo: DynamoStore, fail: Callable[..., None], code: str) -> None:
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
def test_conflicts_of_a_transaction(dynamo: DynamoStore, fail: Callable[..., None], reasons: tuple[str, ...]) -> None:
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
    dynamo: DynamoStore, fail: Callable[..., None], code: str, reasons: tuple[str, ...]
) -> None:
    fail(code, *reasons)
    with pytest.raises(TransactWriteError):
        dynamo.commit(TWO)


def test_other_errors_of_a_put_are_not_conflicts(dynamo: DynamoStore, fail: Callable[..., None]) -> None:
    fail("AccessDeniedException")
    with pytest.raises(ClientError):
        dynamo.commit(ONE)


def test_the_endpoint_and_region_are_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_REGION", REGION)
    meta: Any = item_model("data").Meta
    assert (meta.table_name, meta.host, meta.region) == ("data", "http://127.0.0.1:4566", REGION)
