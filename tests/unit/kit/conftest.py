"""All stores, behind the one port."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.kit.direct.client import DYNAMODB, DirectClient, Service
from services.kit.events import Envelope
from services.kit.store import Key, Store
from services.kit.store.codec import decode
from services.kit.store.direct import DirectStore
from services.kit.store.dynamodb import DynamoStore
from tests.fakes.aws_endpoint import AwsEndpoint, aws_endpoint, aws_of_functions
from tests.fakes.clock import ManualClock
from tests.fakes.store import MemoryStore

REGION = "us-east-1"
NOW = datetime(2026, 3, 2, 4, 0, 0, 250_000, tzinfo=UTC)


@dataclass(frozen=True)
class Subject:
    """A store under test, and what is in its tables."""

    store: Store
    outbox: Callable[[], list[Envelope]]
    labels: Callable[[], dict[Key, tuple[str | None, int | None, str]]]
    body: Callable[[Key], str]
    put_unlabelled: Callable[[Key, str], None]


@pytest.fixture
def clock() -> ManualClock:
    """Stands still."""
    return ManualClock(NOW)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS of moto's, empty."""
    environment = {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_ENDPOINT_URL_DYNAMODB": f"https://dynamodb.{REGION}.amazonaws.com",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def tables(aws: None) -> Any:
    """boto3's client, with a table and an outbox table as the template makes them."""
    client = boto3.client("dynamodb")
    for table in ("data", "outbox"):
        client.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
    return client


@pytest.fixture
def dynamo(tables: Any, clock: ManualClock) -> DynamoStore:
    """The real adapter."""
    return DynamoStore("data", "outbox", clock)


@pytest.fixture
def endpoint(tables: Any) -> Iterator[AwsEndpoint]:
    """The same tables, over HTTP."""
    with aws_endpoint(dynamodb=tables, secretsmanager=boto3.client("secretsmanager")) as running:
        yield running


@pytest.fixture
def direct(endpoint: AwsEndpoint, clock: ManualClock) -> DirectStore:
    """The adapter without an SDK."""
    return DirectStore(direct_client(endpoint), "data", "outbox", clock)


@pytest.fixture
def parameters(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """boto3's client of what functions read."""
    client = boto3.client("ssm")
    with aws_of_functions(monkeypatch, ssm=client):
        yield client


def direct_client(endpoint: AwsEndpoint, service: Service = DYNAMODB) -> DirectClient:
    """A client of what is behind the endpoint."""
    return DirectClient(service, REGION, endpoint.url, lambda: datetime.now(UTC))


@pytest.fixture(params=["memory", "dynamo", "direct"])
def subject(request: pytest.FixtureRequest, clock: ManualClock) -> Subject:
    """Each of the three in turn."""
    if request.param == "memory":
        return in_memory(MemoryStore(clock))
    return in_dynamodb(request.getfixturevalue(request.param), request.getfixturevalue("tables"))


def in_memory(store: MemoryStore) -> Subject:
    """The fake."""

    def labels() -> dict[Key, tuple[str | None, int | None, str]]:
        return {key: (label.kind, label.shape, label.at) for key, label in store.labels.items()}

    def put_unlabelled(key: Key, body: str) -> None:
        store.items[key] = (1, body)

    return Subject(store, lambda: store.outbox, labels, lambda key: store.items[key][1], put_unlabelled)


def in_dynamodb(store: Store, client: Any) -> Subject:
    """A real adapter, on moto's tables."""

    def items(table: str) -> list[dict[str, Any]]:
        return list(client.scan(TableName=table)["Items"])

    def outbox() -> list[Envelope]:
        return [decode(item["body"]["S"], Envelope) for item in items("outbox")]

    def labels() -> dict[Key, tuple[str | None, int | None, str]]:
        return {
            Key(item["pk"]["S"], item["sk"]["S"]): (item["kind"]["S"], int(item["shape"]["N"]), item["at"]["S"])
            for item in items("data")
        }

    def body(key: Key) -> str:
        found = client.get_item(TableName="data", Key={"pk": {"S": key.pk}, "sk": {"S": key.sk}})
        return str(found["Item"]["body"]["S"])

    def put_unlabelled(key: Key, text: str) -> None:
        item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "version": {"N": "1"}, "body": {"S": text}}
        client.put_item(TableName="data", Item=item)

    return Subject(store, outbox, labels, body, put_unlabelled)


@pytest.fixture
def store(subject: Subject) -> Store:
    """The store alone."""
    return subject.store


def envelope(
    id_: str = "event-1", type_: str = "test.thing_done.v1", subject: str = "thing-1", **data: Any
) -> Envelope:
    """An event."""
    return Envelope(
        id=id_, source="xueshi.test", type=type_, time=NOW, subject=subject, correlation_id="request-1", data=data
    )
