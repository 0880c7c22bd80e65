"""What orders holds of a person: memberships, what they took and bought, payments, whom invoices are made out to."""

from collections.abc import Iterator, Sequence

from services.kit.personal_data import Section, section
from services.orders.app.context import Context
from services.orders.app.entitlements.items import claims, entitlements
from services.orders.app.invoices.items import buyer_key, stored_invoices
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.items import OwnOrder, own_orders, read_cart, read_order
from services.orders.app.payments.items import PaymentOfOrder, order_payments, read_payment
from services.orders.app.refunds.items import RefundOfOrder, order_refunds, read_refund
from services.orders.domain.entitlement import Claim, Entitlement
from services.orders.domain.ids import LearnerId, OrderId
from services.orders.domain.invoice import Buyer, Invoice
from services.orders.domain.order import Order
from services.orders.domain.payment import Payment
from services.orders.domain.refund import Refund


def collect_personal_data(ctx: Context, learner_id: str) -> list[Section]:
    """All of it."""
    whose = LearnerId(learner_id)
    orders = _orders(ctx, whose)
    ids = [order.order_id for order in orders]
    invoices = [invoice.value for id_ in ids for invoice in stored_invoices(ctx, id_)]
    return [
        section("membership", "会员", "Membership", [stored_membership(ctx, whose).value]),
        section("claims", "领取", "Claims", ctx.store.query(*claims(whose), Claim)),
        section("entitlements", "观看权利", "Entitlements", _entitlements(ctx, whose)),
        section("cart", "购物车", "Cart", [read_cart(ctx, whose).value]),
        section("orders", "订单", "Orders", orders),
        section("payments", "支付", "Payments", (payment for id_ in ids for payment in _payments(ctx, id_))),
        section("refunds", "退款", "Refunds", (refund for id_ in ids for refund in _refunds(ctx, id_))),
        section("invoices", "发票", "Invoices", invoices),
        section("buyers", "发票抬头", "Whom invoices are made out to", _buyers(ctx, invoices)),
    ]


def _orders(ctx: Context, learner_id: LearnerId) -> list[Order]:
    own = ctx.store.query(*own_orders(learner_id), OwnOrder)
    return [read_order(ctx, stored.value.order_id).value for stored in own]


def _entitlements(ctx: Context, learner_id: LearnerId) -> Iterator[Entitlement]:
    return (stored.value for stored in ctx.store.query(*entitlements(learner_id), Entitlement))


def _payments(ctx: Context, order_id: OrderId) -> Iterator[Payment]:
    for stored in ctx.store.query(*order_payments(order_id), PaymentOfOrder):
        yield read_payment(ctx, stored.value.number).value


def _refunds(ctx: Context, order_id: OrderId) -> Iterator[Refund]:
    for stored in ctx.store.query(*order_refunds(order_id), RefundOfOrder):
        yield read_refund(ctx, stored.value.refund_id).value


def _buyers(ctx: Context, invoices: Sequence[Invoice]) -> Iterator[Buyer]:
    for invoice in invoices:
        if buyer := ctx.store.get(buyer_key(invoice.invoice_id), Buyer):
            yield buyer.value
