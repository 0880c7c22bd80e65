"""What of an order can be invoiced, and which of its invoices a refund takes back."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from services.orders.domain.invoice import Invoice, InvoiceLine, InvoiceStatus
from services.orders.domain.order import LineState, Order

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
    """What stands of the invoices, fen: until it is red-lettered one counts, whatever became of its order.

    One that corrects another counts once that no longer does.
    """
    return sum(invoice.standing_fen for invoice in _counting(invoices))


def invoice_lines(
    order: Order, states: Collection[LineState], invoices: Collection[Invoice], amount_fen: int
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


def taken_back(kept: Mapping[int, int], invoices: Sequence[Invoice], note: str) -> list[Invoice]:
    """The invoices that change, once only `kept` fen of each line of their order are kept: the newest are taken first.

    Of issued ones no more than the lines that were not kept. Invoices without lines go whole, after those that have
    some, until all that stays fits what was kept. Where one that is to correct another is cancelled, the other stands
    again, and is looked at next.
    """
    after = {invoice.invoice_id: invoice for invoice in invoices}
    newest_first = sorted(invoices, key=lambda invoice: (bool(invoice.lines), invoice.invoice_id), reverse=True)
    for invoice_id in [invoice.invoice_id for invoice in newest_first]:
        invoice = after[invoice_id]
        lost = _lost(invoice, kept, after.values())
        if lost is None:
            continue
        after[invoice_id] = invoice.overtaken(note, lost)
        if after[invoice_id].status is InvoiceStatus.CANCELLED and invoice.corrects:
            after[invoice.corrects] = after[invoice.corrects].standing_again()
    return [after[invoice.invoice_id] for invoice in invoices if after[invoice.invoice_id] is not invoice]


def _lost(invoice: Invoice, kept: Mapping[int, int], invoices: Collection[Invoice]) -> list[int] | None:
    """The lines that the invoice loses, none for all of one that has no lines; None where it loses nothing."""
    if not invoice.lines:
        too_much = sum(other.staying_fen for other in invoices) > sum(kept.values())
        return [] if invoice.staying_fen and too_much else None
    staying = Counter[int]()
    for other in invoices:
        staying.update({line.number: line.amount_fen for line in other.staying_lines})
    return [line.number for line in invoice.staying_lines if staying[line.number] > kept[line.number]] or None


def _counting(invoices: Iterable[Invoice]) -> list[Invoice]:
    standing = {invoice.invoice_id: invoice for invoice in invoices if invoice.standing_fen}
    return [invoice for invoice in standing.values() if invoice.corrects not in standing]


def _left_by_line(due: Mapping[int, int], invoices: Collection[Invoice]) -> dict[int, int]:
    """What is left of each line, fen. Invoices without lines are taken to be of the first lines that are left, unless
    one that corrects them says of which.
    """
    left, whole_fen = dict(due), 0
    corrections = {invoice.corrects: invoice for invoice in invoices if invoice.standing_lines}
    counting = _counting(invoices)
    for invoice in [one if one.lines else corrections.get(one.invoice_id, one) for one in counting]:
        whole_fen += 0 if invoice.lines else invoice.standing_fen
        for line in invoice.standing_lines:
            left[line.number] -= line.amount_fen
    for number, fen in left.items():
        share = max(0, min(whole_fen, fen))
        left[number], whole_fen = fen - share, whole_fen - share
    return left
