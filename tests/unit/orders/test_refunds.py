"""Refunds: what is asked back, what playback and credits answer, and that the money follows only then."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.kit.days import civil_day
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change, Put
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.memberships.read_membership import read_membership
from services.orders.app.ordering.items import order_key
from services.orders.app.refunds.ask_refund import MAX_REFUNDS, RefundDraft, ask_refund
from services.orders.app.refunds.items import read_refund
from services.orders.app.refunds.read_refunds import known_refund, refunds_of_order
from services.orders.app.refunds.settle_refund import record_decision
from services.orders.domain.ids import CourseId, RevocationId
from services.orders.domain.membership import add_months
from services.orders.domain.order import Goods, Line, LineState, Order, OrderState, PriceReason
from services.orders.domain.refund import Decision, Refund, RefundStatus
from tests.unit.orders.shop import a_line, answer_reversal, answer_to, ask, decide, pay, place, reread
from tests.unit.orders.world import ADMINISTRATOR, MEMBER, RECOMMENDED, VIP, VISITOR, Crash, World, a_call, die

THIRD = "bonds"
ASKED, DUE, DONE, REFUSED, _ = RefundStatus


@pytest.fixture
def order(world: World) -> Order:
    """Three courses, paid, one of them discounted by a coupon's share."""
    discounted = replace(a_line(3, CourseId(THIRD), 10_000), discount_fen=1_000)
    order = place(world, a_line(1), a_line(2, RECOMMENDED, 5_000), discounted)
    pay(world, order)
    return order


def kept(world: World, refund: Refund) -> Refund:
    """The refund as it stands now."""
    return read_refund(world.ctx, refund.refund_id).value


def told(world: World, type_: str) -> list[dict[str, object]]:
    """What left, of a type."""
    return [event.data for event in world.store.outbox if event.type == f"orders.{type_}.v1"]


def owned(world: World) -> set[str]:
    """The courses that the learner may watch."""
    return {entitlement.course_id for entitlement in list_entitlements(world.ctx, MEMBER).items}


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def membership_order(world: World) -> Order:
    """A paid year of membership; each further one follows on the last."""
    plan = world.ctx.plans.in_force(VIP, civil_day(world.clock.now()))
    assert plan
    line = Line(1, Goods.MEMBERSHIP, "vip", plan.effective_from.isoformat(), "VIP", 30_000, 30_000, PriceReason.LIST)
    order = place(world, line)
    pay(world, order, trade_no=world.ids.new())
    return reread(world, order)


def test_asking_locks_the_lines_and_asks_playback_and_sends_nothing(world: World, order: Order) -> None:
    refund = ask(world, order, 1, 3)
    assert (refund.status, refund.amount_fen) == (ASKED, 9_900 + 9_000)
    assert [line.state for line in reread(world, order).lines] == ["revoking", "granted", "revoking"]
    requests = told(world, "entitlement_revocation_requested")
    assert [request["course_id"] for request in requests] == [order.lines[0].item_id, THIRD]
    assert [request["even_if_completed"] for request in requests] == [False, False]
    assert not told(world, "refund_due")
    assert len(owned(world)) == 3, "playback has not decided yet"


def test_a_whole_order_is_refunded_once_every_line_is_taken_back(world: World, order: Order) -> None:
    refund = ask(world, order)
    for line in refund.lines[:2]:
        decide(world, line)
        assert not told(world, "refund_due")
    assert kept(world, refund).amount_fen == order.amount_fen, "while it is asked"
    decide(world, refund.lines[2])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [order.amount_fen]
    assert (kept(world, refund).status, kept(world, refund).amount_fen) == (DUE, order.amount_fen)
    whole = reread(world, order)
    assert (whole.state, whole.refunded_fen, owned(world)) == (OrderState.REFUNDED, order.amount_fen, set())


def test_lines_one_after_the_other_come_to_what_was_paid(world: World, order: Order) -> None:
    for number in (2, 3, 1):
        decide(world, ask(world, order, number).lines[0])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [5_000, 9_000, 9_900]
    assert reread(world, order).state is OrderState.REFUNDED
    assert [refund.amount_fen for refund in refunds_of_order(world.ctx, order.order_id)] == [5_000, 9_000, 9_900]


def test_attack_refund_after_completion_keeps_the_line_and_names_the_watch(world: World, order: Order) -> None:
    refund = ask(world, order, 1)
    decide(world, refund.lines[0], completed=["watch-7"])
    seen = known_refund(world.ctx, refund.refund_id, MEMBER).value
    assert (seen.status, seen.amount_fen, seen.done_at) == (REFUSED, 0, world.clock.now())
    assert (seen.lines[0].decision, seen.lines[0].watch_ids) == (Decision.KEPT, ("watch-7",))
    assert not told(world, "refund_due")
    assert reread(world, order).lines[0].state is LineState.GRANTED
    assert len(owned(world)) == 3


def test_of_several_lines_only_what_was_taken_back_is_paid_back(world: World, order: Order) -> None:
    refund = ask(world, order)
    decide(world, refund.lines[0], completed=["watch-7"])
    decide(world, refund.lines[1])
    decide(world, refund.lines[2])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [14_000]
    part = reread(world, order)
    assert (part.state, part.refunded_fen) == (OrderState.PARTLY_REFUNDED, 14_000)
    assert owned(world) == {part.lines[0].item_id}


def test_attack_over_refund_a_line_is_refunded_once(world: World, order: Order) -> None:
    refund = ask(world, order, 1)
    assert code_of(lambda: ask(world, order, 1)) == "LINES_NOT_REFUNDABLE"
    assert code_of(lambda: ask(world, order, 1, 2)) == "LINES_NOT_REFUNDABLE"
    assert code_of(lambda: ask(world, order, 4)) == "LINES_NOT_REFUNDABLE"
    decide(world, refund.lines[0])
    assert code_of(lambda: ask(world, order, 1)) == "LINES_NOT_REFUNDABLE"
    assert ask(world, order).amount_fen == 14_000, "what is left"
    assert code_of(lambda: ask(world, order)) == "ORDER_NOT_REFUNDABLE"


def test_attack_double_refund_under_parallel_calls(world: World, order: Order) -> None:
    world.store.before_commit = lambda: ask(world, order)
    assert code_of(lambda: ask(world, order)) == "ORDER_NOT_REFUNDABLE"
    (refund,) = refunds_of_order(world.ctx, order.order_id)
    for line in refund.lines:
        decide(world, line)
        decide(world, line)
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [order.amount_fen]


def test_the_same_request_again_is_the_same_refund(world: World, order: Order) -> None:
    key = "key-0000000000009"
    first = ask(world, order, 1, key=key)
    before = world.store.snapshot()
    assert ask(world, order, 1, key=key) == first
    assert world.store.snapshot() == before
    assert code_of(lambda: ask(world, order, 2, key=key)) == "IDEMPOTENCY_KEY_REUSED"


def test_attack_flood_of_requests_for_what_is_kept(world: World) -> None:
    order = place(world, a_line(1))
    pay(world, order)
    for _ in range(MAX_REFUNDS):
        decide(world, ask(world, order).lines[0], completed=["watch-1"])
    before = world.store.snapshot()
    assert code_of(lambda: ask(world, order)) == "REFUNDS_TOO_MANY"
    assert world.store.snapshot() == before
    assert ask(world, order, reverse_hours=True).status is ASKED, "an administrator may"


def test_attack_another_learners_order_and_refund_are_not_there(world: World, order: Order) -> None:
    refund, before = ask(world, order, 1), world.store.snapshot()
    assert code_of(lambda: ask(world, order, 2, learner_id=VISITOR)) == "ORDER_NOT_FOUND"
    assert code_of(lambda: refunds_of_order(world.ctx, order.order_id, VISITOR)) == "ORDER_NOT_FOUND"
    assert code_of(lambda: known_refund(world.ctx, refund.refund_id, VISITOR)) == "REFUND_NOT_FOUND"
    assert world.store.snapshot() == before


@pytest.mark.parametrize("state", [OrderState.OPEN, OrderState.CANCELLED, OrderState.EXPIRED])
def test_what_was_not_paid_is_not_refunded(world: World, state: OrderState) -> None:
    order = place(world)
    world.clock.advance(30 * 60_000)
    if state is not OrderState.OPEN:
        world.store.commit(Change([Put(order_key(order.order_id), order.closed(state, world.clock.now()), 1)]))
    assert code_of(lambda: ask(world, order)) == "ORDER_NOT_REFUNDABLE"


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_death_at_the_decision_refunds_once(world: World, order: Order, moment: str) -> None:
    refund = ask(world, order, 1)
    event = answer_to(
        world, "playback.entitlement_revocation_decided.v1", refund.lines[0], outcome="revoked", watch_id=None
    )
    setattr(world.store, moment, die)
    with pytest.raises(Crash):
        record_decision(world.ctx, event)
    record_decision(world.ctx, event)
    record_decision(world.ctx, event)
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [9_900]


def test_decisions_of_two_lines_at_once_are_both_kept(world: World, order: Order) -> None:
    refund = ask(world, order, 1, 2)
    world.store.before_commit = lambda: decide(world, refund.lines[1])
    decide(world, refund.lines[0])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [14_900]


def test_a_contrary_decision_that_comes_later_changes_nothing(world: World, order: Order) -> None:
    refund = ask(world, order, 1)
    decide(world, refund.lines[0], completed=["watch-7"])
    decide(world, refund.lines[0])
    assert kept(world, refund).status is REFUSED
    assert len(owned(world)) == 3


def test_a_decision_that_nobody_asked_for_goes_where_somebody_sees_it(world: World, order: Order) -> None:
    refund = ask(world, order, 1)
    forged = replace(refund.lines[0], revocation_id=RevocationId("20260302040000000000000000000099-01"))
    with pytest.raises(LookupError):
        decide(world, forged)
    assert kept(world, refund).status is ASKED


def test_an_administrator_refunds_a_completed_course_once_its_hours_are_taken_back(world: World, order: Order) -> None:
    refund = ask(world, order, 1, reverse_hours=True)
    assert told(world, "entitlement_revocation_requested")[0]["even_if_completed"] is True
    decide(world, refund.lines[0], completed=["watch-7", "watch-8"], revoked=True)
    (request,) = told(world, "hours_reversal_requested")
    assert (request["watch_ids"], request["reason"]) == (["watch-7", "watch-8"], "买错了")
    assert request["actor"] == ADMINISTRATOR.id
    assert (kept(world, refund).status, told(world, "refund_due")) == (ASKED, [])
    assert len(owned(world)) == 2
    answer_reversal(world, refund.lines[0])
    answer_reversal(world, refund.lines[0])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [9_900]
    assert kept(world, refund).lines[0].watch_ids == ("watch-7", "watch-8")
    assert reread(world, order).refunded_fen == 9_900


def test_an_answer_of_credits_before_playbacks_is_no_refund(world: World, order: Order) -> None:
    refund = ask(world, order, 1)
    answer_reversal(world, refund.lines[0])
    # WAITING goes to REVOKED by playback's word only.
    assert told(world, "refund_due") == []


def test_an_administrators_refund_is_audited_with_its_reason_and_the_learner_reads_it(
    world: World, order: Order
) -> None:
    refund = ask(world, order, 1, reverse_hours=False)
    audited = [key.pk for key in world.store.items if key.pk.startswith("AUDIT#")]
    assert audited == ["AUDIT#2026-03"]
    assert known_refund(world.ctx, refund.refund_id, MEMBER).value.reason == "买错了"
    decide(world, refund.lines[0], completed=["watch-7"])
    assert kept(world, refund).status is REFUSED


def test_a_learner_has_no_hours_reversed(world: World, order: Order) -> None:
    learner = Principal(MEMBER, frozenset({Role.LEARNER}))
    refund = ask_refund(world.ctx, a_call(learner, "key-0000000000009", "request-2"), RefundDraft(order.order_id, (1,)))
    assert not refund.reverse_hours


def test_a_course_of_nothing_is_given_back_for_nothing(world: World) -> None:
    order = place(world, a_line(1, price_fen=0), a_line(2, RECOMMENDED))
    pay(world, order)
    refund = ask(world, order, 1)
    decide(world, refund.lines[0])
    assert (kept(world, refund).status, told(world, "refund_due")) == (DONE, [])
    assert owned(world) == {RECOMMENDED}


def standing(world: World) -> bool:
    """Whether the learner is a member now."""
    return read_membership(world.ctx, MEMBER).current is not None


def test_a_membership_is_taken_back_once_playback_says_that_nothing_was_completed_on_it(world: World) -> None:
    order = membership_order(world)
    refund = ask(world, order)
    (request,) = told(world, "entitlement_revocation_requested")
    assert (request["course_id"], request["entitlement_id"]) == (None, order.lines[0].grant_id)
    assert (refund.status, told(world, "refund_due"), len(told(world, "membership_changed"))) == (ASKED, [], 1)
    assert not standing(world)
    decide(world, refund.lines[0])
    decide(world, refund.lines[0])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [30_000]
    granted, revoked = (event for event in world.store.outbox if event.type == "orders.membership_changed.v1")
    assert (granted.sequence, revoked.sequence, revoked.data["revoked"]) == (1, 2, True)
    assert revoked.subject == granted.subject
    again = membership_order(world)
    assert standing(world)
    assert reread(world, again).lines[0].grant_id != order.lines[0].grant_id


def test_membership_refund_after_library_watch(world: World) -> None:
    order = membership_order(world)
    refund = ask(world, order)
    decide(world, refund.lines[0], completed=["watch-7"])
    decide(world, refund.lines[0])
    after = kept(world, refund)
    assert (after.status, after.lines[0].decision, after.lines[0].watch_ids) == (REFUSED, Decision.KEPT, ("watch-7",))
    assert (told(world, "refund_due"), len(told(world, "membership_changed"))) == ([], 1)
    assert reread(world, order).lines[0].state is LineState.GRANTED
    assert standing(world)
    assert world.claim()


def test_an_administrator_refunds_a_watched_membership_once_its_hours_are_taken_back(world: World) -> None:
    refund = ask(world, membership_order(world), reverse_hours=True)
    decide(world, refund.lines[0], completed=["watch-7", "watch-8"], revoked=True)
    (request,) = told(world, "hours_reversal_requested")
    assert (request["course_id"], request["watch_ids"]) == (None, ["watch-7", "watch-8"])
    assert (standing(world), told(world, "refund_due")) == (False, [])
    answer_reversal(world, refund.lines[0])
    answer_reversal(world, refund.lines[0])
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [30_000]
    assert len(told(world, "membership_changed")) == 2


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_death_while_a_period_is_taken_back_takes_it_once(world: World, moment: str) -> None:
    (line,) = ask(world, membership_order(world)).lines
    setattr(world.store, moment, die)
    with pytest.raises(Crash):
        decide(world, line)
    decide(world, line)
    assert [due["amount_fen"] for due in told(world, "refund_due")] == [30_000]
    assert len(told(world, "membership_changed")) == 2


def test_while_playback_is_asked_nothing_is_claimed_and_nothing_asked_twice(world: World) -> None:
    order = membership_order(world)
    refund = ask(world, order)
    assert code_of(world.claim) == "MEMBERSHIP_REQUIRED"
    assert code_of(lambda: ask(world, order)) == "ORDER_NOT_REFUNDABLE"
    decide(world, refund.lines[0], completed=["watch-7"])
    assert world.claim()


def test_a_period_bought_while_playback_is_asked_moves_up_once_the_one_before_is_gone(world: World) -> None:
    refund = ask(world, membership_order(world))
    membership_order(world)
    assert not standing(world), "it follows on the one that may yet be kept"
    world.clock.advance(5_000)
    decide(world, refund.lines[0])
    now = world.clock.now()
    view = read_membership(world.ctx, MEMBER)
    assert view.current
    assert (view.current.valid_from, view.valid_until) == (now, add_months(now, 12))
    assert [(news["revoked"], news["valid_from"]) for news in told(world, "membership_changed")[2:]] == [
        (True, told(world, "membership_changed")[0]["valid_from"]),
        (False, now.isoformat().replace("+00:00", "Z")),
    ]


def test_a_membership_in_which_a_course_was_claimed_is_refunded_by_an_administrator_only(world: World) -> None:
    order = membership_order(world)
    claim = world.claim()
    assert code_of(lambda: ask(world, order)) == "MEMBERSHIP_IN_USE"
    refund = ask(world, order, reverse_hours=False)
    decide(world, refund.lines[0])
    assert kept(world, refund).status is DUE
    assert not standing(world)
    assert list_entitlements(world.ctx, MEMBER).items == [claim], "a claim is for ever"


def test_attack_claiming_in_the_moment_of_the_refund(world: World) -> None:
    order = membership_order(world)
    world.store.before_commit = world.claim
    assert code_of(lambda: ask(world, order)) == "MEMBERSHIP_IN_USE"
    assert not told(world, "refund_due")


def test_attack_refunding_in_the_moment_of_the_claim(world: World) -> None:
    order = membership_order(world)
    world.store.before_commit = lambda: ask(world, order)
    assert code_of(world.claim) == "MEMBERSHIP_REQUIRED"


def test_a_renewal_that_has_not_begun_is_refunded_whatever_was_claimed_before(world: World) -> None:
    first = membership_order(world)
    world.claim()
    renewal = membership_order(world)
    assert code_of(lambda: ask(world, first, reverse_hours=False)) == "MEMBERSHIP_NOT_LAST"
    until = read_membership(world.ctx, MEMBER).valid_until
    decide(world, ask(world, renewal).lines[0])
    view = read_membership(world.ctx, MEMBER)
    assert view.current
    assert view.valid_until
    assert until == add_months(view.valid_until, 12)


def test_a_purchase_after_a_refunded_renewal_takes_its_place(world: World) -> None:
    membership_order(world)
    until = read_membership(world.ctx, MEMBER).valid_until
    decide(world, ask(world, membership_order(world)).lines[0])
    membership_order(world)
    after = read_membership(world.ctx, MEMBER).valid_until
    assert until
    assert after == add_months(until, 12)
