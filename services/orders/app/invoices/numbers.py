"""Numbers of the tax authority's (发票号码): each is one invoice's, or one of its red letters'.

Each has an item, written with the invoice. Release 1.0.0 wrote none, and may still run beside this: until `daily` has
registered what it entered in the invoice book, the book itself is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from services.kit.days import ONE_DAY, Days, civil_day
from services.kit.observability import count, logger
from services.kit.store import Change, Put, Stored, Write, commit_retrying, read_or
from services.orders.app.context import Context
from services.orders.app.invoices.items import (
    InvoiceNumber,
    NumberRegister,
    invoice_book,
    invoice_number_key,
    number_register_key,
    read_invoice,
)
from services.orders.app.invoices.problems import INVOICE_CODE_MISSING, INVOICE_NUMBER_TAKEN
from services.orders.app.metrics import INVOICE_NUMBERS_TWICE
from services.orders.domain.ids import InvoiceId
from services.orders.domain.invoice import Invoice, is_whole_number

BOOK_BEGINS = date(2026, 11, 1)
"""No entry is older: release 1.0.0 is of this month."""
STILL_WRITTEN = timedelta(days=1)
"""How long after its end a day may get entries, by a clock that differs: then it is registered, and not before."""


def check_number(number: str) -> None:
    """Numbers of eight digits repeat from one 发票代码 to the next. Raises INVOICE_CODE_MISSING."""
    if not is_whole_number(number):
        raise INVOICE_CODE_MISSING.problem()


def number_taken(ctx: Context, number: str, invoice: Invoice) -> Put:
    """The write that uses a number, which fails where another use is committed first.

    Raises:
        Problem: INVOICE_NUMBER_TAKEN.
    """
    key = invoice_number_key(number)
    if number in invoice.numbers or ctx.store.get(key, InvoiceNumber) or _is_in_book(ctx, number):
        raise INVOICE_NUMBER_TAKEN.problem()
    return Put(key, InvoiceNumber(invoice.invoice_id))


def number_freed(ctx: Context, number: str, invoice_id: InvoiceId) -> list[Write]:
    """The writes after which this invoice does not have the number; whoever else has it keeps it."""
    known = ctx.store.get(invoice_number_key(number), InvoiceNumber)
    if known is None or invoice_id not in known.value.holders:
        return []
    left = known.value.without(invoice_id)
    return [known.put(left) if left else known.remove()]


def register_numbers(ctx: Context, enough: Callable[[], bool] = lambda: False) -> int:
    """Registers the numbers of the days that are over, each day once, until done or `enough`; returns how many.

    Whoever has a number that another invoice has too is named in the log, and counted for an alarm. Done again, it
    changes nothing.

    Raises:
        Conflict: others kept writing; the next run goes on.
    """
    registered = 0
    for day in _open_days(ctx, until=civil_day(ctx.clock.now() - STILL_WRITTEN) - ONE_DAY):
        if enough():
            break
        for invoice_id, number in _of_book(ctx, Days(day, day)):
            registered += _register(ctx, invoice_id, number)
        note = _note(ctx)
        ctx.store.commit(Change([note.put(replace(note.value, last_day=day))]))
    return registered


def _register(ctx: Context, invoice_id: InvoiceId, number: str) -> bool:
    def plan() -> tuple[Change, bool]:
        key = invoice_number_key(number)
        known = ctx.store.get(key, InvoiceNumber)
        if known and invoice_id in known.value.holders:
            return Change(), False
        if known is None:
            return Change([Put(key, InvoiceNumber(invoice_id))]), True
        logger().error("an invoice number is used twice", invoice_id=invoice_id, other_id=known.value.invoice_id)
        count(INVOICE_NUMBERS_TWICE)
        return Change([known.put(known.value.shared(invoice_id))]), True

    return commit_retrying(ctx.store, plan)


def _is_in_book(ctx: Context, number: str) -> bool:
    """Whether somebody has a number that may not be registered yet."""
    days = _open_days(ctx, until=civil_day(ctx.clock.now()))
    return any(number == used for day in days for _, used in _of_book(ctx, Days(day, day), number))


def _of_book(ctx: Context, days: Days, number: str = "") -> Iterator[tuple[InvoiceId, str]]:
    """Whose numbers stand in the book, all of them or this one; without those that were corrected since."""
    for entry in invoice_book(ctx.store, days):
        used = entry.entered_number
        if number in ("", used) and used in read_invoice(ctx, entry.invoice_id).value.numbers:
            yield entry.invoice_id, used


def _open_days(ctx: Context, until: date) -> Iterator[date]:
    """The days whose numbers may not be registered yet."""
    day = _note(ctx).value.last_day + ONE_DAY
    while day <= until:
        yield day
        day += ONE_DAY


def _note(ctx: Context) -> Stored[NumberRegister]:
    return read_or(ctx.store, number_register_key(), NumberRegister(BOOK_BEGINS - ONE_DAY))
