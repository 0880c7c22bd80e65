"""A person is erased: whom their invoices are made out to goes everywhere; what was issued stays."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from services.kit.events import Envelope
from services.kit.problems import Problem
from services.kit.store import Change
from services.orders.app.erasure.erase_person import ERASED
from services.orders.app.invoices.issue_invoice import invoices_of, reject_request
from services.orders.app.invoices.request_invoice import (
    InvoiceDraft,
    InvoiceWithBuyer,
    invoices_of_order,
    request_invoice,
)
from services.orders.app.personal_data.collect_personal_data import collect_personal_data
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.invoice import Invoice, InvoiceStatus
from services.orders.domain.order import Order
from services.orders.domain.refund import Cause
from services.orders.handlers.consume import event_handlers
from tests.erasing import check_copy, check_erasure
from tests.unit.orders.counter import BUYER, FINANCE, Counter
from tests.unit.orders.shop import a_line
from tests.unit.orders.world import ADMINISTRATOR, KEY, MEMBER, RECOMMENDED, VISITOR, World, a_call

SECRET = str(BUYER.tax_id)
TELLING = replace(BUYER, title=f"北京{SECRET}有限公司", email=f"{SECRET}@example.com")
"""Has the secret in all that is written of a buyer. Not any text is a tax id, so a tax id is the secret."""


@pytest.fixture
def counter(world: World) -> Counter:
    """The shop."""
    return Counter(world)


@pytest.fixture
def issued(counter: Counter) -> Invoice:
    """An invoice of the member's first order."""
    invoice = counter.invoice(counter.sell())
    assert invoice
    return invoice


@pytest.fixture
def waiting(world: World, counter: Counter) -> Order:
    """The member's second order, of which an invoice is requested."""
    order = counter.sell(a_line(1, RECOMMENDED))
    wish(world, order)
    return order


def wish(world: World, order: Order, amount_fen: int | None = 100) -> InvoiceWithBuyer:
    """An invoice is requested."""
    return request_invoice(
        world.ctx, a_call(order.learner_id, world.ids.new()), InvoiceDraft(order.order_id, amount_fen, TELLING)
    )


def erase(world: World, learner_id: LearnerId = MEMBER) -> None:
    """Credits' event, delivered."""
    event = Envelope(
        id="event-1",
        source="xueshi.credits",
        type="credits.person_erased.v1",
        time=world.clock.now(),
        subject="subject",
        correlation_id="request-1",
        data={"learner_id": learner_id},
    )
    event_handlers(world.ctx)[event.type](event)


def holding(world: World) -> list[str]:
    """Where personal data is."""
    return [key.pk for key, (_, text) in world.store.items.items() if SECRET in text]


def seen(world: World, order_id: OrderId, learner_id: LearnerId = MEMBER) -> list[InvoiceWithBuyer]:
    """The invoices of an order as they stand."""
    return invoices_of_order(world.ctx, learner_id, order_id)[0]


def code_of(refused: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        refused()
    return caught.value.type.code


def test_buyers_go_and_what_was_issued_stays(world: World, issued: Invoice, waiting: Order) -> None:
    assert len(holding(world)) == 2
    erase(world)
    assert holding(world) == []
    (stays,) = seen(world, issued.order_id)
    assert (stays.invoice, stays.buyer) == (issued, None), "number and PDF among it"
    (request,) = seen(world, waiting.order_id)
    assert (request.invoice.status, request.invoice.note, request.buyer) == (InvoiceStatus.CANCELLED, ERASED, None)
    page = invoices_of(world.ctx, "2026-03", None, "", 10)
    assert [found.buyer for found in page.items] == [None, None]


def test_what_each_kind_says_of_an_erasure_is_what_happens(
    world: World, counter: Counter, issued: Invoice, waiting: Order
) -> None:
    turned_down = wish(world, waiting).invoice
    reject_request(world.ctx, a_call(FINANCE), turned_down.invoice_id, f"{SECRET}有误")
    world.grant(reason=f"{SECRET}获赠")
    unwanted = RefundDraft(counter.sell().order_id, None, Cause.ADMINISTRATOR, f"{SECRET}要求")
    ask_refund(world.ctx, a_call(ADMINISTRATOR, world.ids.new()), unwanted)
    check_erasure("services.orders", world.store, SECRET, lambda: erase(world))


def test_a_copy_has_all_that_an_erasure_would_empty_and_nobody_else(
    world: World, counter: Counter, issued: Invoice, waiting: Order
) -> None:
    wish(world, waiting)
    others = counter.sell(learner_id=VISITOR)
    unwanted = RefundDraft(counter.sell().order_id, None, Cause.ADMINISTRATOR, "要求")
    ask_refund(world.ctx, a_call(ADMINISTRATOR, world.ids.new()), unwanted)
    copy = collect_personal_data(world.ctx, MEMBER)
    strangers = [ADMINISTRATOR.id, VISITOR, others.order_id]
    check_copy("services.orders", world.store, SECRET, copy, strangers)
    empty = {one.name for one in copy if not one.items}
    assert empty <= {"claims", "entitlements"}, empty


def test_erased_again_nothing_changes_and_others_never_do(
    world: World, counter: Counter, issued: Invoice, waiting: Order
) -> None:
    others = counter.sell(learner_id=VISITOR)
    wish(world, others)
    erase(world)
    before = world.store.snapshot()
    erase(world)
    assert world.store.snapshot() == before
    (request,) = seen(world, others.order_id, VISITOR)
    assert (request.invoice.status, request.buyer) == (InvoiceStatus.REQUESTED, TELLING)


@pytest.mark.parametrize("survived", range(5))
def test_a_crash_at_any_step_is_made_good_by_the_next_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch, issued: Invoice, waiting: Order, survived: int
) -> None:
    commit, left = world.store.commit, [survived]

    def die(change: Change) -> None:
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        commit(change)

    with monkeypatch.context() as dying:
        dying.setattr(world.store, "commit", die)
        with suppress(SystemExit):
            erase(world)
    assert bool(holding(world)) == (survived < 3), "the learner's mark, then one invoice after the other"
    erase(world)
    assert holding(world) == []
    assert [found.invoice.status for found in seen(world, waiting.order_id)] == [InvoiceStatus.CANCELLED]


def test_attack_a_token_that_is_still_valid_adds_nothing_personal(world: World, waiting: Order) -> None:
    erase(world)
    before = world.store.snapshot()
    assert code_of(lambda: wish(world, waiting)) == "PERSON_ERASED"
    assert world.store.snapshot() == before


def test_attack_a_request_in_the_moment_of_the_erasure(world: World, waiting: Order) -> None:
    world.store.before_commit = lambda: erase(world)
    assert code_of(lambda: wish(world, waiting)) == "PERSON_ERASED"
    assert holding(world) == []


def test_a_request_just_before_the_erasure_is_erased_too(world: World, waiting: Order) -> None:
    world.store.before_commit = lambda: wish(world, waiting)
    erase(world)
    assert holding(world) == []
    assert [found.invoice.status for found in seen(world, waiting.order_id)] == [InvoiceStatus.CANCELLED] * 2


def test_what_finance_issues_in_that_moment_stays_issued(world: World, counter: Counter, waiting: Order) -> None:
    (request,) = seen(world, waiting.order_id)

    def issue_before_the_invoice_is_erased() -> None:
        world.store.before_commit = lambda: counter.issue(request.invoice.invoice_id)

    world.store.after_commit = issue_before_the_invoice_is_erased
    erase(world)
    (found,) = seen(world, waiting.order_id)
    assert (found.invoice.status, found.buyer, holding(world)) == (InvoiceStatus.ISSUED, None, [])


def test_the_first_answer_is_repeated_without_the_buyer(world: World, waiting: Order) -> None:
    def ask() -> Any:
        return request_invoice(world.ctx, a_call(MEMBER, KEY), InvoiceDraft(waiting.order_id, 100, BUYER))

    first = ask()
    erase(world)
    assert ask() == replace(first, buyer=None)


def test_an_event_that_names_nobody_is_an_error(world: World) -> None:
    with pytest.raises(ValidationError):
        erase(world, LearnerId(""))
