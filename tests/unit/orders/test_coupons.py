"""Coupons: made by staff, reserved by orders, confirmed by payments, given back; never more often than they may."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest

from services.kit.audit import AuditRecord
from services.kit.ids import RandomIds
from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Key, Stored, required
from services.orders.app.coupons.items import CouponPlace, coupon_reading_key
from services.orders.app.coupons.manage_coupons import (
    CouponView,
    create_coupon,
    list_coupons,
    read_coupon,
    withdraw_coupon,
)
from services.orders.app.coupons.usage import release
from services.orders.app.entitlements.list_entitlements import list_entitlements
from services.orders.app.ordering.close_order import cancel_order, expire_order
from services.orders.app.ordering.place_order import order_courses
from services.orders.app.ordering.quote import quote_courses
from services.orders.domain.coupon import MAX_WRONG_CODES, Coupon, CouponUsage, code_from, normal_code
from services.orders.domain.ids import CouponCode, CourseId, LearnerId
from services.orders.domain.order import Order, OrderState
from tests.unit.orders.shop import pay, reread
from tests.unit.orders.world import (
    ADMINISTRATOR,
    KEY,
    MEMBER,
    NOON_IN_SHANGHAI,
    ORDINARY,
    OTHER_KEY,
    RECOMMENDED,
    VISITOR,
    World,
    a_call,
)

T = TypeVar("T")

MINUTE = 60_000
HALF_AN_HOUR = 30 * MINUTE
PRICE = 9900


def make(world: World, key: str = KEY, **changed: object) -> str:
    """Ten per cent off everything this month, for two orders and one of each learner; answers the code."""
    limits = {"total_limit": 2, "learner_limit": 1, **changed}
    period = {"valid_from": NOON_IN_SHANGHAI, "valid_until": NOON_IN_SHANGHAI + timedelta(days=30)}
    fields = {"code": "", "title": "开学季", "off_fen": None, "off_percent": 10, **period, **limits}
    return create_coupon(world.ctx, a_call(ADMINISTRATOR, key), Coupon(**fields), "a campaign").coupon.code  # type: ignore[arg-type]


def order(
    world: World,
    code: str | None,
    course_id: CourseId = ORDINARY,
    learner_id: LearnerId = MEMBER,
    *,
    key: str = KEY,
    fen: int = 8910,
) -> Order:
    """Orders one course with the coupon."""
    return order_courses(world.ctx, a_call(learner_id, key), [course_id], code, fen)


def usage(world: World, code: str) -> CouponUsage:
    """How often it is in use."""
    return read_coupon(world.ctx, CouponCode(code)).usage


def refused(call: Callable[[], object]) -> Problem:
    """A refusal."""
    with pytest.raises(Problem) as problem:
        call()
    return problem.value


def quote(world: World, code: str, *course_ids: CourseId, learner_id: LearnerId = MEMBER) -> int:
    """What courses cost with the coupon."""
    return quote_courses(world.ctx, learner_id, course_ids or (ORDINARY,), code).amount_fen


def test_a_coupon_is_reserved_by_the_order_and_confirmed_by_its_payment(world: World) -> None:
    code = make(world)
    assert (quote(world, code), usage(world, code)) == (8910, CouponUsage(0, 0))
    placed = order(world, code)
    assert (placed.coupon_code, placed.lines[0].discount_fen, usage(world, code)) == (code, 990, CouponUsage(1, 0))
    pay(world, placed)
    assert usage(world, code) == CouponUsage(0, 1)
    assert refused(lambda: quote(world, code, RECOMMENDED)).type.code == "COUPON_USED_UP"


@pytest.mark.parametrize("ended", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_what_is_given_up_gives_the_coupon_back_once(world: World, ended: OrderState) -> None:
    code = make(world)
    placed = order(world, code)
    assert refused(lambda: quote(world, code, RECOMMENDED)).type.code == "COUPON_USED_UP"
    if ended is OrderState.EXPIRED:
        world.clock.advance(HALF_AN_HOUR)
    for _ in range(2):
        if ended is OrderState.EXPIRED:
            expire_order(world.ctx, placed.order_id)
        else:
            cancel_order(world.ctx, a_call(MEMBER), placed.order_id)
        assert usage(world, code) == CouponUsage(0, 0)
    order(world, code, key=OTHER_KEY)


def test_a_late_payment_takes_the_coupon_anew_or_is_sent_back(world: World) -> None:
    code = make(world, total_limit=1)
    first = order(world, code)
    world.clock.advance(HALF_AN_HOUR)
    expire_order(world.ctx, first.order_id)
    second = order(world, code, learner_id=VISITOR)
    assert pay(world, first).refund_id
    assert pay(world, second, "T2").refund_id is None
    assert usage(world, code) == CouponUsage(0, 1)


def test_of_parallel_orders_no_more_than_the_limit_get_the_coupon(world: World) -> None:
    code = make(world, total_limit=3)

    def attempt(number: int) -> str:
        for _ in range(50):
            try:
                return order(world, code, learner_id=LearnerId(f"learner-{number}")).state
            except Problem as problem:
                return problem.type.code
            except Conflict:
                continue
        raise AssertionError("never got a turn")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert sorted(answers) == ["COUPON_USED_UP"] * 13 + ["open"] * 3
    assert usage(world, code) == CouponUsage(3, 0)


def test_of_one_learners_parallel_orders_one_gets_the_coupon(world: World) -> None:
    code = make(world, total_limit=100)
    names = [f"course-{number}" for number in range(6)]
    for name in names:
        world.publish(CourseId(name), 1)

    def attempt(name: str) -> str:
        for _ in range(50):
            try:
                return order(world, code, CourseId(name), key=f"key-of-{name}-0000").state
            except Problem as problem:
                return problem.type.code
            except Conflict:
                continue
        raise AssertionError("never got a turn")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, names))
    assert sorted(answers) == ["COUPON_USED_UP"] * 5 + ["open"]


def test_refusals(world: World) -> None:
    later = make(world, valid_from=NOON_IN_SHANGHAI + timedelta(milliseconds=1))
    other = make(world, OTHER_KEY, course_ids=(RECOMMENDED,))
    assert refused(lambda: order(world, later)).type.code == "COUPON_NOT_VALID_NOW"
    problem = refused(lambda: order(world, other))
    assert (problem.type.code, problem.members) == ("COUPON_NOT_APPLICABLE", {"course_ids": [RECOMMENDED]})
    assert refused(lambda: order(world, "UNHEARDOF")).type.code == "COUPON_NOT_FOUND"
    assert refused(lambda: order(world, later, CourseId("unheard-of"))).type.code == "COURSE_NOT_FOUND"


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("XUESHI-10", "xueshi-10"),
        ("XUESHI-10", "XUESHI10"),
        ("XUESHI-10", " xueshi 10 "),
        ("XUESHI-10", "\uff38\uff35\uff25\uff33\uff28\uff29\uff0d\uff11\uff10"),
        ("XUESHI-10", "XUESHI\u201310"),
        ("XUESHI-10", "XUESHI\u2014\u201410"),
        ("XUESHI-10", "XUESHI\u201110\u200b"),
        ("XUESHI-10", "优惠码：XUESHI-10。"),
        ("XUESHI-10", "XUESHl-IO"),
        ("Autumn-2026", "AUTUMN-2O26"),
        ("042OZ3IOON1H", "0420Z3100NIH"),
    ],
)
def test_a_code_that_is_read_alike_is_meant_and_shown_as_it_was_made(world: World, code: str, typed: str) -> None:
    assert make(world, code=code) == code
    assert quote(world, typed) == 8910
    placed = order(world, typed)
    assert (placed.coupon_code, usage(world, typed), usage(world, code)) == (code, CouponUsage(1, 0), CouponUsage(1, 0))
    pay(world, placed)
    assert usage(world, code) == CouponUsage(0, 1)
    assert list_coupons(world.ctx, "", 1).items[0].coupon.code == code


def test_another_code_is_another_code(world: World) -> None:
    make(world, code="XUESHI-10")
    assert refused(lambda: quote(world, "XUESHI-11")).type.code == "COUPON_NOT_FOUND"
    for none in ("学时", "", "A" * 100_000):
        assert refused(partial(quote, world, none)).type.code == "COUPON_NOT_FOUND"


def test_a_random_code_is_found_by_what_is_read_of_it(world: World) -> None:
    code = make(world)
    assert quote(world, f"{code[:4]}-{code[4:8]}-{code[8:]}".lower().replace("0", "o").replace("1", "l")) == 8910


def test_no_two_coupons_are_read_alike(world: World) -> None:
    make(world, code="XUESHI-10")
    for code in ("XUESHI10", "XUESHl-1O", "xueshi-10"):
        assert refused(partial(make, world, OTHER_KEY, code=code)).type.code == "COUPON_EXISTS"


def made_before_readings(world: World, code: str) -> None:
    """A coupon as it was kept when capitals and digits were all of its code."""
    make(world, f"key-of-{code}-00000", code=code)
    world.clock.advance(1000)
    world.store.commit(
        Change([required(world.store.get(coupon_reading_key(normal_code(code)), CouponPlace), LookupError()).remove()])
    )


def test_coupons_of_before_are_found_as_they_were(world: World) -> None:
    made_before_readings(world, "WELCOME10")
    made_before_readings(world, "0420Z3100N1H")
    assert quote(world, "welcome-10") == quote(world, "O42O-Z31O-ONIH") == 8910
    assert refused(lambda: make(world, OTHER_KEY, code="Welcome-10")).type.code == "COUPON_EXISTS"
    make(world, "key-of-another-0000", code="WELC0ME10", off_percent=20)
    assert (quote(world, "WELCOME10"), quote(world, "WELC0ME10")) == (8910, 7920)


def test_an_order_of_nothing_confirms_the_coupon_at_once(world: World) -> None:
    code = make(world, off_percent=100)
    placed = order(world, code, fen=0)
    assert (placed.state, usage(world, code)) == (OrderState.PAID, CouponUsage(0, 1))
    assert len(list_entitlements(world.ctx, MEMBER).items) == 1


def test_a_withdrawn_coupon_is_none_any_more_and_stays_with_who_ordered_with_it(world: World) -> None:
    code = make(world)
    placed = order(world, code)
    first = withdraw_coupon(world.ctx, a_call(ADMINISTRATOR), CouponCode(code), "over")
    assert first.coupon.withdrawn
    before = world.store.snapshot()
    assert withdraw_coupon(world.ctx, a_call(ADMINISTRATOR), CouponCode(code), "again") == first
    assert world.store.snapshot() == before
    assert refused(lambda: quote(world, code, learner_id=VISITOR)).type.code == "COUPON_NOT_FOUND"
    assert pay(world, placed).refund_id is None
    assert (
        refused(lambda: withdraw_coupon(world.ctx, a_call(ADMINISTRATOR), CouponCode("NONE"), "x")).type.code
        == "COUPON_NOT_FOUND"
    )


def test_what_staff_do_is_audited_with_its_reason(world: World) -> None:
    code = make(world)
    assert make(world) == code
    withdraw_coupon(world.ctx, a_call(ADMINISTRATOR), CouponCode(code), "over")
    found = [stored.value for stored in world.store.query("AUDIT#2026-03", "", AuditRecord)]
    assert {(record.actor, record.action, record.subject, record.reason) for record in found} == {
        (ADMINISTRATOR.id, "create_coupon", code, "a campaign"),
        (ADMINISTRATOR.id, "withdraw_coupon", code, "over"),
    }


def test_a_code_of_ones_own_is_taken_once(world: World) -> None:
    assert make(world, code="SPRING26") == "SPRING26"
    assert refused(lambda: make(world, OTHER_KEY, code="SPRING26")).type.code == "COUPON_EXISTS"


def test_coupons_are_listed_newest_first_in_pages(world: World) -> None:
    codes = []
    for number in range(5):
        codes.append(make(world, f"key-of-coupon-{number:04}"))
        world.clock.advance(1000)
    first = list_coupons(world.ctx, "", 3)
    second = list_coupons(world.ctx, first.after or "", 3)
    listed: list[CouponView] = [*first.items, *second.items]
    assert [view.coupon.code for view in listed] == codes[::-1]
    assert second.after is None


def test_guessing_codes_is_stopped_and_a_right_one_is_not_told_apart(world: World) -> None:
    code = make(world)
    for number in range(MAX_WRONG_CODES):
        assert refused(partial(quote, world, f"GUESS{number}")).type.code == "COUPON_NOT_FOUND"
    world.clock.advance(59 * MINUTE)
    for guess in ("GUESS", code):
        for call in (quote, order):
            problem = refused(partial(call, world, guess))
            assert (problem.type.code, problem.members) == (
                "TOO_MANY_COUPON_CODES",
                {"retry_at": (NOON_IN_SHANGHAI + timedelta(hours=1)).isoformat()},
            )
    assert quote(world, code, learner_id=VISITOR) == 8910
    world.clock.advance(MINUTE)
    assert quote(world, code) == 8910
    assert refused(lambda: quote(world, "GUESS")).type.code == "COUPON_NOT_FOUND"
    assert quote(world, code) == 8910


def test_guessing_in_parallel_gets_no_more_guesses(world: World) -> None:
    def guess(number: int) -> str:
        try:
            quote(world, f"GUESS{number}")
        except Problem as problem:
            return problem.type.code
        except Conflict:
            return "BUSY"
        raise AssertionError("no such coupon")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(60)))
    assert answers.count("COUPON_NOT_FOUND") <= MAX_WRONG_CODES
    assert "TOO_MANY_COUPON_CODES" in answers


def test_attack_trying_many_codes_before_any_of_them_is_counted(world: World) -> None:
    """While a code is being looked at the next one is sent, and the last one of them is right."""
    code, answers, get = make(world), list[str](), world.store.get
    codes = iter([*(f"GUESS{number}" for number in range(3 * MAX_WRONG_CODES)), code])

    def attempt(guess: str) -> str:
        try:
            return str(quote(world, guess))
        except Problem as problem:
            return problem.type.code

    def slow(key: Key, kind: type[T]) -> Stored[T] | None:
        if kind is Coupon:
            answers.extend(attempt(guess) for guess in itertools.islice(codes, 1))
        return get(key, kind)

    world.store.get = slow  # type: ignore[method-assign]
    answers.extend(attempt(guess) for guess in codes)
    assert len(answers) == 3 * MAX_WRONG_CODES + 1
    assert answers.count("COUPON_NOT_FOUND") == MAX_WRONG_CODES
    assert set(answers) == {"COUPON_NOT_FOUND", "TOO_MANY_COUPON_CODES"}


def test_right_codes_do_not_count(world: World) -> None:
    code = make(world)
    for number in range(MAX_WRONG_CODES - 1):
        refused(partial(quote, world, f"GUESS{number}"))
    world.clock.advance(MINUTE)
    for _ in range(3):
        assert quote(world, code) == 8910
    assert refused(lambda: quote(world, "GUESS")).type.code == "COUPON_NOT_FOUND"
    assert refused(lambda: quote(world, code)).type.code == "TOO_MANY_COUPON_CODES"


def test_the_same_wrong_code_sent_again_is_one_try(world: World) -> None:
    code = make(world)
    for _ in range(2 * MAX_WRONG_CODES):
        assert refused(lambda: quote(world, "GUESS")).type.code == "COUPON_NOT_FOUND"
    assert quote(world, code) == 8910


def test_a_right_code_that_is_looked_at_many_times_side_by_side_is_one_try(world: World) -> None:
    code, answers, get = make(world), list[int](), world.store.get

    def meanwhile(key: Key, kind: type[T]) -> Stored[T] | None:
        if kind is Coupon and len(answers) < 3 * MAX_WRONG_CODES:
            answers.append(0)
            answers.append(quote(world, code))
        return get(key, kind)

    world.store.get = meanwhile  # type: ignore[method-assign]
    assert quote(world, code) == 8910
    assert set(answers) == {0, 8910}


@pytest.mark.parametrize("limits", [{"total_limit": 1}, {"learner_limit": 1}])
def test_a_coupon_is_free_as_soon_as_the_order_that_holds_it_expires(world: World, limits: dict[str, Any]) -> None:
    code = make(world, **limits)
    first = order(world, code)
    world.clock.advance(HALF_AN_HOUR - 1)
    who = VISITOR if "total_limit" in limits else MEMBER
    again = partial(order, world, code, RECOMMENDED, who, key=OTHER_KEY)
    assert refused(again).type.code == "COUPON_USED_UP"
    world.clock.advance(1)
    second = again()
    assert (reread(world, first).state, usage(world, code)) == (OrderState.EXPIRED, CouponUsage(1, 0))
    assert pay(world, first).refund_id, "what it was promised with is another's now"
    assert pay(world, second, "T2").refund_id is None
    assert usage(world, code) == CouponUsage(0, 1)


def test_a_coupon_is_not_taken_from_an_order_that_is_paid_just_then(world: World) -> None:
    code = make(world, total_limit=1)
    first = order(world, code)
    world.clock.advance(HALF_AN_HOUR)
    get = world.store.get

    def paid_first(key: Key, kind: type[T]) -> Stored[T] | None:
        if kind is Order:
            world.store.get = get  # type: ignore[method-assign]
            pay(world, first)
        return get(key, kind)

    refused_for = partial(order, world, code, RECOMMENDED, VISITOR, key=OTHER_KEY)
    world.store.get = paid_first  # type: ignore[method-assign]
    assert refused(refused_for).type.code == "COUPON_USED_UP"
    assert (reread(world, first).state, usage(world, code)) == (OrderState.PAID, CouponUsage(0, 1))


def test_random_codes_are_of_sixty_random_bits() -> None:
    assert (code_from("0" * 32), code_from("f" * 32)) == ("0" * 12, "Z" * 12)
    codes = [code_from(RandomIds().new()) for _ in range(2000)]
    assert all(len({code[place] for code in codes}) == 32 for place in range(12))
    assert all(normal_code(code) == code for code in codes)


def test_an_order_without_a_coupon_gives_nothing_back(world: World) -> None:
    assert release(world.ctx, order(world, None, fen=PRICE)) == []
