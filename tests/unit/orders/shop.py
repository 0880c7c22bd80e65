"""Orders and payments for tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.store import Change, Put
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.items import new_number
from services.orders.app.ordering.items import (
    LatestOrder,
    OwnOrder,
    latest_order_key,
    order_key,
    own_order_key,
    read_order,
)
from services.orders.app.payments.items import PaymentReceipt
from services.orders.app.payments.record_payment import ProvenPayment, record_payment
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.app.refunds.settle_refund import record_decision, record_reversal
from services.orders.domain.entitlement import Basis, Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId, OrderId, PaymentNumber, RefundId
from services.orders.domain.order import PAYMENT_TIME, Goods, Line, Order, PriceReason, TradeReference
from services.orders.domain.refund import Cause, Refund, RefundLine, revocation_of
from tests.unit.orders.world import ADMINISTRATOR, MEMBER, ORDINARY, World, a_call

PRICE = 9900


def a_line(number: int = 1, course_id: CourseId = ORDINARY, price_fen: int = PRICE) -> Line:
    """A course at its list price."""
    return Line(number, Goods.COURSE, course_id, "1", "期权", price_fen, price_fen, PriceReason.LIST)


def place(world: World, *lines: Line, learner_id: LearnerId = MEMBER) -> Order:
    """An open order, as it is kept."""
    now = world.clock.now()
    order = Order(
        order_id=OrderId(new_number(world.ctx)),
        learner_id=learner_id,
        lines=lines or (a_line(),),
        created_at=now,
        expires_at=now + PAYMENT_TIME,
        correlation_id="request-1",
    )
    for line in order.lines:
        key = latest_order_key(learner_id, line.goods, line.item_id)
        known = world.store.get(key, LatestOrder)
        world.store.commit(Change([Put(key, LatestOrder(order.order_id), known.version if known else 0)]))
    own = Put(own_order_key(learner_id, order.order_id), OwnOrder(order.order_id))
    world.store.commit(Change([Put(order_key(order.order_id), order), own]))
    return order


def notice(order: Order, trade_no: str = "T1", paid_at: datetime | None = None) -> ProvenPayment:
    """The order's payment."""
    at = paid_at or order.created_at
    return ProvenPayment(
        order.order_id, "wechat", PaymentNumber(f"N-{trade_no}"), trade_no, order.amount_fen, "CNY", at
    )


def pay(world: World, order: Order, trade_no: str = "T1", **changed: object) -> PaymentReceipt:
    """Pays the order."""
    return record_payment(world.ctx, replace(notice(order, trade_no), **changed))  # type: ignore[arg-type]


def reread(world: World, order: Order) -> Order:
    """The order as it stands now."""
    return read_order(world.ctx, order.order_id).value


def ask(
    world: World,
    order: Order,
    *numbers: int,
    learner_id: LearnerId = MEMBER,
    key: str = "",
    reverse_hours: bool | None = None,
) -> Refund:
    """Asks for a refund of these lines, or of all that is left: the learner, or an administrator if hours are said."""
    by_learner = reverse_hours is None
    wanted = RefundDraft(
        order_id=order.order_id,
        numbers=numbers or None,
        cause=Cause.LEARNER if by_learner else Cause.ADMINISTRATOR,
        reason="" if by_learner else "买错了",
        reverse_hours=bool(reverse_hours),
    )
    actor = Principal(learner_id, frozenset({Role.LEARNER})) if by_learner else ADMINISTRATOR
    return ask_refund(world.ctx, a_call(actor, key or world.ids.new(), "request-2"), wanted)


def decide(world: World, line: RefundLine, *, completed: Sequence[str] = (), revoked: bool | None = None) -> Envelope:
    """Playback's answer arrives: with nothing completed, it was taken back."""
    is_revoked = not completed if revoked is None else revoked
    event = answer_to(
        world,
        "playback.entitlement_revocation_decided.v1",
        line,
        outcome="revoked" if is_revoked else "already_completed",
        watch_id=None if is_revoked else completed[0],
        completed_watch_ids=list(completed),
    )
    record_decision(world.ctx, event)
    return event


def answer_reversal(world: World, line: RefundLine) -> Envelope:
    """Credits' answer arrives."""
    event = answer_to(world, "credits.watches_reversed.v1", line)
    record_reversal(world.ctx, event)
    return event


def answer_to(world: World, type_: str, line: RefundLine, **data: object) -> Envelope:
    """What another service answers about a line of a refund."""
    return Envelope(
        id=world.ids.new(),
        source=f"xueshi.{type_.split('.')[0]}",
        type=type_,
        time=world.clock.now(),
        subject=line.revocation_id,
        correlation_id="request-2",
        data={"revocation_id": line.revocation_id, **data},
    )


def being_refunded(orders: Context, refund_id: RefundId, learner_id: LearnerId = MEMBER) -> Refund:
    """A refund of a paid order's two courses, which is not kept yet; the order is, with what it brought."""
    now = orders.clock.now()
    lines = (a_line(1, CourseId("first")), a_line(2, CourseId("second")))
    order = Order(OrderId("order-1"), learner_id, lines, now, now + PAYMENT_TIME, "request-1")
    paid = order.granted(
        {1: "entitlement-1", 2: "entitlement-2"}, now, TradeReference("wechat", PaymentNumber("N-T1"), "T1")
    ).revoking([1, 2])
    writes = [Put(order_key(OrderId("order-1")), paid)]
    for line in paid.lines:
        given = Entitlement(
            EntitlementId(str(line.grant_id)),
            learner_id,
            CourseId(line.item_id),
            Basis.PURCHASE,
            False,
            now,
            None,
            OrderId("order-1"),
        )
        writes.append(Put(entitlement_key(learner_id, CourseId(line.item_id), given.entitlement_id), given))
    orders.store.commit(Change(writes))
    return Refund(
        refund_id=refund_id,
        order_id=OrderId("order-1"),
        learner_id=learner_id,
        cause=Cause.ADMINISTRATOR,
        paid_by=paid.paid_by,
        paid_fen=paid.amount_fen,
        amount_fen=paid.amount_fen,
        requested_at=now,
        correlation_id="request-1",
        lines=tuple(
            RefundLine(
                revocation_of(refund_id, line.number),
                line.number,
                line.goods,
                line.item_id,
                str(line.grant_id),
                line.due_fen,
            )
            for line in paid.lines
        ),
        reverse_hours=True,
        reason="买错了",
        requested_by=ADMINISTRATOR.id,
    )
