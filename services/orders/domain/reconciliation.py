"""A provider's statement of a day against what we recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.kit.days import civil_day
from services.orders.domain.ids import OrderId
from services.orders.domain.movement import Movement
from services.orders.domain.payment import CURRENCY, LineKind, LineStatus, StatementLine

Reference = tuple[LineKind, str]
"""What a movement is known by on both sides: the payment's number, or the refund's."""

SKEW = timedelta(minutes=5)
"""How far apart the two clocks may be around midnight."""


class Particular(StrEnum):
    """What a line says of a movement, besides its amount."""

    STATEMENT_DAY = "statement_day"
    DAY = "day"
    TRADE = "trade"
    PAYMENT = "payment"
    REFUND = "refund"
    CURRENCY = "currency"
    STATUS = "status"
    FEE = "fee"


@dataclass(frozen=True)
class Discrepancy:
    """A particular that the two sides tell differently, as both tell it: numbers, civil days, fen."""

    what: Particular
    ours: str
    theirs: str


@dataclass(frozen=True)
class Difference:
    """One movement that the two sides do not tell alike; a side that does not know it has no amount.

    `order_id` is None where we know of no such movement, `trade_no` the provider's number of the payment. `fee_fen` is
    what the statement tells; None where it has no such line.
    """

    kind: LineKind
    reference: str
    at: datetime
    ours_fen: int | None
    theirs_fen: int | None
    order_id: OrderId | None = None
    trade_no: str = ""
    fee_fen: int | None = None
    particulars: tuple[Discrepancy, ...] = ()


@dataclass(frozen=True)
class Totals:
    """Of one kind of movement on one side. Fees as far as they are known: ours are those that a statement told."""

    count: int
    amount_fen: int
    fee_fen: int = 0


@dataclass(frozen=True)
class Reconciliation:
    """The whole comparison. Every line and every movement is in exactly one of the five.

    `new_fees` are the lines that match a movement whose fee was not known yet.
    """

    matched: Mapping[LineKind, Totals]
    missing_here: Sequence[Difference]
    missing_there: Sequence[Difference]
    amount_differs: Sequence[Difference]
    particulars_differ: Sequence[Difference]
    ours: Mapping[LineKind, Totals]
    theirs: Mapping[LineKind, Totals]
    new_fees: Sequence[StatementLine]

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same."""
        return not (self.missing_here or self.missing_there or self.amount_differs or self.particulars_differ)


def reference_of(line: StatementLine) -> Reference:
    """What a line is known by."""
    return line.kind, line.refund_number if line.kind is LineKind.REFUND else line.number


def reconcile(
    day: date, lines: Sequence[StatementLine], of_the_day: Iterable[Movement], others: Iterable[Movement] = ()
) -> Reconciliation:
    """Compares the lines of a civil day's statement with our movements of the day.

    `others` are movements that lines refer to and that we date to another day: the two clocks differ around midnight.
    One of the day that the statement has not is missing there; one of another day is not asked for.
    """
    of_day = {(movement.kind, movement.reference): movement for movement in of_the_day}
    known = {(movement.kind, movement.reference): movement for movement in others} | of_day
    told = _that_moved(lines, known)
    matched: list[tuple[Movement, StatementLine]] = []
    missing_here: list[Difference] = []
    amount_differs: list[Difference] = []
    particulars_differ: list[Difference] = []
    seen: set[Reference] = set()
    for line in told:
        reference = reference_of(line)
        ours = None if reference in seen else known.get(reference)
        seen.add(reference)
        if ours is None:
            missing_here.append(_difference(line, None))
            continue
        found = tuple(_discrepancies(day, ours, line))
        if ours.amount_fen != line.amount_fen:
            amount_differs.append(_difference(line, ours, found))
        elif found:
            particulars_differ.append(_difference(line, ours, found))
        else:
            matched.append((ours, line))
    missing_there = [_missing_there(movement) for reference, movement in of_day.items() if reference not in seen]
    new_fees = [line for ours, line in matched if ours.fee_fen is None]
    fees = {reference_of(line): line.fee_fen for line in new_fees}
    asked_for = [movement for reference, movement in known.items() if reference in of_day or reference in seen]
    return Reconciliation(
        matched=_totals([ours for ours, _ in matched], [line.fee_fen for _, line in matched]),
        missing_here=missing_here,
        missing_there=missing_there,
        amount_differs=amount_differs,
        particulars_differ=particulars_differ,
        ours=_totals(asked_for, [_fee(movement, fees) for movement in asked_for]),
        theirs=_totals(told, [line.fee_fen for line in told]),
        new_fees=new_fees,
    )


def _that_moved(lines: Sequence[StatementLine], known: Mapping[Reference, Movement]) -> list[StatementLine]:
    """Without the lines of what failed, unless we take that for done and no other line says that it is."""
    contradicting = known.keys() - {reference_of(line) for line in lines if line.status is not LineStatus.FAILED}
    return [line for line in lines if line.status is not LineStatus.FAILED or reference_of(line) in contradicting]


def _discrepancies(day: date, ours: Movement, line: StatementLine) -> Iterable[Discrepancy]:
    our_day, their_day = civil_day(ours.at), civil_day(line.at)
    if their_day != day:
        yield Discrepancy(Particular.STATEMENT_DAY, f"{day}", f"{their_day}")
    if our_day != their_day and abs(ours.at - line.at) > SKEW:
        yield Discrepancy(Particular.DAY, f"{our_day}", f"{their_day}")
    compared = (
        (Particular.TRADE, ours.trade_no, line.transaction_id),
        # What older entries of the book, or the other provider, do not say is not compared.
        (Particular.PAYMENT, ours.payment_number, line.number if ours.payment_number else ""),
        (Particular.REFUND, ours.refund_no, line.refund_no if ours.refund_no else ""),
        (Particular.CURRENCY, CURRENCY, line.currency),
        (Particular.STATUS, LineStatus.DONE, line.status),
        (Particular.FEE, f"{line.fee_fen if ours.fee_fen is None else ours.fee_fen}", f"{line.fee_fen}"),
    )
    yield from (Discrepancy(what, mine, theirs) for what, mine, theirs in compared if mine != theirs)


def _difference(line: StatementLine, ours: Movement | None, found: tuple[Discrepancy, ...] = ()) -> Difference:
    return Difference(
        *reference_of(line),
        line.at,
        ours.amount_fen if ours else None,
        line.amount_fen,
        ours.order_id if ours else None,
        line.transaction_id,
        line.fee_fen,
        found,
    )


def _missing_there(ours: Movement) -> Difference:
    amount, order_id = ours.amount_fen, ours.order_id
    return Difference(ours.kind, ours.reference, ours.at, amount, None, order_id, ours.trade_no)


def _fee(ours: Movement, told: Mapping[Reference, int]) -> int:
    return told.get((ours.kind, ours.reference), 0) if ours.fee_fen is None else ours.fee_fen


def _totals(entries: Sequence[Movement | StatementLine], fees: Sequence[int]) -> dict[LineKind, Totals]:
    totals = {}
    for kind in LineKind:
        of_kind = [(entry.amount_fen, fee) for entry, fee in zip(entries, fees, strict=True) if entry.kind is kind]
        totals[kind] = Totals(len(of_kind), sum(amount for amount, _ in of_kind), sum(fee for _, fee in of_kind))
    return totals
