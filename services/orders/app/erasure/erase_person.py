"""Erases whom a person's invoices are made out to. What was issued stays, with its PDF: tax law keeps invoices."""

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, commit_retrying, put_once
from services.orders.app.context import Context
from services.orders.app.erasure.items import Erasure, erasure_key
from services.orders.app.invoices.items import buyer_key, cancelled, read_invoice, stored_invoices
from services.orders.app.ordering.items import OwnOrder, own_orders
from services.orders.domain.ids import InvoiceId, LearnerId
from services.orders.domain.invoice import Buyer, InvoiceStatus
from services.orders.events.consumed import PersonErased

ERASED = "个人信息已按申请删除"
"""Note of an invoice that was never issued: there is nobody left to make it out to."""


def erase_person(ctx: Context, event: Envelope) -> None:
    """Lets no more invoices be requested, then erases each, in a transaction of its own, then marks the event.

    Done again, or by a delivery that goes on where another died, it changes nothing that is done.

    Raises:
        ValueError: the event names nobody.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = LearnerId(PersonErased.model_validate(event.data).learner_id)
    _close(ctx, learner_id)
    for own in ctx.store.query(*own_orders(learner_id), OwnOrder):
        for invoice in stored_invoices(ctx, own.value.order_id):
            _erase(ctx, invoice.value.invoice_id)
    apply_once(ctx.store, ctx.clock, event, Change)


def _close(ctx: Context, learner_id: LearnerId) -> None:
    """A request holds that this is absent: whichever commits first, none comes after what is erased next."""
    erased = Erasure(ctx.clock.now())
    commit_retrying(ctx.store, lambda: (put_once(ctx.store, erasure_key(learner_id), erased), None))


def _erase(ctx: Context, invoice_id: InvoiceId) -> None:
    def plan() -> tuple[Change, None]:
        invoice = read_invoice(ctx, invoice_id)
        buyer = ctx.store.get(buyer_key(invoice_id), Buyer)
        if buyer is None or buyer.value.is_erased:
            return Change(), None
        writes = [buyer.put_bare(buyer.value.erased())]
        if invoice.value.status is InvoiceStatus.REQUESTED:
            writes += cancelled(ctx, invoice, invoice.value.cancelled(ERASED))
        return Change(writes), None

    commit_retrying(ctx.store, plan)
