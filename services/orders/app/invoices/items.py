"""What is kept of invoices, and where. What was issued and red-lettered is in a book, entered once, never changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from services.kit.days import Days, civil_day
from services.kit.kinds import NOTHING, stored
from services.kit.store import Key, Put, Store, Stored, required
from services.kit.store.pages import every
from services.orders.app.context import Context
from services.orders.app.invoices.problems import INVOICE_NOT_FOUND, INVOICE_NUMBER_TAKEN
from services.orders.domain.ids import InvoiceId, OrderId
from services.orders.domain.invoice import Invoice, InvoiceStatus


def invoice_key(invoice_id: InvoiceId) -> Key:
    """An invoice by its id, which begins with the month in China that it was requested in."""
    return Key(f"INVOICES#{invoice_id[:6]}", invoice_id or "-")


def invoices_of_month(month: str) -> str:
    """Partition of the invoices requested in a civil month in China (2026-11); a day's ids begin with that day."""
    return f"INVOICES#{month.replace('-', '')}"


def read_invoice(ctx: Context, invoice_id: InvoiceId) -> Stored[Invoice]:
    """The invoice of an id. Raises INVOICE_NOT_FOUND."""
    return required(ctx.store.get(invoice_key(invoice_id), Invoice), INVOICE_NOT_FOUND.problem())


def cancelled(ctx: Context, stored: Stored[Invoice], after: Invoice) -> list[Put]:
    """The writes that cancel a request. An issued invoice that it was to correct stands again, if it still does."""
    writes = [stored.put(after)]
    if after.corrects:
        wrong = read_invoice(ctx, after.corrects)
        stands = wrong.value.standing_again()
        writes += [wrong.put(stands)] if stands is not wrong.value else []
    return writes


def invoice_entry_key(day: date, entry: Invoice) -> Key:
    """An invoice as it was issued, or red-lettered in whole or in part, on a civil day in China."""
    of_letter = f"#{entry.red_number}" if entry.status is InvoiceStatus.RED_LETTERED else ""
    return Key(invoice_entries_of_day(day), f"{entry.status}#{entry.invoice_id}{of_letter}")


def invoice_entries_of_day(day: date) -> str:
    """Partition of what was issued and red-lettered on a civil day in China."""
    return f"INVOICE_BOOK#{day}"


def buyer_key(invoice_id: InvoiceId) -> Key:
    """Whom an invoice is made out to. Personal data has a partition of its own, so that it can go."""
    return Key(f"BUYER#{invoice_id}", "BUYER")


@stored(shape=1, personal=NOTHING)
class InvoiceNumber:
    """A number of the tax authority's is used: an invoice has it, or one of its red letters. It is never free again."""

    invoice_id: InvoiceId


def invoice_number_key(number: str) -> Key:
    """The one use of a number (发票号码), by invoices and red letters alike: they are numbered from one series."""
    return Key(f"INVOICE_NUMBER#{number}", "NUMBER")


def number_taken(ctx: Context, number: str, invoice: Invoice) -> Put:
    """The write that uses a number, which fails where another use is committed first.

    Raises:
        Problem: INVOICE_NUMBER_TAKEN. An invoice from before numbers were registered has its own ones too.
    """
    key = invoice_number_key(number)
    if number in (invoice.number, invoice.red_number) or ctx.store.get(key, InvoiceNumber):
        raise INVOICE_NUMBER_TAKEN.problem()
    return Put(key, InvoiceNumber(invoice.invoice_id))


@stored(shape=1, personal=NOTHING)
class InvoiceOfOrder:
    """An invoice that an order has. How it stands, the invoice says."""

    invoice_id: InvoiceId


def order_invoice_key(order_id: OrderId, invoice_id: InvoiceId) -> Key:
    """Says that an invoice is of this order."""
    return Key(f"ORDER#{order_id}", f"INVOICE#{invoice_id}")


def order_invoices(order_id: OrderId) -> tuple[str, str]:
    """Partition and sort-key prefix of what says which invoices an order has."""
    return f"ORDER#{order_id}", "INVOICE#"


def stored_invoices(ctx: Context, order_id: OrderId) -> Sequence[Stored[Invoice]]:
    """All invoices of an order, oldest first."""
    places = ctx.store.query(*order_invoices(order_id), InvoiceOfOrder)
    return [read_invoice(ctx, place.value.invoice_id) for place in places]


def entered(entry: Invoice, at: datetime) -> Put:
    """The entry in the book of what has just been issued or red-lettered."""
    return Put(invoice_entry_key(civil_day(at), entry), entry)


def invoice_book(store: Store, days: Days) -> Iterator[Invoice]:
    """The entries of the days, a day after the other: what was issued, then what was red-lettered."""
    for day in days:
        yield from (stored.value for stored in every(store, invoice_entries_of_day(day), "", Invoice))
