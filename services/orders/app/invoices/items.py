"""What is kept of invoices, and where. What happens at the tax authority is in a book, entered once, never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.kit.days import Days, civil_day
from services.kit.kinds import NOTHING, stored
from services.kit.store import Key, Put, Store, Stored, required
from services.kit.store.pages import every
from services.orders.app.context import Context
from services.orders.app.invoices.problems import INVOICE_NOT_FOUND
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
    """An invoice as it was issued, red-lettered in whole or in part, or given the right number, on a day in China."""
    of_letter = f"#{entry.red_number}" if entry.status is InvoiceStatus.RED_LETTERED else ""
    of_number = f"#{len(entry.corrected_numbers)}" if entry.corrected_numbers else ""
    return Key(invoice_entries_of_day(day), f"{entry.status}#{entry.invoice_id}{of_letter}{of_number}")


def invoice_entries_of_day(day: date) -> str:
    """Partition of what was entered in the book on a civil day in China."""
    return f"INVOICE_BOOK#{day}"


def buyer_key(invoice_id: InvoiceId) -> Key:
    """Whom an invoice is made out to. Personal data has a partition of its own, so that it can go."""
    return Key(f"BUYER#{invoice_id}", "BUYER")


@stored(shape=1, personal=NOTHING)
class InvoiceNumber:
    """Whose a number of the tax authority's is: an invoice has it, or one of its red letters.

    `others` have it too, where code of release 1.0.0, which does not ask, gave it to them.
    """

    invoice_id: InvoiceId
    others: tuple[InvoiceId, ...] = ()

    @property
    def holders(self) -> tuple[InvoiceId, ...]:
        """Whoever has it."""
        return (self.invoice_id, *self.others)

    def shared(self, invoice_id: InvoiceId) -> "InvoiceNumber":
        """As one more has it."""
        return replace(self, others=(*self.others, invoice_id))

    def without(self, invoice_id: InvoiceId) -> "InvoiceNumber | None":
        """As one of them no longer has it; None where nobody has it then."""
        left = [holder for holder in self.holders if holder != invoice_id]
        return replace(self, invoice_id=left[0], others=tuple(left[1:])) if left else None


def invoice_number_key(number: str) -> Key:
    """The one use of a number (发票号码), by invoices and red letters alike: they are numbered from one series."""
    return Key(f"INVOICE_NUMBER#{number}", "NUMBER")


@stored(shape=1, personal=NOTHING)
class NumberRegister:
    """Each number that was entered in the invoice book until the last civil day in China is registered."""

    last_day: date


def number_register_key() -> Key:
    """There is one."""
    return Key("INVOICE_NUMBERS", "REGISTERED")


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
    """The entry in the book of what has just been issued, red-lettered or given the right number."""
    return Put(invoice_entry_key(civil_day(at), entry), entry)


def invoice_book(store: Store, days: Days) -> Iterator[Invoice]:
    """The entries of the days, a day after the other: what was issued, then what was red-lettered."""
    for day in days:
        yield from (stored.value for stored in every(store, invoice_entries_of_day(day), "", Invoice))
