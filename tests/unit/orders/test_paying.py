"""Paying an order, from the start to the goods or the money back, with the sandbox as the provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Put
from services.kit.store.pages import merged
from services.orders.app.context import PaymentContext
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.finance.items import movements_of_day
from services.orders.app.ordering.items import order_key
from services.orders.app.payments.items import read_payment
from services.orders.app.payments.receive_notification import receive_notification
from services.orders.app.payments.record_payment import WrongAmount
from services.orders.app.payments.settle_payment import NotPaidYet, settle_notified, settle_payment
from services.orders.app.payments.start_payment import methods, payment_for, start_payment
from services.orders.app.payments.sweep_payments import sweep_payments
from services.orders.app.refunds.items import refunds_of_hour
from services.orders.app.refunds.send_refund import send_due, send_refund
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber
from services.orders.domain.movement import Movement
from services.orders.domain.order import Order, OrderState
from services.orders.domain.payment import (
    LineKind,
    Method,
    Payment,
    PaymentProvider,
    PaymentState,
    ProviderName,
    ProviderUnavailable,
    TradeState,
)
from services.orders.domain.refund import Refund, RefundStatus
from tests.emitted import emitted
from tests.unit.orders.shop import PRICE, a_line, place, reread
from tests.unit.orders.till import NOTIFY_URL, WechatWorld, wechat_world
from tests.unit.orders.world import MEMBER, ORDINARY, RECOMMENDED, VISITOR, Crash, World, a_call, die

MINUTE = 60_000
HALF_AN_HOUR = 30 * MINUTE


@dataclass
class Shop:
    """A learner's way through the use cases, with a provider that can be switched off."""

    world: World
    wechat: WechatWorld
    reachable: bool = True

    def provider(self, name: ProviderName) -> PaymentProvider | None:
        """The sandbox, or nothing that answers."""
        if name is not ProviderName.WECHAT:
            return None
        found: object = self.wechat.provider if self.reachable else Unreachable()
        return cast("PaymentProvider", found)

    @property
    def ctx(self) -> PaymentContext:
        """What the use cases work with."""
        return PaymentContext(**vars(self.world.ctx), provider=self.provider)

    def start(self, order: Order, method: Method = Method.WECHAT_NATIVE, learner_id: LearnerId = MEMBER) -> Payment:
        """Starts the payment."""
        return start_payment(self.ctx, a_call(learner_id), order.order_id, method, NOTIFY_URL, "203.0.113.7")

    def pay(self, payment: Payment) -> None:
        """The learner pays at the provider, which tells nobody."""
        self.wechat.sandbox.act(self.wechat.page(payment), "silent")

    def notify(self, payment: Payment) -> Envelope:
        """The provider notifies; answers the event that was kept."""
        receive_notification(self.world.ctx, self.wechat.provider, self.wechat.message(payment), "request-1")
        return self.world.store.outbox[-1]

    def settle(self, payment: Payment) -> PaymentState:
        """Asks the provider."""
        return settle_payment(self.ctx, payment.number)

    def stored(self, payment: Payment) -> Payment:
        """The payment as it is kept."""
        found = read_payment(self.world.ctx, payment.number)
        assert found
        return found.value

    def owned(self, learner_id: LearnerId = MEMBER) -> int:
        """How many courses the learner owns."""
        return len(list_entitlements(self.world.ctx, learner_id).items)

    def close(self, order: Order, state: OrderState = OrderState.CANCELLED) -> None:
        """The order is closed, as it was when it was placed."""
        closed = order.closed(state, self.world.clock.now())
        self.world.store.commit(Change([Put(order_key(order.order_id), closed, 1)]))

    def refunds(self) -> list[Refund]:
        """All refunds of the hour."""
        hour = f"{self.world.clock.now():%Y%m%d%H}"
        return [stored.value for stored in self.world.store.query(refunds_of_hour(hour), "", Refund)]

    def movements(self) -> list[tuple[LineKind, str, int]]:
        """What moved today."""
        return [(entry.kind, entry.reference, entry.amount_fen) for entry in self.cash_book()]

    def cash_book(self) -> list[Movement]:
        """Today's entries."""
        day = movements_of_day("wechat", civil_day(self.world.clock.now()))
        return [stored.value for stored in merged(self.world.store, day, "", Movement)]


class Unreachable:
    """A provider that does not answer."""

    def __getattr__(self, name: str) -> object:
        def fail(*_: object) -> object:
            raise ProviderUnavailable(name)

        return fail


@pytest.fixture
def shop(world: World) -> Iterator[Shop]:
    """An open shop."""
    with wechat_world(world.clock) as wechat:
        yield Shop(world, wechat)


def code_of(error: pytest.ExceptionInfo[Problem]) -> str:
    return error.value.type.code


def test_a_payment_tells_its_revenue_and_how_late_it_was_granted_once(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = shop.start(place(shop.world, a_line(1)))
    shop.pay(payment)
    shop.world.clock.advance(90_000)
    capsys.readouterr()
    for _ in range(2):
        shop.settle(payment)
    assert emitted(capsys) == {"Payments": [1], "RevenueFen": [PRICE], "PaymentLag": [90_000]}


def test_buying_pays_and_owns(shop: Shop) -> None:
    order = place(shop.world, a_line(1), a_line(2, RECOMMENDED))
    payment = shop.start(order)
    assert payment.target
    assert (payment.amount_fen, payment.expires_at) == (2 * PRICE, order.expires_at)
    assert payment.description == "期权 等2项"
    assert len(payment.number) == 32
    shop.pay(payment)
    settle_notified(shop.ctx, shop.notify(payment))
    paid = shop.stored(payment)
    assert (paid.state, paid.paid_at) == (PaymentState.PAID, shop.world.clock.now())
    assert reread(shop.world, order).state is OrderState.PAID
    assert shop.owned() == 2
    assert shop.movements() == [(LineKind.PAYMENT, payment.number, 2 * PRICE)]
    (entry,) = shop.cash_book()
    assert (entry.order_id, entry.trade_no, entry.how) == (order.order_id, paid.transaction_id, "wechat_native")
    assert [(share.item_id, share.amount_fen) for share in entry.shares] == [(ORDINARY, PRICE), (RECOMMENDED, PRICE)]


def test_starting_again_gives_the_same_payment_and_another_method_another(shop: Shop) -> None:
    order = place(shop.world)
    first = shop.start(order)
    assert shop.start(order) == first
    other = shop.start(order, Method.WECHAT_H5)
    assert other.number != first.number
    assert other.target
    assert other.target.url
    assert len(shop.wechat.sandbox.till.trades) == 2


def test_only_an_own_open_order_that_costs_something_can_be_paid(shop: Shop) -> None:
    order = place(shop.world)
    free = place(shop.world, a_line(price_fen=0))
    before = shop.world.store.snapshot()
    with pytest.raises(Problem) as refused:
        shop.start(order, learner_id=VISITOR)
    assert code_of(refused) == "ORDER_NOT_PAYABLE"
    with pytest.raises(Problem) as refused:
        shop.start(free)
    assert code_of(refused) == "ORDER_NOT_PAYABLE"
    with pytest.raises(Problem) as refused:
        start_payment(
            shop.ctx, a_call(MEMBER), OrderId("no-such-order"), Method.WECHAT_NATIVE, NOTIFY_URL, "203.0.113.7"
        )
    assert code_of(refused) == "ORDER_NOT_PAYABLE"
    with pytest.raises(Problem) as refused:
        shop.start(order, Method.ALIPAY_QR)
    assert code_of(refused) == "PAYMENT_METHOD_UNAVAILABLE"
    shop.world.clock.advance(HALF_AN_HOUR)
    with pytest.raises(Problem) as refused:
        shop.start(order)
    assert code_of(refused) == "ORDER_NOT_PAYABLE"
    assert shop.world.store.snapshot() == before
    assert not shop.wechat.sandbox.till.trades


def test_methods_are_those_with_an_account(shop: Shop) -> None:
    assert methods(shop.ctx) == [Method.WECHAT_NATIVE, Method.WECHAT_H5]


def test_a_payment_is_shown_to_its_learner_only(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    assert payment_for(shop.world.ctx, MEMBER, payment.number) == payment
    for learner_id, number in ((VISITOR, payment.number), (MEMBER, "20260302040000nobody-knows-this1")):
        with pytest.raises(Problem) as refused:
            payment_for(shop.world.ctx, learner_id, PaymentNumber(number))
        assert code_of(refused) == "PAYMENT_NOT_FOUND"


def test_an_unreachable_provider_leaves_a_payment_that_can_be_started_again(shop: Shop) -> None:
    order = place(shop.world)
    shop.reachable = False
    with pytest.raises(Problem) as refused:
        shop.start(order)
    assert code_of(refused) == "PAYMENT_PROVIDER_FAILED"
    shop.reachable = True
    payment = shop.start(order)
    assert payment.target
    assert list(shop.wechat.sandbox.till.trades) == [payment.number]


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_death_while_starting_leaves_one_payment(shop: Shop, moment: str) -> None:
    order = place(shop.world)
    setattr(shop.world.store, moment, die)
    with pytest.raises(Crash):
        shop.start(order)
    first = shop.start(order)
    assert first.target
    assert shop.start(order) == first
    assert list(shop.wechat.sandbox.till.trades) == [first.number]


def test_two_starts_at_once_make_one_payment(shop: Shop) -> None:
    order = place(shop.world)
    shop.world.store.before_commit = lambda: shop.start(order)
    assert shop.start(order).target
    assert len(shop.wechat.sandbox.till.trades) == 1


def test_what_is_not_paid_at_the_provider_is_not_granted_whatever_we_are_told(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    event = Envelope(
        id="e1",
        source="xueshi.orders",
        type="orders.payment_notified.v1",
        time=shop.world.clock.now(),
        subject=payment.number,
        correlation_id="c",
        data={"payment_number": payment.number, "notified_at": shop.world.clock.now().isoformat()},
    )
    with pytest.raises(NotPaidYet):
        settle_notified(shop.ctx, event)
    assert shop.owned() == 0
    assert shop.stored(payment).state is PaymentState.OPEN


def test_another_amount_at_the_provider_is_not_granted_and_stops_nothing_else(shop: Shop) -> None:
    wrong, right = shop.start(place(shop.world)), shop.start(place(shop.world, a_line(1, RECOMMENDED)))
    till = shop.wechat.sandbox.till
    shop.pay(wrong)
    shop.pay(right)
    told = till.trades[wrong.number]
    till.trades[wrong.number] = type(told)(**{**vars(told), "amount_fen": 1})
    with pytest.raises(WrongAmount):
        shop.settle(wrong)
    shop.world.clock.advance(MINUTE)
    with pytest.raises(WrongAmount, match=wrong.number):
        sweep_payments(shop.ctx)
    assert shop.stored(right).state is PaymentState.PAID
    assert shop.stored(wrong).state is PaymentState.OPEN
    assert shop.owned() == 1


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_death_while_settling_grants_once(shop: Shop, moment: str) -> None:
    payment = shop.start(place(shop.world))
    shop.pay(payment)
    setattr(shop.world.store, moment, die)
    with pytest.raises(Crash):
        shop.settle(payment)
    assert shop.settle(payment) is PaymentState.PAID
    assert shop.owned() == 1
    assert len(shop.movements()) == 1


def test_a_death_between_granting_and_marking_grants_once(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    shop.pay(payment)

    def die_at_the_next() -> None:
        shop.world.store.before_commit = die

    shop.world.store.after_commit = die_at_the_next
    with pytest.raises(Crash):
        shop.settle(payment)
    assert (shop.owned(), shop.stored(payment).state) == (1, PaymentState.OPEN)
    assert shop.settle(payment) is PaymentState.PAID
    assert (shop.owned(), len(shop.movements())) == (1, 1)


def test_two_settlements_at_once_grant_once(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    shop.pay(payment)
    shop.world.store.before_commit = lambda: shop.settle(payment)
    assert shop.settle(payment) is PaymentState.PAID
    assert (shop.owned(), len(shop.movements())) == (1, 1)


def test_a_double_payment_is_sent_back_by_itself(shop: Shop) -> None:
    order = place(shop.world)
    native, h5 = shop.start(order), shop.start(order, Method.WECHAT_H5)
    for payment in (native, h5):
        shop.pay(payment)
        settle_notified(shop.ctx, shop.notify(payment))
    due = [event for event in shop.world.store.outbox if event.type == "orders.refund_due.v1"]
    send_due(shop.ctx, due[0])
    send_due(shop.ctx, due[0])
    (refund,) = shop.refunds()
    assert (refund.status, refund.amount_fen) == (RefundStatus.DONE, PRICE)
    assert refund.paid_by
    assert refund.paid_by.payment_number == h5.number
    assert [sent.amount_fen for sent in shop.wechat.sandbox.till.refunds.values()] == [PRICE]
    assert shop.owned() == 1
    assert sorted(kind for kind, _, _ in shop.movements()) == ["payment", "payment", "refund"]
    shares = {entry.reference: len(entry.shares) for entry in shop.cash_book()}
    assert shares == {native.number: 1, h5.number: 0, refund.refund_id: 0}


def test_a_payment_of_a_cancelled_order_comes_back(shop: Shop) -> None:
    order = place(shop.world)
    payment = shop.start(order)
    shop.close(order)
    shop.pay(payment)
    shop.world.clock.advance(MINUTE)
    assert sweep_payments(shop.ctx) == 1
    assert shop.stored(payment).state is PaymentState.PAID
    shop.world.clock.advance(MINUTE)
    assert sweep_payments(shop.ctx) == 1
    assert [refund.status for refund in shop.refunds()] == [RefundStatus.DONE]
    assert shop.owned() == 0


def test_a_payment_that_nobody_notified_us_of_is_found(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    shop.pay(payment)
    shop.world.clock.advance(MINUTE - 1)
    assert sweep_payments(shop.ctx) == 0
    shop.world.clock.advance(1)
    assert sweep_payments(shop.ctx) == 1
    assert shop.owned() == 1
    assert sweep_payments(shop.ctx) == 0


def test_an_open_payment_of_an_open_order_is_left_alone(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    shop.world.clock.advance(HALF_AN_HOUR - 1)
    before = shop.world.store.snapshot()
    assert sweep_payments(shop.ctx) == 0
    assert shop.world.store.snapshot() == before
    assert shop.wechat.provider.find(payment.number).state is TradeState.UNPAID


@pytest.mark.parametrize("cancelled", [True, False])
def test_the_payment_of_an_order_that_is_over_is_closed_at_the_provider(shop: Shop, cancelled: bool) -> None:
    order = place(shop.world)
    payment = shop.start(order)
    if cancelled:
        shop.close(order)
    shop.world.clock.advance(MINUTE if cancelled else HALF_AN_HOUR)
    assert sweep_payments(shop.ctx) == 1
    assert shop.stored(payment).state is PaymentState.CLOSED
    assert shop.wechat.provider.find(payment.number).state is TradeState.CLOSED


def test_paid_while_being_closed_counts(shop: Shop) -> None:
    """The provider says unpaid when asked, is paid at that moment, and refuses to close."""
    order = place(shop.world)
    payment = shop.start(order)
    shop.close(order)
    shop.world.clock.advance(MINUTE)
    find = shop.wechat.provider.find

    def then_paid(number: str) -> object:
        found = find(PaymentNumber(number))
        shop.pay(payment)
        return found

    shop.wechat.provider.find = then_paid  # type: ignore[assignment,method-assign]
    assert shop.settle(payment) is PaymentState.OPEN
    shop.wechat.provider.find = find  # type: ignore[method-assign]
    assert shop.settle(payment) is PaymentState.PAID
    assert len(shop.refunds()) == 1


def test_a_payment_started_and_never_opened_ends_with_its_order(shop: Shop) -> None:
    order = place(shop.world)
    shop.reachable = False
    with pytest.raises(Problem):
        shop.start(order)
    shop.reachable = True
    shop.world.clock.advance(HALF_AN_HOUR)
    assert sweep_payments(shop.ctx) == 1


def test_an_outage_of_the_provider_loses_nothing(shop: Shop) -> None:
    """A day later the payment is still looked for; an expired order is revived by it."""
    payment = shop.start(place(shop.world))
    shop.pay(payment)
    shop.reachable = False
    for _ in range(3):
        shop.world.clock.advance(HALF_AN_HOUR)
        assert sweep_payments(shop.ctx) == 0
    shop.world.clock.advance(24 * 60 * MINUTE)
    shop.reachable = True
    assert shop.world.clock.now().minute % 10 == 0
    assert sweep_payments(shop.ctx) == 1
    assert shop.owned() == 1


def test_a_sweep_that_runs_out_of_time_leaves_the_rest_to_the_next(shop: Shop) -> None:
    for course_id in (RECOMMENDED, ORDINARY):
        shop.pay(shop.start(place(shop.world, a_line(1, course_id))))
    shop.world.clock.advance(MINUTE)
    answers = iter([False, True])
    assert sweep_payments(shop.ctx, lambda: next(answers)) == 1
    assert sweep_payments(shop.ctx) == 1
    assert shop.owned() == 2


def test_a_refund_waits_for_a_provider_that_does_not_answer(shop: Shop) -> None:
    order = place(shop.world)
    payment = shop.start(order)
    shop.close(order)
    shop.pay(payment)
    shop.settle(payment)
    (refund,) = shop.refunds()
    shop.reachable = False
    with pytest.raises(ProviderUnavailable):
        send_refund(shop.ctx, refund.refund_id)
    assert [kept.status for kept in shop.refunds()] == [RefundStatus.DUE]
    shop.reachable = True
    assert send_refund(shop.ctx, refund.refund_id) is RefundStatus.DONE


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_death_while_sending_sends_once(shop: Shop, moment: str) -> None:
    order = place(shop.world)
    payment = shop.start(order)
    shop.close(order)
    shop.pay(payment)
    shop.settle(payment)
    (refund,) = shop.refunds()
    setattr(shop.world.store, moment, die)
    with pytest.raises(Crash):
        send_refund(shop.ctx, refund.refund_id)
    assert send_refund(shop.ctx, refund.refund_id) is RefundStatus.DONE
    assert len(shop.wechat.sandbox.till.refunds) == 1
    assert [kind for kind, _, _ in shop.movements()] == [LineKind.PAYMENT, LineKind.REFUND]


def test_others_who_keep_writing_are_told_to_the_caller(shop: Shop) -> None:
    payment = shop.start(place(shop.world))
    shop.pay(payment)

    def conflict() -> None:
        shop.world.store.before_commit = conflict
        raise Conflict("again")

    shop.world.store.before_commit = conflict
    with pytest.raises(Conflict):
        shop.settle(payment)
    shop.world.store.before_commit = None
    assert shop.world.clock.now() - payment.created_at < timedelta(minutes=1)
    assert shop.settle(payment) is PaymentState.PAID
