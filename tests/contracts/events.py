"""What the services publish and consume, for the tests of the contracts between them."""

import json
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.catalog.app.context import context as catalog_context
from services.catalog.handlers.consume import event_handlers as catalog_handlers
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.app.certificates.confirm_certificate import Confirmation, confirm_certificate
from services.credits.app.certificates.register_certificate import Registration, register_certificate
from services.credits.app.context import LedgerContext, ports
from services.credits.domain.credentials import Credential
from services.credits.handlers.consume import event_handlers as credits_handlers
from services.kit.call import Call
from services.kit.consumer import EventHandler
from services.kit.event_factory import EventFactory
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.keyring import KeyRing
from services.kit.store import Change
from services.orders.adapters.plan_file import load_plans
from services.orders.app.context import Context as OrdersContext
from services.orders.app.context import context as orders_context
from services.orders.app.refunds.items import new_refund
from services.orders.domain.refund import Decision, refund_of
from services.orders.handlers.consume import event_handlers as orders_handlers
from services.playback.app.context import Context as Watching
from services.playback.handlers.consume import event_handlers as playback_handlers
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.store import MemoryStore
from tests.unit.orders import shop

ROOT = Path(__file__).parent.parent.parent
SERVICES = ("catalog", "orders", "playback", "credits")
CONSUMERS = ("catalog", "orders", "playback", "credits")
KEYS = KeyRing(lambda _: {"current": "k1", "k1": "a" * 64})

Json = dict[str, Any]


def published(service: str) -> dict[str, type[BaseModel]]:
    """The models of what a service publishes, by type."""
    models: dict[str, type[BaseModel]] = import_module(f"services.{service}.events.published").PUBLISHED
    return models


def schema(type_: str) -> Json:
    """The producer's schema of an event, as committed beside its code."""
    return _read(type_, "schemas")


def example(type_: str) -> Json:
    """The producer's example."""
    return _read(type_, "examples")


def names(service: str, folder: str) -> set[str]:
    """What a service has a schema or an example of."""
    return {file.stem for file in (ROOT / "services" / service / "events" / folder).glob("*.json")}


PUBLISHED = {type_: service for service in SERVICES for type_ in published(service)}
"""Every type of event there is, with its producer."""


def consumer(service: str) -> tuple[MemoryStore, dict[str, EventHandler]]:
    """What a service does with each type, on a store that has what came before the examples."""
    store, clock = MemoryStore(), ManualClock(datetime(2026, 6, 1, 4, tzinfo=UTC))
    if service == "catalog":
        return store, catalog_handlers(catalog_context(store, clock, SequentialIds()))
    if service == "orders":
        orders = orders_context(store, clock, SequentialIds(), load_plans())
        _refund(orders)
        return store, orders_handlers(orders)
    if service == "playback":
        ids = SequentialIds()
        return store, playback_handlers(Watching(store, clock, ids, EventFactory("playback", clock, ids), KEYS))
    ledger = LedgerContext(*ports(store, clock, SequentialIds()), load_rules(), KEYS, load_profile_policy())
    _certify(ledger)
    handlers = credits_handlers(ledger)
    publication = Envelope.model_validate(example("catalog.course_published.v1"))
    handlers[publication.type](publication.model_copy(update={"id": "before"}))
    reversed_ = example("orders.hours_reversal_requested.v1")["data"]
    watched = Envelope.model_validate(example("playback.watch_completed.v1"))
    watch = {**watched.data, "watch_id": reversed_["watch_ids"][0]}
    handlers[watched.type](watched.model_copy(update={"id": "watched before", "data": watch}))
    return store, handlers


def _refund(orders: OrdersContext) -> None:
    """A refund of two courses: the one that playback's example is about, and one whose hours are being reversed."""
    waiting, reversing = (
        example(type_)["data"]["revocation_id"]
        for type_ in ("playback.entitlement_revocation_decided.v1", "credits.watches_reversed.v1")
    )
    refund = shop.being_refunded(orders, refund_of(waiting))
    decided = refund.decided(reversing, Decision.REVERSING, orders.clock.now(), ["watch-1"])
    orders.store.commit(Change(new_refund(decided)))


def _certify(ledger: LedgerContext) -> None:
    data = example("credits.certificate_confirmed.v1")["data"]
    credential, start = Credential(data["credential"]), date.fromisoformat(data["period_start"])
    learner = Principal(data["learner_id"], frozenset({Role.LEARNER}))
    register_certificate(ledger, Call(learner, "request-1"), Registration(credential, "N-001", start))
    administrator = Principal("administrator-1", frozenset({Role.ADMINISTRATOR}))
    confirmation = Confirmation(data["learner_id"], credential, "certificate seen", None)
    confirm_certificate(ledger, Call(administrator, "request-1"), confirmation)


def _read(type_: str, folder: str) -> Json:
    file = ROOT / "services" / type_.split(".")[0] / "events" / folder / f"{type_}.json"
    found: Json = json.loads(file.read_text("utf-8"))
    return found
