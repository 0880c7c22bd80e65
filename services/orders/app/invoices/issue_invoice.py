"""What finance does with invoices: issues them with their PDF, turns requests down, red-letters what was refunded."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kit.identity import Principal
from services.kit.store import Change, Put, commit_retrying
from services.orders.app.context import Context
from services.orders.app.invoices.invoice_book import entered
from services.orders.app.invoices.items import invoices_of_month, read_invoice
from services.orders.app.invoices.problems import INVOICE_FILE_MISSING, INVOICE_PAST_THIS
from services.orders.app.invoices.request_invoice import MadeOut, made_out, moved
from services.orders.app.ports import InvoiceFiles, Upload
from services.orders.domain.invoice import Document, Invoice, InvoiceStatus

PDF = b"%PDF-"


@dataclass(frozen=True)
class InvoicesPage:
    """Invoices in order of their ids; `after` is where the next page begins, None after the last."""

    invoices: list[MadeOut]
    after: str | None


def invoices_page(context: Context, month: str, status: InvoiceStatus | None, after: str, limit: int) -> InvoicesPage:
    """The invoices requested in a civil month in China (2026-11), of one status or of any, a page at a time.

    A page may hold less than what was read: a status is picked after reading.
    """
    read = context.store.page(invoices_of_month(month), "", Invoice, after, limit).map(lambda stored: stored.value)
    found = [made_out(context, invoice) for invoice in read.items if status in (None, invoice.status)]
    return InvoicesPage(found, read.after)


def sign_upload(context: Context, files: InvoiceFiles, invoice_id: str, document: Document) -> Upload:
    """Lets finance upload the PDF of a requested invoice, and only that one. Raises INVOICE_NOT_FOUND, _PAST_THIS."""
    invoice = read_invoice(context, invoice_id).value
    if invoice.status is not InvoiceStatus.REQUESTED:
        raise INVOICE_PAST_THIS.problem(invoice_status=invoice.status)
    return files.upload(file_key(invoice_id, document), document)


def issue_invoice(
    context: Context, files: InvoiceFiles, actor: Principal, invoice_id: str, number: str, document: Document
) -> MadeOut:
    """Marks an invoice as issued under the tax authority's number, with its uploaded PDF; once more changes nothing.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_FILE_MISSING, INVOICE_PAST_THIS.
        Conflict: others kept writing.
    """
    if read_invoice(context, invoice_id) and files.beginning(file_key(invoice_id, document), document.size) != PDF:
        raise INVOICE_FILE_MISSING.problem()

    def issued(invoice: Invoice) -> Invoice:
        if (invoice.number, invoice.document) == (number, document):
            return invoice
        return invoice.issued(number, document, context.clock.now())

    return _change(context, actor, "issue_invoice", invoice_id, number, issued)


def reject_request(context: Context, actor: Principal, invoice_id: str, reason: str) -> MadeOut:
    """Turns a request down, for a reason that the learner reads; once more changes nothing.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS.
        Conflict: others kept writing.
    """

    def rejected(invoice: Invoice) -> Invoice:
        is_done = invoice.status is InvoiceStatus.CANCELLED and invoice.note == reason
        return invoice if is_done else invoice.cancelled(reason)

    return _change(context, actor, "reject_invoice", invoice_id, reason, rejected)


def red_letter(context: Context, actor: Principal, invoice_id: str, number: str) -> MadeOut:
    """Notes that an invoice whose order was refunded is red-lettered, under that letter's number; once.

    Raises:
        Problem: INVOICE_NOT_FOUND, INVOICE_PAST_THIS.
        Conflict: others kept writing.
    """

    def red(invoice: Invoice) -> Invoice:
        return invoice if invoice.red_number == number else invoice.red_lettered(number, context.clock.now())

    return _change(context, actor, "red_letter_invoice", invoice_id, number, red)


def file_key(invoice_id: str, document: Document) -> str:
    """Where the PDF of an invoice lies."""
    return f"invoices/{invoice_id}/{document.sha256}.pdf"


def _change(
    context: Context,
    actor: Principal,
    action: str,
    invoice_id: str,
    reason: str,
    change: Callable[[Invoice], Invoice],
) -> MadeOut:
    def plan() -> tuple[Change, Invoice]:
        stored = read_invoice(context, invoice_id)
        after = moved(stored, lambda: change(stored.value))
        if after is stored.value:
            return Change(), after
        audit = context.audit.entry(actor, action, invoice_id, reason)
        return Change([Put(stored.key, after, stored.version), *entered(after), audit]), after

    return made_out(context, commit_retrying(context.store, plan))
