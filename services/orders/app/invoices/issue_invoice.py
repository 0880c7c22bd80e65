"""What finance does with invoices: issues them with their PDF, turns requests down, red-letters what was refunded."""

from collections.abc import Callable, Sequence
from functools import partial

from services.kit.call import Call
from services.kit.store import Change, Page, Stored, Write, commit_retrying
from services.kit.store.pages import page_of
from services.orders.app.context import Context, InvoiceContext
from services.orders.app.invoices.items import cancelled, entered, invoices_of_month, read_invoice
from services.orders.app.invoices.numbers import check_number, number_freed, number_taken
from services.orders.app.invoices.problems import (
    INVOICE_FILE_MISSING,
    INVOICE_NUMBER_UNKNOWN,
    INVOICE_PAST_THIS,
    INVOICE_RED_LETTER_FIRST,
    INVOICE_RED_LETTER_WRONG,
)
from services.orders.app.invoices.request_invoice import InvoiceWithBuyer, moved, with_buyer
from services.orders.app.ports import Upload
from services.orders.domain.ids import InvoiceId
from services.orders.domain.invoice import Document, Invoice, InvoiceStatus

PDF = b"%PDF-"


def invoices_of(
    ctx: Context, month: str, status: InvoiceStatus | None, after: str, limit: int
) -> Page[InvoiceWithBuyer]:
    """A page of the invoices requested in a civil month in China (2026-11), of one status or of any."""
    partitions = [(invoices_of_month(month), "")]
    page = page_of(ctx.store, partitions, Invoice, after, limit, lambda invoice: status in (None, invoice.status))
    return page.map(lambda invoice: with_buyer(ctx, invoice))


def sign_upload(ctx: InvoiceContext, invoice_id: InvoiceId, document: Document) -> Upload:
    """Lets finance upload the PDF of a requested invoice, and only that one. Raises INVOICE_NOT_FOUND, _PAST_THIS."""
    invoice = read_invoice(ctx, invoice_id).value
    if invoice.status is not InvoiceStatus.REQUESTED:
        raise INVOICE_PAST_THIS.problem(invoice_status=invoice.status)
    return ctx.files.upload(file_key(invoice_id, document), document)


def issue_invoice(
    ctx: InvoiceContext, call: Call, invoice_id: InvoiceId, number: str, document: Document
) -> InvoiceWithBuyer:
    """Marks an invoice as issued under the tax authority's number, with its uploaded PDF; once more changes nothing.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_FILE_MISSING, INVOICE_PAST_THIS, INVOICE_NUMBER_TAKEN,
            INVOICE_CODE_MISSING, INVOICE_RED_LETTER_FIRST.
        Conflict: others kept writing.
    """
    check_number(number)
    if read_invoice(ctx, invoice_id) and ctx.files.beginning(file_key(invoice_id, document), document.size) != PDF:
        raise INVOICE_FILE_MISSING.problem()

    def issued(invoice: Invoice) -> Invoice:
        if (invoice.number, invoice.document) == (number, document):
            return invoice
        after = invoice.issued(number, document, ctx.clock.now())
        if invoice.corrects and read_invoice(ctx, invoice.corrects).value.status is not InvoiceStatus.RED_LETTERED:
            raise INVOICE_RED_LETTER_FIRST.problem(corrects=invoice.corrects)
        return after

    def writes(stored: Stored[Invoice], after: Invoice) -> list[Write]:
        return [stored.put(after), number_taken(ctx, number, stored.value), entered(after, ctx.clock.now())]

    return _change(ctx, call, "issue_invoice", invoice_id, number, issued, writes)


def reject_request(ctx: Context, call: Call, invoice_id: InvoiceId, reason: str) -> InvoiceWithBuyer:
    """Turns a request down, for a reason that the learner reads; once more changes nothing.

    What it was to correct stands again.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS.
        Conflict: others kept writing.
    """

    def rejected(invoice: Invoice) -> Invoice:
        is_done = invoice.status is InvoiceStatus.CANCELLED and invoice.note == reason
        return invoice if is_done else invoice.cancelled(reason)

    return _change(ctx, call, "reject_invoice", invoice_id, reason, rejected, partial(cancelled, ctx))


def red_letter(
    ctx: Context, call: Call, invoice_id: InvoiceId, number: str, amount_fen: int | None = None
) -> InvoiceWithBuyer:
    """Notes that what is due of an invoice is red-lettered, under that letter's number; once.

    Args:
        amount_fen: what the letter is for, as its writer knows: a refund or a correction may have changed what is due.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS, INVOICE_NUMBER_TAKEN, INVOICE_CODE_MISSING,
            INVOICE_RED_LETTER_WRONG.
        Conflict: others kept writing.
    """
    check_number(number)

    def red(invoice: Invoice) -> Invoice:
        if number in [letter.number for letter in invoice.letters]:
            return invoice
        after = invoice.red_lettered(number, ctx.clock.now())
        if amount_fen not in (None, invoice.red_due_fen):
            raise INVOICE_RED_LETTER_WRONG.problem(red_due_fen=invoice.red_due_fen)
        return after

    def writes(stored: Stored[Invoice], after: Invoice) -> list[Write]:
        entry = entered(after.red_entry(), ctx.clock.now())
        return [stored.put(after), number_taken(ctx, number, stored.value), entry]

    return _change(ctx, call, "red_letter_invoice", invoice_id, number, red, writes)


def correct_number(
    ctx: Context, call: Call, invoice_id: InvoiceId, wrong: str, right: str, reason: str
) -> InvoiceWithBuyer:
    """Puts right a number that finance mistyped, of an invoice or a red letter; said again it changes nothing.

    The wrong one is free again: it may be the next invoice's.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_NUMBER_UNKNOWN, INVOICE_NUMBER_TAKEN, INVOICE_CODE_MISSING.
        Conflict: others kept writing.
    """
    check_number(right)

    def corrected(invoice: Invoice) -> Invoice:
        if (wrong, right) in [(number.wrong, number.right) for number in invoice.corrected_numbers[-1:]]:
            return invoice
        if wrong not in invoice.numbers:
            raise INVOICE_NUMBER_UNKNOWN.problem(numbers=sorted(invoice.numbers))
        return invoice.renumbered(wrong, right, ctx.clock.now())

    def writes(stored: Stored[Invoice], after: Invoice) -> list[Write]:
        entry = entered(after.number_entry(), ctx.clock.now())
        taken, freed = number_taken(ctx, right, stored.value), number_freed(ctx, wrong, invoice_id)
        return [stored.put(after), taken, *freed, entry]

    return _change(ctx, call, "correct_invoice_number", invoice_id, f"{wrong} → {right}: {reason}", corrected, writes)


def file_key(invoice_id: InvoiceId, document: Document) -> str:
    """Where the PDF of an invoice lies."""
    return f"invoices/{invoice_id}/{document.sha256}.pdf"


def _change(
    ctx: Context,
    call: Call,
    action: str,
    invoice_id: InvoiceId,
    reason: str,
    change: Callable[[Invoice], Invoice],
    writes: Callable[[Stored[Invoice], Invoice], Sequence[Write]],
) -> InvoiceWithBuyer:
    def plan() -> tuple[Change, Invoice]:
        stored = read_invoice(ctx, invoice_id)
        after = moved(stored, lambda: change(stored.value))
        if after is stored.value:
            return Change(), after
        audit = ctx.audit.entry(call.caller, action, invoice_id, reason)
        return Change([*writes(stored, after), audit]), after

    return with_buyer(ctx, commit_retrying(ctx.store, plan))
