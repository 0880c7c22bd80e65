"""Counts what playback asks of DynamoDB: its real handlers and store on moto, under a clock that the test moves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from services.kit.event_factory import EventFactory
from services.kit.events import Envelope
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.store.dynamodb import DynamoStore
from services.playback.app.context import Context
from services.playback.app.courses.record_course import record_course
from services.playback.app.entitlements.record_entitlement import record_entitlement
from tests.fakes.clock import ManualClock
from tests.gateway import Answer, claims, request, send
from tests.unit.playback.functions import PlayerFunctions

LEARNER = "0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e"
TABLE, OUTBOX = "xueshi-playback", "xueshi-playback-outbox"
UNIT_BYTES = 1024
TRANSACTION_FACTOR = 2
READ_UNIT_BYTES = 4096


@dataclass(frozen=True)
class Call:
    """One call of DynamoDB's API, with what it wrote."""

    operation: str
    items: tuple[dict[str, Any], ...]

    @property
    def write_units(self) -> int:
        """Write units as AWS bills them; a transaction costs twice."""
        factor = TRANSACTION_FACTOR if self.operation == "TransactWriteItems" else 1
        return factor * sum(-(-item_bytes(item) // UNIT_BYTES) for item in self.items)


@dataclass
class Meter:
    """Playback's player API, and every call it makes while `counted`."""

    api: PlayerFunctions
    context: Context
    clock: ManualClock
    calls: list[Call] = field(default_factory=list)

    @contextmanager
    def counted(self) -> Iterator[list[Call]]:
        """The calls made in the block, and no others."""
        self.calls.clear()
        yield self.calls

    def call(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Answer:
        """One request of the learner."""
        event = request(method, path, body, who=claims(LEARNER, "learner"), idempotency_key=RandomIds().new())
        return send(self.api, event)

    def deliver(self, handle: Any, type_: str, **data: Any) -> None:
        """An event of another service, to its consumer."""
        now = self.clock.now()
        event = Envelope(
            id=RandomIds().new(),
            source="xueshi.test",
            type=type_,
            time=now,
            subject="subject",
            sequence=1,
            correlation_id="test",
            data=data,
        )
        handle(self.context, event)

    def entitle(self, course_id: str, duration_ms: int, max_rate: str = "1.0") -> None:
        """A course, and the right to watch it for some time."""
        self.deliver(
            record_course,
            "catalog.course_published.v1",
            course_id=course_id,
            content_version="0123456789abcdef",
            duration_ms=duration_ms,
            max_rate=max_rate,
            media_path=f"/media/{course_id}/0123456789abcdef/index.m3u8",
        )
        self.deliver(
            record_entitlement,
            "orders.entitlement_granted.v1",
            entitlement_id=RandomIds().new(),
            learner_id=LEARNER,
            course_id=course_id,
            basis="membership",
            counts_against_member_quota=True,
            valid_until=datetime(2027, 1, 1, tzinfo=UTC),
        )

    def start(self, course_id: str) -> dict[str, Any]:
        """A session."""
        return dict(self.call("/v1/playback/sessions", {"course_id": course_id}).body)


@contextmanager
def metered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    """Playback on moto's DynamoDB, every call counted."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        for table in (TABLE, OUTBOX):
            _create(table)
        clock, ids = ManualClock(datetime(2026, 1, 5, 4, 0, tzinfo=UTC)), RandomIds()
        store = DynamoStore(TABLE, OUTBOX, clock)
        keys = KeyRing(lambda _: {"current": "k1", "k1": "one" * 20})
        context = Context(store, clock, ids, EventFactory("playback", clock, ids), keys)
        meter = Meter(PlayerFunctions(context), context, clock)
        with patch.object(BaseClient, "_make_api_call", _counting(meter)):
            yield meter


def item_bytes(item: dict[str, Any]) -> int:
    """An item's size by DynamoDB's rules: names and values in UTF-8; a number takes at most half its digits and two."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, str]) -> int:
    ((kind, content),) = value.items()
    return len(content.encode()) if kind == "S" else len(content) // 2 + 2


def _counting(meter: Meter) -> Any:
    original = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 (where all calls meet)

    own = threading.get_ident()

    def make_api_call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        # A running system of other tests polls its streams from threads of this process.
        if threading.get_ident() == own:
            meter.calls.append(Call(operation, tuple(_written(parameters))))
        return original(client, operation, parameters)

    return make_api_call


def _written(parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Item" in parameters:
        yield parameters["Item"]
    for entry in parameters.get("TransactItems", []):
        # A condition check is billed like a write of the item it looks at; its key is all that is known here.
        ((_, part),) = entry.items()
        yield part.get("Item") or part["Key"]


def _create(table: str) -> None:
    keys = {"pk": "HASH", "sk": "RANGE"}
    boto3.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],  # type: ignore[typeddict-item]
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
    )
