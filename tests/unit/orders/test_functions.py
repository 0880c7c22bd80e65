"""The deployed functions, wired as in AWS, on moto: claim over HTTP, relay from the outbox, course from the queue."""

import json
from collections.abc import Iterator
from importlib import reload
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.kit.wiring import bus, tables
from services.orders import bootstrap
from services.orders.handlers import consume, http, relay
from tests.fakes.aws_endpoint import aws_of_functions
from tests.gateway import ORIGIN_SECRET, LambdaContext, claims, request
from tests.unit.orders.world import ADMINISTRATOR, KEY, MEMBER, RECOMMENDED, World

ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.us-east-1.amazonaws.com",
    "TABLE_NAME": "orders",
    "OUTBOX_TABLE_NAME": "orders-outbox",
    "ORIGIN_SECRET_ID": "orders-test-origin",
    "EVENT_BUS_NAME": "xueshi",
}
CONTEXT: Any = LambdaContext()


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Reads the outbox as a stream would deliver it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    cached = (tables.store, bootstrap.orders, bus.bus)
    for function in cached:
        function.cache_clear()
    reload(http)
    with mock_aws():
        client = boto3.client("dynamodb")
        for table in ("orders", "orders-outbox"):
            client.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
                BillingMode="PAY_PER_REQUEST",
            )
        boto3.client("secretsmanager").create_secret(
            Name="orders-test-origin", SecretString=json.dumps({"current": ORIGIN_SECRET})
        )
        boto3.client("events").create_event_bus(Name="xueshi")
        read_and_told = {name: boto3.client(name) for name in ("secretsmanager", "events")}

        def records() -> list[dict[str, Any]]:
            items = client.scan(TableName="orders-outbox")["Items"]
            return [
                {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": item}}
                for number, item in enumerate(items)
            ]

        with aws_of_functions(monkeypatch, **read_and_told):
            yield records
    for function in cached:
        function.cache_clear()
    reload(http)


def bus_event(envelope: dict[str, Any]) -> dict[str, Any]:
    """An event as the bus puts it into a queue."""
    return {"source": envelope["source"], "detail-type": envelope["type"], "detail": envelope}


def test_the_path_through_the_functions(outbox: Any, world: World) -> None:
    event = world.published(RECOMMENDED, 1, recommended=True).model_dump(mode="json")
    message = {"messageId": "m", "body": json.dumps(bus_event(event)), "eventSource": "aws:sqs"}
    assert consume.handler({"Records": [message]}, CONTEXT) == {"batchItemFailures": []}

    staff = claims(ADMINISTRATOR.id, "administrator")
    grants = f"/v1/orders/learners/{MEMBER}/memberships"
    body = {"plan": "vip", "reason": "a gift"}
    assert http.handler(request("POST", grants, body, who=staff, idempotency_key=KEY), CONTEXT)["statusCode"] == 201

    claim = request(
        "POST", "/v1/orders/claims", {"course_id": RECOMMENDED}, who=claims(MEMBER, "learner"), idempotency_key=KEY
    )
    first, second = http.handler(claim, CONTEXT), http.handler(claim, CONTEXT)
    assert (first["statusCode"], second["body"]) == (201, first["body"])

    records = outbox()
    assert relay.handler({"Records": records}, CONTEXT) == {"batchItemFailures": []}
    sent = {event["type"]: event for event in (json.loads(r["dynamodb"]["NewImage"]["body"]["S"]) for r in records)}
    assert sent["orders.membership_changed.v1"]["data"]["learner_id"] == MEMBER
    assert (
        sent["orders.entitlement_granted.v1"]["data"]["entitlement_id"] == json.loads(first["body"])["entitlement_id"]
    )


def test_a_poison_message_comes_back_alone(outbox: Any, world: World) -> None:
    good = world.published(RECOMMENDED, 1, recommended=True).model_dump(mode="json")
    bodies = [bus_event(good | {"type": "catalog.course_published.v9"}), bus_event(good)]
    records = [
        {"messageId": f"m{number}", "body": json.dumps(body), "eventSource": "aws:sqs"}
        for number, body in enumerate(bodies)
    ]
    assert consume.handler({"Records": records}, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
