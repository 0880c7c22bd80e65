"""Invoices as they are kept, and what learners do with them."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kit.call import Call
from services.kit.days import SHANGHAI, civil_day
from services.kit.idempotency import answer_once
from services.kit.store import ABSENT, Change, Check, Put, Stored, Write, commit_retrying
from services.orders.app.context import Context
from services.orders.app.erasure.items import Erasure, erasure_key
from services.orders.app.invoices.items import (
    InvoiceOfOrder,
    buyer_key,
    cancelled,
    invoice_key,
    order_invoice_key,
    read_invoice,
    stored_invoices,
)
from services.orders.app.invoices.problems import (
    INVOICE_NOT_FOUND,
    INVOICE_PAST_THIS,
    INVOICE_SPECIAL_FOR_COMPANIES,
    INVOICE_TOO_MUCH,
    INVOICES_TOO_MANY,
    PERSON_ERASED,
    TAX_ID_WRONG,
    TITLE_UNREADABLE,
)
from services.orders.app.ordering.read_orders import known_order
from services.orders.domain.ids import InvoiceId, LearnerId, OrderId
from services.orders.domain.invoice import (
    Buyer,
    BuyerKind,
    IllegalStatus,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    is_readable,
    is_tax_id,
)
from services.orders.domain.invoicing import KEPT, PAID, due_fen, invoice_lines, left_fen, taken_back
from services.orders.domain.order import Order
from services.orders.domain.tax import TaxedLine, taxed

_RANDOM_DIGITS = 18
MAX_INVOICES = 20
"""Of an order, whatever became of them: a refund takes them back in one transaction."""
REFUNDED = "订单已退款"
WITHDRAWN = "学员已撤回申请"
"""Notes of invoices that were never issued."""


@dataclass(frozen=True)
class InvoiceDraft:
    """What a learner asks for: an invoice of an order's amount (None: all that is left), and whom it is made out to."""

    order_id: OrderId
    amount_fen: int | None
    buyer: Buyer
    kind: InvoiceKind = InvoiceKind.ORDINARY


@dataclass(frozen=True)
class InvoiceWithBuyer:
    """An invoice with whom it is made out to; nobody any more, once that was erased.

    `items` are its lines with their taxes, by the rules of the day of issue, or of today before it.
    """

    invoice: Invoice
    buyer: Buyer | None
    items: tuple[TaxedLine, ...] = ()

    @property
    def net_fen(self) -> int | None:
        """What it comes to without taxes, fen; None where nobody wrote down what it is of."""
        return sum(item.net_fen for item in self.items) if self.items else None

    @property
    def tax_fen(self) -> int | None:
        """The taxes in its amount, fen; None as above."""
        return sum(item.tax_fen for item in self.items) if self.items else None


def request_invoice(ctx: Context, call: Call, draft: InvoiceDraft) -> InvoiceWithBuyer:
    """Asks finance for an invoice. The order is written too, so that no two requests, and no refund, overlook it.

    Raises:
        Problem: ORDER_NOT_FOUND, TITLE_UNREADABLE, TAX_ID_WRONG, INVOICE_SPECIAL_FOR_COMPANIES, INVOICE_TOO_MUCH,
            INVOICES_TOO_MANY, PERSON_ERASED, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    check_buyer(draft.buyer)
    check_kind(draft.kind, draft.buyer)
    learner_id = LearnerId(call.caller_id)
    request = call.request("request_invoice", **_content(draft))

    def plan() -> tuple[Change, Invoice]:
        order = known_order(ctx, draft.order_id, learner_id)
        invoices = room_for_another(ctx, order.value)
        left = left_fen(order.value, invoices)
        amount_fen = left if draft.amount_fen is None else draft.amount_fen
        if not 0 < amount_fen <= left:
            raise INVOICE_TOO_MUCH.problem(left_fen=left)
        lines = invoice_lines(order.value, PAID, invoices, amount_fen)
        invoice = new_invoice(ctx, order.value, amount_fen, lines, draft.buyer, draft.kind)
        return Change(requested(order, invoice, draft.buyer)), invoice

    return with_buyer(ctx, answer_once(ctx.store, ctx.clock, request, Invoice, plan))


def cancel_request(ctx: Context, call: Call, invoice_id: InvoiceId) -> InvoiceWithBuyer:
    """Takes an own request back before it is issued; once more changes nothing. What it was to correct stands again.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Invoice]:
        stored = read_own(ctx, LearnerId(call.caller_id), invoice_id)
        if stored.value.note == WITHDRAWN:
            return Change(), stored.value
        withdrawn = moved(stored, lambda: stored.value.cancelled(WITHDRAWN))
        return Change([*cancelled(ctx, stored, withdrawn)]), withdrawn

    return with_buyer(ctx, commit_retrying(ctx.store, plan))


def own_invoice(ctx: Context, learner_id: LearnerId, invoice_id: InvoiceId) -> InvoiceWithBuyer:
    """How an own invoice stands; whether another learner has it, nobody is told. Raises INVOICE_NOT_FOUND."""
    return with_buyer(ctx, read_own(ctx, learner_id, invoice_id).value)


def invoices_of_order(ctx: Context, learner_id: LearnerId, order_id: OrderId) -> tuple[list[InvoiceWithBuyer], int]:
    """An own order's invoices, oldest first, and what can still be invoiced. Raises ORDER_NOT_FOUND."""
    order = known_order(ctx, order_id, learner_id).value
    invoices = [stored.value for stored in stored_invoices(ctx, order_id)]
    return [with_buyer(ctx, invoice) for invoice in invoices], left_fen(order, invoices)


def after_refund(ctx: Context, order: Order) -> list[Write]:
    """The writes that take back what of its invoices an order, refunded in the same transaction, is too small for now.

    Whoever requests one writes the order, so the transaction meets them.
    """
    stored = {invoice.value.invoice_id: invoice for invoice in stored_invoices(ctx, order.order_id)}
    changed = taken_back(due_fen(order, KEPT), [invoice.value for invoice in stored.values()], REFUNDED)
    return [stored[invoice.invoice_id].put(invoice) for invoice in changed]


def _content(draft: InvoiceDraft) -> dict[str, object]:
    """As it was sent; an ordinary invoice as before there were special ones, so that a retry is the same request."""
    sent: dict[str, object] = {"order_id": draft.order_id, "amount_fen": draft.amount_fen, "buyer": vars(draft.buyer)}
    return sent if draft.kind is InvoiceKind.ORDINARY else {**sent, "kind": draft.kind}


def with_buyer(ctx: Context, invoice: Invoice) -> InvoiceWithBuyer:
    """With whom it is made out to."""
    buyer = ctx.store.get(buyer_key(invoice.invoice_id), Buyer)
    day = civil_day(invoice.issued_at or ctx.clock.now())
    items = tuple(taxed(line, day) for line in invoice.lines)
    return InvoiceWithBuyer(invoice, buyer.value if buyer and not buyer.value.is_erased else None, items)


def moved(stored: Stored[Invoice], move: Callable[[], Invoice]) -> Invoice:
    """The invoice as it is after a move. Raises INVOICE_PAST_THIS."""
    try:
        return move()
    except IllegalStatus:
        raise INVOICE_PAST_THIS.problem(invoice_status=stored.value.status) from None


def read_own(ctx: Context, learner_id: LearnerId, invoice_id: InvoiceId) -> Stored[Invoice]:
    """A learner's own invoice. Raises INVOICE_NOT_FOUND."""
    stored = read_invoice(ctx, invoice_id)
    if stored.value.learner_id != learner_id:
        raise INVOICE_NOT_FOUND.problem()
    return stored


def room_for_another(ctx: Context, order: Order) -> list[Invoice]:
    """An order's invoices, oldest first, where there may be one more. Raises PERSON_ERASED, INVOICES_TOO_MANY."""
    if ctx.store.get(erasure_key(order.learner_id), Erasure):
        raise PERSON_ERASED.problem()
    invoices = [stored.value for stored in stored_invoices(ctx, order.order_id)]
    if len(invoices) >= MAX_INVOICES:
        raise INVOICES_TOO_MANY.problem(most=MAX_INVOICES)
    return invoices


def new_invoice(
    ctx: Context, order: Order, amount_fen: int, lines: tuple[InvoiceLine, ...], buyer: Buyer, kind: InvoiceKind
) -> Invoice:
    """One that is requested now."""
    now = ctx.clock.now()
    return Invoice(
        # Unlike other numbers it begins with the time in China: finance closes civil months there.
        invoice_id=InvoiceId(f"{now.astimezone(SHANGHAI):%Y%m%d%H%M%S}{ctx.ids.new()[-_RANDOM_DIGITS:]}"),
        order_id=order.order_id,
        learner_id=order.learner_id,
        buyer_kind=buyer.kind,
        amount_fen=amount_fen,
        requested_at=now,
        kind=kind,
        lines=lines,
    )


def requested(order: Stored[Order], invoice: Invoice, buyer: Buyer) -> list[Write]:
    """The writes of a new invoice, which hold that nobody changed its order and that its learner is not erased."""
    place = order_invoice_key(invoice.order_id, invoice.invoice_id)
    return [
        order.put(order.value),
        Check(erasure_key(invoice.learner_id), ABSENT),
        Put(invoice_key(invoice.invoice_id), invoice),
        Put(place, InvoiceOfOrder(invoice.invoice_id)),
        Put(buyer_key(invoice.invoice_id), buyer),
    ]


def check_kind(kind: InvoiceKind, buyer: Buyer) -> None:
    """A special invoice is for who can deduct its tax. Raises INVOICE_SPECIAL_FOR_COMPANIES."""
    if kind is InvoiceKind.SPECIAL and not (buyer.kind is BuyerKind.COMPANY and buyer.tax_id):
        raise INVOICE_SPECIAL_FOR_COMPANIES.problem()


def check_buyer(buyer: Buyer) -> None:
    """A company has a tax id, a person none. Raises TITLE_UNREADABLE, TAX_ID_WRONG."""
    if not is_readable(buyer.title):
        raise TITLE_UNREADABLE.problem()
    if buyer.kind is BuyerKind.PERSON:
        right = buyer.tax_id is None
    else:
        right = buyer.tax_id is not None and is_tax_id(buyer.tax_id)
    if not right:
        raise TAX_ID_WRONG.problem()
