"""Erases whom a person's invoices are made out to. What was issued stays, with its PDF: tax law keeps invoices."""

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put, commit_retrying
from services.orders.app.context import Context
from services.orders.app.erasure.items import Erased, erased_key
from services.orders.app.invoices.items import buyer_key, read_invoice, stored_invoices
from services.orders.app.ordering.items import OwnOrder, own_orders
from services.orders.domain.invoice import Buyer, InvoiceStatus
from services.orders.events.consumed import PersonErased

ERASED = "个人信息已按申请删除"
"""Note of an invoice that was never issued: there is nobody left to make it out to."""


def erase_person(context: Context, event: Envelope) -> None:
    """Lets no more invoices be requested, then erases each, in a transaction of its own, then marks the event.

    Done again, or by a delivery that goes on where another died, it changes nothing that is done.

    Raises:
        ValueError: the event names nobody.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = PersonErased.model_validate(event.data).learner_id
    _close(context, learner_id)
    for own in context.store.query(*own_orders(learner_id), OwnOrder):
        for invoice in stored_invoices(context, own.value.order_id):
            _erase(context, invoice.value.invoice_id)
    apply_once(context.store, context.clock, event, Change)


def _close(context: Context, learner_id: str) -> None:
    """A request holds that this is absent: whichever commits first, none comes after what is erased next."""
    key = erased_key(learner_id)

    def plan() -> tuple[Change, None]:
        if context.store.get(key, Erased):
            return Change(), None
        return Change([Put(key, Erased(context.clock.now()))]), None

    commit_retrying(context.store, plan)


def _erase(context: Context, invoice_id: str) -> None:
    def plan() -> tuple[Change, None]:
        invoice = read_invoice(context, invoice_id)
        buyer = context.store.get(buyer_key(invoice_id), Buyer)
        if buyer is None or buyer.value.is_erased:
            return Change(), None
        writes = [Put(buyer.key, buyer.value.erased(), buyer.version)]
        if invoice.value.status is InvoiceStatus.REQUESTED:
            writes.append(Put(invoice.key, invoice.value.cancelled(ERASED), invoice.version))
        return Change(writes), None

    commit_retrying(context.store, plan)
