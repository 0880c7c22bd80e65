"""A provider's statement of a day against what we recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.orders.domain.movement import Movement
from services.orders.domain.payment import LineKind, StatementLine

Reference = tuple[LineKind, str]
"""What a movement is known by on both sides: the payment's number, or the refund's."""


@dataclass(frozen=True)
class Difference:
    """One movement that the two sides do not tell alike; a side that does not know it has no amount."""

    kind: LineKind
    reference: str
    at: datetime
    ours_fen: int | None
    theirs_fen: int | None


@dataclass(frozen=True)
class Totals:
    """Of one kind of movement on one side."""

    count: int
    amount_fen: int


@dataclass(frozen=True)
class Reconciliation:
    """The whole comparison. Every line and every movement is in exactly one of the four."""

    matched: Mapping[LineKind, Totals]
    missing_here: Sequence[Difference]
    missing_there: Sequence[Difference]
    amount_differs: Sequence[Difference]
    ours: Mapping[LineKind, Totals]
    theirs: Mapping[LineKind, Totals]

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same."""
        return not (self.missing_here or self.missing_there or self.amount_differs)


def reference_of(line: StatementLine) -> Reference:
    """What a line is known by."""
    return line.kind, line.refund_number if line.kind is LineKind.REFUND else line.number


def reconcile(
    lines: Sequence[StatementLine], of_the_day: Iterable[Movement], others: Iterable[Movement] = ()
) -> Reconciliation:
    """Compares the lines with our movements of the day.

    `others` are movements that lines refer to and that we date to another day: the two clocks differ around midnight.
    One of the day that the statement has not is missing there; one of another day is not asked for.
    """
    day = {(movement.kind, movement.reference): movement for movement in of_the_day}
    known = {(movement.kind, movement.reference): movement for movement in others} | day
    matched: list[Movement] = []
    missing_here: list[Difference] = []
    differs: list[Difference] = []
    seen: set[Reference] = set()
    for line in lines:
        reference = reference_of(line)
        ours = None if reference in seen else known.get(reference)
        seen.add(reference)
        if ours is None:
            missing_here.append(Difference(*reference, line.at, None, line.amount_fen))
        elif ours.amount_fen != line.amount_fen:
            differs.append(Difference(*reference, line.at, ours.amount_fen, line.amount_fen))
        else:
            matched.append(ours)
    missing_there = [
        Difference(*reference, movement.at, movement.amount_fen, None)
        for reference, movement in day.items()
        if reference not in seen
    ]
    return Reconciliation(
        matched=_totals(matched),
        missing_here=missing_here,
        missing_there=missing_there,
        amount_differs=differs,
        ours=_totals([movement for reference, movement in known.items() if reference in day or reference in seen]),
        theirs=_totals(lines),
    )


def _totals(movements: Sequence[Movement | StatementLine]) -> dict[LineKind, Totals]:
    amounts = {kind: [entry.amount_fen for entry in movements if entry.kind is kind] for kind in LineKind}
    return {kind: Totals(len(found), sum(found)) for kind, found in amounts.items()}
