"""A statement against our records: every movement in exactly one class, totals of both sides."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.ids import OrderId, PaymentNumber
from services.orders.domain.movement import Movement
from services.orders.domain.payment import LineKind, LineStatus, StatementLine
from services.orders.domain.reconciliation import Particular, Reconciliation, Totals, reference_of
from services.orders.domain.reconciliation import reconcile as reconcile_day

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
PAID, BACK = LineKind.PAYMENT, LineKind.REFUND


def line(kind: LineKind, reference: str, amount_fen: int) -> StatementLine:
    number, refund_number = (reference, "") if kind is PAID else ("some-payment", reference)
    return StatementLine(kind, number, "T1", refund_number, amount_fen, AT)


def ours(kind: LineKind, reference: str, amount_fen: int) -> Movement:
    payment_number = PaymentNumber("some-payment" if kind is BACK else "")
    return Movement(kind, reference, amount_fen, AT, OrderId("order-1"), "T1", "", payment_number=payment_number)


def reconcile(*sides: Any) -> Reconciliation:
    """Of the day that everything here is of."""
    return reconcile_day(DAY, *sides)


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


TOMORROW = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("told", "particulars"),
    [
        ({"transaction_id": "T2"}, [(Particular.TRADE, "T1", "T2")]),
        ({"number": "another-payment"}, [(Particular.PAYMENT, "some-payment", "another-payment")]),
        ({"refund_no": "R2"}, [(Particular.REFUND, "R1", "R2")]),
        ({"currency": "USD"}, [(Particular.CURRENCY, "CNY", "USD")]),
        ({"status": LineStatus.PENDING}, [(Particular.STATUS, "done", "pending")]),
        ({"status": LineStatus.FAILED}, [(Particular.STATUS, "done", "failed")]),
        ({"fee_fen": 2}, [(Particular.FEE, "1", "2")]),
        (
            {"at": TOMORROW},
            [(Particular.STATEMENT_DAY, "2026-03-02", "2026-03-03"), (Particular.DAY, "2026-03-02", "2026-03-03")],
        ),
        (
            {"at": TOMORROW, "currency": "USD"},
            [
                (Particular.STATEMENT_DAY, "2026-03-02", "2026-03-03"),
                (Particular.DAY, "2026-03-02", "2026-03-03"),
                (Particular.CURRENCY, "CNY", "USD"),
            ],
        ),
    ],
)
def test_whatever_a_line_tells_otherwise_is_named(
    told: dict[str, Any], particulars: list[tuple[Particular, str, str]]
) -> None:
    known = replace(ours(BACK, "r1", 100), refund_no="R1", fee_fen=1)
    there = replace(line(BACK, "r1", 100), refund_no="R1", fee_fen=1)
    assert reconcile([there], [known]).is_clean
    done = reconcile([replace(there, **told)], [known])
    (found,) = done.particulars_differ
    assert [(one.what, one.ours, one.theirs) for one in found.particulars] == particulars
    assert (found.order_id, found.trade_no) == ("order-1", told.get("transaction_id", "T1"))
    assert not done.is_clean


def test_another_days_statement_is_not_this_days_although_all_its_movements_are_known() -> None:
    yesterday = AT - timedelta(days=1)
    known = replace(ours(PAID, "p1", 1), at=yesterday)
    done = reconcile([replace(line(PAID, "p1", 1), at=yesterday)], [], [known])
    assert [one.what for one in done.particulars_differ[0].particulars] == [Particular.STATEMENT_DAY]


def test_clocks_a_little_apart_around_midnight_are_no_difference() -> None:
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    known = replace(ours(PAID, "p1", 1), at=midnight - timedelta(seconds=1))
    assert reconcile([replace(line(PAID, "p1", 1), at=midnight)], [], [known]).is_clean


def test_what_an_older_entry_does_not_say_is_not_compared() -> None:
    known = replace(ours(BACK, "r1", 100), payment_number=PaymentNumber(""), refund_no="", fee_fen=None)
    assert reconcile([replace(line(BACK, "r1", 100), refund_no="R1", fee_fen=1)], [known]).is_clean


def test_a_failed_refund_moved_no_money_unless_we_say_that_it_did() -> None:
    failed = replace(line(BACK, "r1", 100), status=LineStatus.FAILED)
    assert reconcile([failed], []).is_clean
    assert reconcile([failed], []).theirs[BACK] == Totals(0, 0)
    assert reconcile([failed, line(BACK, "r1", 100)], [ours(BACK, "r1", 100)]).is_clean
    assert not reconcile([failed], [ours(BACK, "r1", 100)]).is_clean


def test_fees_that_are_new_are_told_and_count_on_both_sides() -> None:
    done = reconcile([replace(line(PAID, "p1", 9900), fee_fen=59)], [ours(PAID, "p1", 9900)])
    assert [told.fee_fen for told in done.new_fees] == [59]
    assert done.ours[PAID] == done.theirs[PAID] == done.matched[PAID] == Totals(1, 9900, 59)


REFERENCES = st.sampled_from("abcdef")
AMOUNTS = st.integers(1, 3)
KINDS = st.sampled_from([PAID, BACK])


def told_somehow(kind: LineKind, reference: str, amount_fen: int, trade_no: str, at: datetime) -> StatementLine:
    return replace(line(kind, reference, amount_fen), transaction_id=trade_no, at=at)


@given(
    st.lists(
        st.builds(
            told_somehow, KINDS, REFERENCES, AMOUNTS, st.sampled_from(["T1", "T2"]), st.sampled_from([AT, TOMORROW])
        )
    ),
    st.lists(st.builds(ours, KINDS, REFERENCES, AMOUNTS), unique_by=lambda m: (m.kind, m.reference)),
)
def test_nothing_is_lost_or_counted_twice(lines: list[StatementLine], movements: list[Movement]) -> None:
    done = reconcile(lines, movements)
    for kind in LineKind:
        here = [d for d in done.missing_here if d.kind is kind]
        there = [d for d in done.missing_there if d.kind is kind]
        differs = [d for d in [*done.amount_differs, *done.particulars_differ] if d.kind is kind]
        matched = done.matched[kind]
        assert done.theirs[kind].count == matched.count + len(here) + len(differs)
        assert done.ours[kind].count == matched.count + len(there) + len(differs)
        theirs = sum(d.theirs_fen or 0 for d in [*here, *differs])
        mine = sum(d.ours_fen or 0 for d in [*there, *differs])
        assert done.theirs[kind].amount_fen == matched.amount_fen + theirs
        assert done.ours[kind].amount_fen == matched.amount_fen + mine
        assert done.theirs[kind].amount_fen == sum(entry.amount_fen for entry in lines if entry.kind is kind)
    assert {reference_of(entry) for entry in lines} >= {(d.kind, d.reference) for d in done.amount_differs}
