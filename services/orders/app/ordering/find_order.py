"""Finding an order by whatever number finance has of it: ours, the provider's, or the tax authority's."""

from collections.abc import Iterator

from services.orders.app.context import Context
from services.orders.app.invoices.items import InvoiceNumber, invoice_key, invoice_number_key
from services.orders.app.ordering.items import order_key
from services.orders.app.ordering.problems import ORDER_NOT_FOUND
from services.orders.app.payments.items import PaymentReceipt, payment_key, receipt_key
from services.orders.app.refunds.items import refund_key
from services.orders.domain.ids import InvoiceId, OrderId, PaymentNumber, RefundId
from services.orders.domain.invoice import Invoice
from services.orders.domain.order import Order
from services.orders.domain.payment import Payment, ProviderName
from services.orders.domain.refund import Refund


def find_order(ctx: Context, number: str) -> Order:
    """The order that a number belongs to: its own, of a payment, refund or invoice of it, or of the provider's trade.

    Those of invoices of release 1.0.0 are known once `daily` has registered them.

    Raises:
        Problem: ORDER_NOT_FOUND.
    """
    found = (ctx.store.get(order_key(order_id), Order) for order_id in _candidates(ctx, number))
    order = next(filter(None, found), None)
    if order is None:
        raise ORDER_NOT_FOUND.problem()
    return order.value


def _candidates(ctx: Context, number: str) -> Iterator[OrderId]:
    yield OrderId(number)
    payment = ctx.store.get(payment_key(PaymentNumber(number)), Payment)
    if payment:
        yield payment.value.order_id
    refund = ctx.store.get(refund_key(RefundId(number)), Refund)
    if refund:
        yield refund.value.order_id
    for provider in ProviderName:
        receipt = ctx.store.get(receipt_key(provider, number), PaymentReceipt)
        if receipt:
            yield receipt.value.order_id
    registered = ctx.store.get(invoice_number_key(number), InvoiceNumber)
    invoice_id = registered.value.invoice_id if registered else InvoiceId(number)
    invoice = ctx.store.get(invoice_key(invoice_id), Invoice)
    if invoice:
        yield invoice.value.order_id
