"""What of an order can be invoiced, and which of its invoices a refund takes back."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from services.orders.domain.invoice import Invoice, InvoiceLine, InvoiceStatus
from services.orders.domain.order import LineState, Order

_STANDING = (InvoiceStatus.REQUESTED, InvoiceStatus.ISSUED, InvoiceStatus.RED_NEEDED)
"""Until it is red-lettered an invoice counts, whatever became of its order."""

_TO_STAND = (InvoiceStatus.REQUESTED, InvoiceStatus.ISSUED)
"""Such an invoice stays, unless something comes of it."""

PAID = (LineState.GRANTED,)
KEPT = (LineState.GRANTED, LineState.REVOKING)
"""Lines that can be invoiced, and those whose invoices stand: a line that is asked back may be kept after all."""


def due_fen(order: Order, states: Collection[LineState]) -> dict[int, int]:
    """What the lines in these states cost, fen, by their numbers; all other lines nothing."""
    return {line.number: line.due_fen if line.state in states else 0 for line in order.lines}


def left_fen(order: Order, invoices: Sequence[Invoice]) -> int:
    """What can still be invoiced: paid less refunded less invoiced, fen; never below nothing."""
    return max(0, sum(due_fen(order, PAID).values()) - invoiced_fen(invoices))


def invoiced_fen(invoices: Iterable[Invoice]) -> int:
    """What the invoices that stand come to, fen; one that corrects another counts once that no longer does."""
    return sum(invoice.amount_fen for invoice in _counting(invoices))


def invoice_lines(
    order: Order, states: Collection[LineState], invoices: Iterable[Invoice], amount_fen: int
) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice of this amount: what is left of the order's lines, one after another, until it is there.

    There are none where less is left.
    """
    lines, rest = list[InvoiceLine](), amount_fen
    left = _left_by_line(due_fen(order, states), invoices)
    for line in order.lines:
        share = max(0, min(rest, left[line.number]))
        lines += [InvoiceLine(line.number, line.goods, line.title, share)] if share else []
        rest -= share
    return tuple(lines) if not rest else ()


def taken_back(kept_fen: int, invoices: Sequence[Invoice], note: str) -> list[Invoice]:
    """The invoices that change, the newest first, until what is to stand comes to no more than what was kept.

    Where one that is to correct another is cancelled for it, the other stands again, and may be next.
    """
    after = {invoice.invoice_id: invoice for invoice in invoices}
    for invoice_id in sorted(after, reverse=True):
        invoice = after[invoice_id]
        if _to_stand_fen(after.values()) <= kept_fen:
            break
        if invoice.status in _TO_STAND:
            after[invoice_id] = invoice.overtaken(note)
            if after[invoice_id].status is InvoiceStatus.CANCELLED and invoice.corrects:
                after[invoice.corrects] = after[invoice.corrects].standing_again()
    return [after[invoice.invoice_id] for invoice in invoices if after[invoice.invoice_id] is not invoice]


def _counting(invoices: Iterable[Invoice]) -> list[Invoice]:
    standing = {invoice.invoice_id: invoice for invoice in invoices if invoice.status in _STANDING}
    return [invoice for invoice in standing.values() if invoice.corrects not in standing]


def _left_by_line(due: Mapping[int, int], invoices: Iterable[Invoice]) -> dict[int, int]:
    """What is left of each line, fen. Invoices without lines are taken to be of the first lines that are left."""
    left, whole_fen = dict(due), 0
    for invoice in _counting(invoices):
        whole_fen += 0 if invoice.lines else invoice.amount_fen
        for line in invoice.lines:
            left[line.number] -= line.amount_fen
    for number, fen in left.items():
        share = max(0, min(whole_fen, fen))
        left[number], whole_fen = fen - share, whole_fen - share
    return left


def _to_stand_fen(invoices: Iterable[Invoice]) -> int:
    return sum(invoice.amount_fen for invoice in invoices if invoice.status in _TO_STAND)
