"""Events: what is emitted fits the schema, and every consumer takes every producer's example."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.catalog.app.context import context as catalog_context
from services.catalog.app.context import media_context
from services.catalog.app.publishing.publish_course import Submission, publish_course
from services.catalog.app.publishing.withdraw_course import withdraw_course
from services.catalog.cli.package import load_package
from services.catalog.domain.document import write_course
from services.catalog.domain.media import PLAYLIST, media_prefix
from services.credits.app.certificates.return_certificate import Return, return_certificate
from services.credits.app.deadlines.remind import file_deadline, remind_learners
from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.app.declarations.export_batch import close_batch
from services.credits.app.declarations.import_results import import_results
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.ledger.seal_heads import seal_ledger_heads
from services.credits.app.notices.tell_learner import tell_of_entry
from services.credits.domain.credentials import Credential
from services.credits.domain.review import Standing
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.store import Change, Put
from services.orders.app.finance.exports import request_daily_exports
from services.orders.app.finance.request_check import request_daily_checks
from services.orders.app.payments.items import payment_key
from services.orders.app.payments.receive_notification import receive_notification
from services.playback.app.risk.assess_watch import assess_watch
from tests.contracts.events import CONSUMERS, PUBLISHED, ROOT, SERVICES, consumer, example, names, published, schema
from tests.fakes.archive import MemoryArchive as Packs
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.media_bucket import MemoryMediaBucket
from tests.fakes.store import MemoryStore
from tests.unit.credits import world as credits_world
from tests.unit.orders import shop
from tests.unit.orders import world as orders_world
from tests.unit.orders.till import wechat_world
from tests.unit.playback.player import confirm, play, watch_to_the_end
from tests.unit.playback.world import LEARNER, SHORT, a_world

CREDENTIAL = Credential.AFP
FORMATS = FormatChecker(["date"])


@FORMATS.checks("date-time", ValueError)
def is_instant(value: object) -> bool:
    """Whether it is an instant, with its offset. Raises ValueError where it is no time at all."""
    return datetime.fromisoformat(str(value)).tzinfo is not None


def complaints(event: dict[str, Any]) -> list[str]:
    """How an event does not fit the schema of its type."""
    validator = Draft202012Validator(schema(event["type"]), format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(event)]


def publish_a_demo_course() -> list[Envelope]:
    """The catalogue's way of it, and of withdrawing it."""
    package = load_package(ROOT / "demo" / "courses" / "first-meeting")
    store, bucket, ids = MemoryStore(), MemoryMediaBucket(), SequentialIds()
    clock = ManualClock(orders_world.NOON_IN_SHANGHAI)
    prefix = media_prefix(package.course.content_id, package.version)
    bucket.files = {prefix + path: package.content(path) for path in (PLAYLIST, *package.paths)}
    ctx = media_context(catalog_context(store, clock, ids), bucket)
    call = Call(Principal("editor-1", frozenset({Role.EDITOR})), "request-1")
    submission = Submission(
        document=write_course(package.course),
        version=package.version,
        files=package.files,
        captions=package.captions,
        expected=0,
        reason="new",
    )
    publish_course(ctx, call, submission)
    withdraw_course(ctx, call, package.course.course_id, "outdated")
    return store.outbox


def claim_a_course() -> list[Envelope]:
    """Orders' way of it."""
    world = orders_world.World()
    world.grant()
    world.claim()
    return world.store.outbox


def notify_of_a_payment() -> list[Envelope]:
    """Orders' way of taking a provider's word."""
    world = orders_world.World()
    with wechat_world(world.clock) as wechat:
        payment = wechat.payment()
        world.store.commit(Change([Put(payment_key(payment.number), payment)]))
        receive_notification(world.ctx, wechat.provider, wechat.message(wechat.paid(payment)), "request-1")
    return world.store.outbox


def pay_an_order_twice() -> list[Envelope]:
    """Orders' way of it."""
    world = orders_world.World()
    order = shop.place(world)
    for trade_no in ("T1", "T2"):
        shop.pay(world, order, trade_no)
    return world.store.outbox


def refund_a_completed_course() -> list[Envelope]:
    """Orders' way of it: an administrator has the hours reversed, and the money goes back after credits' answer."""
    world = orders_world.World()
    order = shop.place(world)
    shop.pay(world, order)
    refund = shop.ask(world, order, reverse_hours=True)
    shop.decide(world, refund.lines[0], completed=["watch-1"], revoked=True)
    shop.answer_reversal(world, refund.lines[0])
    return world.store.outbox


def ask_for_what_finance_wants() -> list[Envelope]:
    """Orders' way of it."""
    world = orders_world.World()
    request_daily_exports(world.ctx, "request-1")
    request_daily_checks(world.ctx, "request-1")
    return world.store.outbox


def watch_a_course() -> list[Envelope]:
    """Playback's way of it."""
    world = a_world()
    watch_to_the_end(world, world.start())
    return world.store.outbox


def revoke_an_entitlement() -> list[Envelope]:
    """Playback's way of it."""
    world = a_world()
    world.revoke(LEARNER, SHORT)
    return world.store.outbox


def reverse_hours() -> list[Envelope]:
    """Credits' way of it."""
    world = credits_world.World()
    world.publish(eligible=["AFP"])
    world.certify(credits_world.AFP)
    world.deliver(credits_world.completed())
    world.deliver(credits_world.refunded())
    return world.store.outbox


def click_at_once() -> list[Envelope]:
    """Playback's way of noticing it."""
    world = a_world()
    state = world.start()
    while state.live.completed_at is None:
        state = confirm(world, state, after_ms=0) if state.prompt else play(world, state, 5_000)
    (completed,) = world.store.outbox
    assess_watch(world.risk_context(Packs()), completed)
    return world.store.outbox


def earn_hours() -> list[Envelope]:
    """Credits' way of it."""
    world = credits_world.World()
    world.publish()
    world.certify(credits_world.AFP)
    world.deliver(credits_world.completed())
    return world.store.outbox


def review_hours() -> list[Envelope]:
    """Credits' way of it."""
    world = credits_world.World()
    world.publish(eligible=["AFP"])
    world.certify(credits_world.AFP)
    world.deliver(credits_world.completed())
    world.grant()
    for standing in (Standing.UNDER_REVIEW, Standing.STANDS, Standing.VOID):
        world.review(1, standing)
    return world.store.outbox


def tell_and_forget_a_learner() -> list[Envelope]:
    """Credits' way of both."""
    world = credits_world.World()
    world.publish(eligible=["AFP"])
    world.deliver(credits_world.completed())
    (held,) = world.sent("credits.hours_held.v1")
    tell_of_entry(world.notices, held)
    erase_person(world.ctx, Call(credits_world.ADMINISTRATOR, "request-1"), credits_world.LEARNER, "asked on 5 March")
    return world.store.outbox


def return_a_certificate() -> list[Envelope]:
    """Credits' way of handing one back."""
    world = credits_world.World()
    world.register(credits_world.AFP)
    wanted = Return(credits_world.LEARNER, credits_world.AFP, "no such number", 1)
    return_certificate(world.ctx, Call(credits_world.ADMINISTRATOR, "request-7"), wanted)
    return world.store.outbox


def remind_of_a_deadline() -> list[Envelope]:
    """Credits' way of it: of the first year's, and of the period's."""
    world = credits_world.World()
    world.certify(credits_world.AFP, start=date(2025, 6, 1))
    (confirmed,) = world.sent("credits.certificate_confirmed.v1")
    file_deadline(world.notices, confirmed)
    for days in (130, 365):
        world.clock.advance(int(timedelta(days=days).total_seconds() * 1000))
        remind_learners(world.notices)
    return world.store.outbox


def answer_a_declaration() -> list[Envelope]:
    """Credits' way of passing on what the certifying body says."""
    world = credits_world.World()
    world.publish(eligible=["AFP"])
    world.certify(credits_world.AFP)
    world.deliver(credits_world.completed())
    officer, start = Principal("officer-1", frozenset({Role.RECORDS})), world.certificates()[CREDENTIAL].period_start
    (declared,) = declare_hours(world.ctx, credits_world.own_call(credits_world.LEARNER), CREDENTIAL, start)
    close_batch(world.records, Call(officer, "request-7", "key-0000-0000-0001"), CREDENTIAL, "monthly")
    text = f"line_id,result,reason\n{declared.declaration.last.line_id},accepted,\n"
    import_results(world.records, Call(officer, "request-1"), CREDENTIAL, 1, text, "letter")
    return world.store.outbox


def seal_the_heads_of_a_day() -> list[Envelope]:
    """Credits' way of having its records logged."""
    world = credits_world.World()
    world.publish(eligible=["AFP"])
    world.certify(credits_world.AFP)
    world.deliver(credits_world.completed())
    world.clock.advance(int(timedelta(days=1).total_seconds() * 1000))
    seal_ledger_heads(world.records, world.clock.now() + timedelta(minutes=1))
    return world.store.outbox


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_has_a_schema_and_an_example_and_nothing_else_has(service: str) -> None:
    assert names(service, "schemas") == names(service, "examples") == published(service).keys()
    assert all(type_.startswith(f"{service}.") for type_ in published(service))


@pytest.mark.parametrize("type_", PUBLISHED)
def test_examples_fit_schema_model_and_envelope(type_: str) -> None:
    event = example(type_)
    assert complaints(event) == []
    envelope = Envelope.model_validate(event)
    assert envelope.model_dump(mode="json") == event
    model = published(PUBLISHED[type_])[type_]
    assert model.model_validate(envelope.data).model_dump(mode="json") == envelope.data


@pytest.mark.parametrize("type_", PUBLISHED)
def test_schemas_refuse_what_is_not_their_event(type_: str) -> None:
    event = example(type_)
    assert complaints({**event, "source": "xueshi.somebody"})
    assert complaints({**event, "time": "yesterday"})
    fields = published(PUBLISHED[type_])[type_].model_fields
    for name in event["data"]:
        lacking = {key: value for key, value in event["data"].items() if key != name}
        came_later = not fields[name].is_required()
        assert came_later or complaints({**event, "data": lacking}), f"{name} may be absent"
        assert complaints({**event, "data": {**event["data"], name: {"unexpected": "object"}}})


EMITTING = (
    publish_a_demo_course,
    claim_a_course,
    notify_of_a_payment,
    pay_an_order_twice,
    refund_a_completed_course,
    ask_for_what_finance_wants,
    watch_a_course,
    revoke_an_entitlement,
    click_at_once,
    earn_hours,
    review_hours,
    answer_a_declaration,
    return_a_certificate,
    seal_the_heads_of_a_day,
    remind_of_a_deadline,
    tell_and_forget_a_learner,
    reverse_hours,
)


@pytest.mark.parametrize("emit", EMITTING)
def test_what_the_use_cases_emit_fits_the_schema(emit: Any) -> None:
    emitted = emit()
    assert emitted
    for event in emitted:
        assert complaints(json.loads(event.model_dump_json())) == []


def test_the_use_cases_above_emit_every_type() -> None:
    assert {event.type for emit in EMITTING for event in emit()} == PUBLISHED.keys()


CONSUMED = [(service, type_) for service in CONSUMERS for type_ in consumer(service)[1]]


def test_what_is_consumed_is_published() -> None:
    assert {type_ for _service, type_ in CONSUMED} <= PUBLISHED.keys()


@pytest.mark.parametrize(("service", "type_"), CONSUMED)
def test_consumers_take_the_producers_example(service: str, type_: str) -> None:
    store, handlers = consumer(service)
    before = dict(store.items)
    envelope = Envelope.model_validate(example(type_))
    handlers[type_](envelope)
    stored = dict(store.items)
    assert stored != before or PUBLISHED[type_] == service, "a service's own event may find everything done"
    handlers[type_](envelope)
    assert store.items == stored


@pytest.mark.parametrize(("service", "type_"), CONSUMED)
def test_consumers_overlook_what_a_producer_adds(service: str, type_: str) -> None:
    event = example(type_)
    event["data"]["added_later"] = {"by": "the producer"}
    store, handlers = consumer(service)
    handlers[type_](Envelope.model_validate(event))
    plain, plain_handlers = consumer(service)
    plain_handlers[type_](Envelope.model_validate(example(type_)))
    assert store.items == plain.items
