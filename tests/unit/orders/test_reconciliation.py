"""A statement against our records: every movement in exactly one class, totals of both sides."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.ids import OrderId
from services.orders.domain.movement import Movement
from services.orders.domain.payment import LineKind, StatementLine
from services.orders.domain.reconciliation import Totals, reconcile, reference_of

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PAID, BACK = LineKind.PAYMENT, LineKind.REFUND


def line(kind: LineKind, reference: str, amount_fen: int) -> StatementLine:
    number, refund_number = (reference, "") if kind is PAID else ("some-payment", reference)
    return StatementLine(kind, number, "4200", refund_number, amount_fen, AT)


def ours(kind: LineKind, reference: str, amount_fen: int) -> Movement:
    return Movement(kind, reference, amount_fen, AT, OrderId("order-1"), "T1", "")


def test_what_both_sides_tell_alike_is_matched() -> None:
    done = reconcile([line(PAID, "p1", 9900), line(BACK, "r1", 100)], [ours(PAID, "p1", 9900), ours(BACK, "r1", 100)])
    assert done.is_clean
    assert done.matched == done.ours == done.theirs == {PAID: Totals(1, 9900), BACK: Totals(1, 100)}


def test_each_difference_is_named_with_both_amounts() -> None:
    done = reconcile(
        [line(PAID, "only there", 1), line(PAID, "other amount", 2), line(BACK, "p1", 3)],
        [ours(PAID, "only here", 4), ours(PAID, "other amount", 5), ours(PAID, "p1", 3)],
    )
    assert [(d.kind, d.reference, d.ours_fen, d.theirs_fen) for d in done.missing_here] == [
        (PAID, "only there", None, 1),
        (BACK, "p1", None, 3),
    ]
    assert [(d.reference, d.ours_fen, d.theirs_fen) for d in done.missing_there] == [
        ("only here", 4, None),
        ("p1", 3, None),
    ]
    assert [(d.reference, d.ours_fen, d.theirs_fen) for d in done.amount_differs] == [("other amount", 5, 2)]
    assert not done.is_clean


def test_a_line_told_twice_matches_once() -> None:
    done = reconcile([line(PAID, "p1", 1), line(PAID, "p1", 1)], [ours(PAID, "p1", 1)])
    assert done.matched[PAID] == Totals(1, 1)
    assert [d.reference for d in done.missing_here] == ["p1"]


def test_a_movement_that_we_date_to_another_day_is_matched_and_not_asked_for() -> None:
    known = [ours(PAID, "p1", 1), ours(PAID, "p2", 2)]
    done = reconcile([line(PAID, "p1", 1)], [], known)
    assert done.is_clean
    assert done.ours == done.theirs


REFERENCES = st.sampled_from("abcdef")
AMOUNTS = st.integers(1, 3)
KINDS = st.sampled_from([PAID, BACK])


@given(
    st.lists(st.builds(line, KINDS, REFERENCES, AMOUNTS)),
    st.lists(st.builds(ours, KINDS, REFERENCES, AMOUNTS), unique_by=lambda m: (m.kind, m.reference)),
)
def test_nothing_is_lost_or_counted_twice(lines: list[StatementLine], movements: list[Movement]) -> None:
    done = reconcile(lines, movements)
    for kind in LineKind:
        here = [d for d in done.missing_here if d.kind is kind]
        there = [d for d in done.missing_there if d.kind is kind]
        differs = [d for d in done.amount_differs if d.kind is kind]
        matched = done.matched[kind]
        assert done.theirs[kind].count == matched.count + len(here) + len(differs)
        assert done.ours[kind].count == matched.count + len(there) + len(differs)
        theirs = sum(d.theirs_fen or 0 for d in [*here, *differs])
        mine = sum(d.ours_fen or 0 for d in [*there, *differs])
        assert done.theirs[kind].amount_fen == matched.amount_fen + theirs
        assert done.ours[kind].amount_fen == matched.amount_fen + mine
        assert done.theirs[kind].amount_fen == sum(entry.amount_fen for entry in lines if entry.kind is kind)
    assert {reference_of(entry) for entry in lines} >= {(d.kind, d.reference) for d in done.amount_differs}
