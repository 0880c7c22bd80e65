"""Another invoice in the place of one that is issued and wrong (换开): the order stays as it is, and so does the sum.

The wrong one is to be red-lettered, the right one is requested; it may be issued once the other one is red-lettered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.kit.call import Call
from services.kit.idempotency import Request, answer_once
from services.kit.store import Change, Stored, Write, required
from services.orders.app.context import Context
from services.orders.app.invoices.items import buyer_key, read_invoice
from services.orders.app.invoices.problems import PERSON_ERASED
from services.orders.app.invoices.request_invoice import (
    InvoiceWithBuyer,
    check_buyer,
    check_kind,
    moved,
    new_invoice,
    read_own,
    requested,
    room_for_another,
    with_buyer,
)
from services.orders.app.ordering.items import read_order
from services.orders.domain.ids import InvoiceId, LearnerId
from services.orders.domain.invoice import Buyer, Invoice, InvoiceKind
from services.orders.domain.invoicing import KEPT, invoice_lines


@dataclass(frozen=True)
class Correction:
    """What is to be right: whom the invoice is made out to, and of which kind it is; None where that was right."""

    invoice_id: InvoiceId
    buyer: Buyer | None
    kind: InvoiceKind | None = None


def correct_own_invoice(ctx: Context, call: Call, correction: Correction) -> InvoiceWithBuyer:
    """A learner asks for an own issued invoice with the right buyer.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS, INVOICES_TOO_MANY, TITLE_UNREADABLE, TAX_ID_WRONG,
            INVOICE_SPECIAL_FOR_COMPANIES, PERSON_ERASED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    learner_id, request = LearnerId(call.caller_id), call.request("correct_invoice", **_content(correction))
    return _correct(ctx, request, correction, lambda: read_own(ctx, learner_id, correction.invoice_id), [])


def correct_as_finance(ctx: Context, call: Call, correction: Correction, reason: str) -> InvoiceWithBuyer:
    """Finance corrects an issued invoice, for a reason that is in the audit log. Raises as for a learner."""
    request = call.request("correct_invoice_as_finance", **_content(correction), reason=reason)
    audit = ctx.audit.entry(call.caller, "correct_invoice", correction.invoice_id, reason)
    return _correct(ctx, request, correction, lambda: read_invoice(ctx, correction.invoice_id), [audit])


def _content(correction: Correction) -> dict[str, object]:
    return {**vars(correction), "buyer": vars(correction.buyer) if correction.buyer else None}


def _correct(
    ctx: Context, request: Request, correction: Correction, read: Callable[[], Stored[Invoice]], audit: list[Write]
) -> InvoiceWithBuyer:
    if correction.buyer:
        check_buyer(correction.buyer)

    def plan() -> tuple[Change, Invoice]:
        wrong = read()
        order = read_order(ctx, wrong.value.order_id)
        others = [invoice for invoice in room_for_another(ctx, order.value) if invoice != wrong.value]
        buyer, kind = correction.buyer or _buyer(ctx, wrong.value), correction.kind or wrong.value.kind
        check_kind(kind, buyer)
        amount_fen = wrong.value.staying_fen
        lines = wrong.value.staying_lines or invoice_lines(order.value, KEPT, others, amount_fen)
        invoice = new_invoice(ctx, order.value, amount_fen, lines, buyer, kind)
        right = replace(invoice, corrects=wrong.value.invoice_id)
        corrected = moved(wrong, lambda: wrong.value.corrected(right.invoice_id))
        return Change([wrong.put(corrected), *requested(order, right, buyer), *audit]), right

    return with_buyer(ctx, answer_once(ctx.store, ctx.clock, request, Invoice, plan))


def _buyer(ctx: Context, invoice: Invoice) -> Buyer:
    buyer = required(ctx.store.get(buyer_key(invoice.invoice_id), Buyer), PERSON_ERASED.problem()).value
    if buyer.is_erased:
        raise PERSON_ERASED.problem()
    return buyer
