"""The invoice book: what was issued and red-lettered on some days, entered once and never changed."""

from collections.abc import Iterator

from services.kit.days import Days, civil_day
from services.kit.store import Put, Store
from services.kit.store.pages import every
from services.orders.app.invoices.items import invoice_entries_of_day, invoice_entry_key
from services.orders.domain.invoice import Invoice, InvoiceStatus


def entered(invoice: Invoice) -> list[Put]:
    """The entry of an invoice that has just been issued or red-lettered, as it now is; none of another."""
    happened = {InvoiceStatus.ISSUED: invoice.issued_at, InvoiceStatus.RED_LETTERED: invoice.red_lettered_at}
    at = happened.get(invoice.status)
    return [Put(invoice_entry_key(civil_day(at), invoice.status, invoice.invoice_id), invoice)] if at else []


def invoice_book(store: Store, days: Days) -> Iterator[Invoice]:
    """The entries of the days, a day after the other: what was issued, then what was red-lettered."""
    for day in days:
        yield from (stored.value for stored in every(store, invoice_entries_of_day(day), "", Invoice))
