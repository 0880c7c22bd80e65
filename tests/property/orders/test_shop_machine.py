"""Carts, orders, payments, coupons, claims and time in any order, with crashes and others in between: books agree."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.kit.problems import Problem
from services.kit.store import Conflict, Key
from services.orders.app.coupons.items import coupon_attempts_key, own_usage_key
from services.orders.app.coupons.manage_coupons import create_coupon
from services.orders.app.coupons.usage import read_usage
from services.orders.app.courses.read_state import read_state
from services.orders.app.memberships.items import stored_membership
from services.orders.app.ordering.cart import add_to_cart, remove_from_cart, show_cart
from services.orders.app.ordering.close_order import cancel_order
from services.orders.app.ordering.place_order import order_courses, order_membership
from services.orders.app.ordering.quote import quote_courses
from services.orders.app.ordering.sweep_orders import sweep_orders
from services.orders.app.payments.items import PaymentReceipt
from services.orders.app.payments.record_payment import ProvenPayment, WrongAmount, record_payment
from services.orders.domain.coupon import Coupon, CouponUsage
from services.orders.domain.entitlement import Basis, Claim, Entitlement
from services.orders.domain.ids import CouponCode, CourseId, LearnerId, PlanId
from services.orders.domain.order import Goods, Line, LineState, Order, OrderState
from services.orders.domain.plan import Plan
from services.orders.domain.purchase_state import State
from services.orders.domain.refund import Refund
from tests.unit.orders.shop import notice
from tests.unit.orders.world import (
    ADMINISTRATOR,
    MEMBER,
    NOON_IN_SHANGHAI,
    ORDINARY,
    RECOMMENDED,
    VISITOR,
    Crash,
    World,
    a_call,
    die,
)

MINUTE = 60_000
FREE = CourseId("free")
PRICES = {ORDINARY: 9901, RECOMMENDED: 333, FREE: 0}
HALF, WHOLE, FIXED = "HALFOFF1", "GIFT2026", "FIXED500"
COUPONS: dict[str, dict[str, Any]] = {
    HALF: {"off_percent": 50, "total_limit": 2, "learner_limit": 1},
    WHOLE: {"off_percent": 100, "total_limit": 1, "learner_limit": 1},
    FIXED: {"off_fen": 500, "total_limit": 3, "learner_limit": 2, "course_ids": (ORDINARY,)},
}

LEARNERS = st.sampled_from([MEMBER, VISITOR])
COURSES = st.sampled_from(sorted(PRICES))
WANTED = st.lists(COURSES, min_size=1, max_size=3)
CODES = st.sampled_from([None, None, *COUPONS, "UNHEARDOF"])
PLANS = st.sampled_from(["vip", "vip-quarter"])
MEANWHILE = st.sampled_from(["", "", "", "dies before", "dies after", "pays", "cancels", "sweeps", "claims"])
"""What happens around a commit: the function dies just before or after it, or somebody else is faster."""
KEYED = st.sampled_from(["", "", "dies before", "dies after", "pays", "cancels", "sweeps", "claims", "is sent twice"])
"""The same around a request with a key, and the request itself, sent side by side: both get one answer."""
THEN = ["orders again", "orders again meanwhile", "claims"]
ANY = st.integers(0, 30)

FINAL = {OrderState.CANCELLED, OrderState.REFUNDED}
RANK = {OrderState.OPEN: 0, OrderState.CANCELLED: 1, OrderState.EXPIRED: 1, OrderState.PAID: 2}


@dataclass(frozen=True)
class Asked:
    """A request that may be sent again under its key."""

    call: Callable[[], Any]


class ShopMachine(RuleBasedStateMachine):
    """Learners who do anything, a provider that tells anything it has seen at any time, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.ctx = self.world.ctx
        for course_id, price_fen in PRICES.items():
            self.world.publish(course_id, 2, recommended=course_id == RECOMMENDED, price_fen=price_fen)
        for code, figures in COUPONS.items():
            self._make_coupon(code, figures)
        self.publications = dict.fromkeys(PRICES, 2)
        self.prices: dict[CourseId, tuple[int, int | None]] = {known: (fen, None) for known, fen in PRICES.items()}
        self.keys = 0
        self.asked: list[Asked] = []
        self.placed: dict[str, Order] = {}
        self.states: dict[str, OrderState] = {}
        self.notices: list[ProvenPayment] = []

    def _make_coupon(self, code: str, figures: dict[str, Any]) -> None:
        period = {"valid_from": NOON_IN_SHANGHAI, "valid_until": NOON_IN_SHANGHAI + timedelta(days=2)}
        coupon = Coupon(**{"code": code, "title": code, "off_fen": None, "off_percent": None, **period, **figures})
        create_coupon(self.ctx, a_call(ADMINISTRATOR, f"key-of-{code}-000000"), coupon, "a campaign")

    def attempt(self, call: Callable[[], Any], meanwhile: str = "", number: int = 0) -> Any:
        """One call as its caller sees it: answered; refused, and then nothing changed; or lost, and sent again."""
        scripts = {
            "dies before": die,
            "pays": lambda: self._pay(number),
            "cancels": lambda: self._cancel(number),
            "sweeps": lambda: sweep_orders(self.ctx),
            "claims": lambda: self._claim(MEMBER),
        }
        twins: list[Any] = []
        before = self._snapshot()
        if meanwhile == "is sent twice":
            self._send_between_reads(call, twins)
        self.world.store.before_commit = scripts.get(meanwhile)
        self.world.store.after_commit = die if meanwhile == "dies after" else None
        undisturbed = not meanwhile
        try:
            answer = call()
            assert all(twin == answer for twin in twins)
            return answer
        except Crash:
            return self.attempt(call)
        except Problem as problem:
            # Where a coupon is used up, what held it past its time may have been closed.
            swept = problem.type.code == "COUPON_USED_UP"
            assert not undisturbed or swept or self._snapshot() == before
            assert not twins, "one of two that are the same was refused"
            return None
        finally:
            self.world.store.before_commit = self.world.store.after_commit = None
            vars(self.world.store).pop("get", None)

    @rule(learner_id=LEARNERS, course_id=COURSES, meanwhile=MEANWHILE)
    def puts_into_the_cart(self, learner_id: LearnerId, course_id: CourseId, meanwhile: str) -> None:
        self.attempt(lambda: add_to_cart(self.ctx, a_call(learner_id), course_id), meanwhile)

    @rule(learner_id=LEARNERS, course_id=COURSES)
    def takes_out_of_the_cart(self, learner_id: LearnerId, course_id: CourseId) -> None:
        self.attempt(lambda: remove_from_cart(self.ctx, a_call(learner_id), course_id))

    @rule(learner_id=LEARNERS, wanted=WANTED, code=CODES, meanwhile=KEYED, number=ANY)
    def orders(
        self, learner_id: LearnerId, wanted: list[CourseId], code: str | None, meanwhile: str, number: int
    ) -> None:
        quote = self.attempt(lambda: quote_courses(self.ctx, learner_id, wanted, code))
        if quote:
            fen, key = quote.amount_fen, self._key()
            self._place(
                lambda: order_courses(self.ctx, a_call(learner_id, key, "r"), wanted, code, fen), meanwhile, number
            )

    @rule(learner_id=LEARNERS, plan=PLANS, meanwhile=KEYED, number=ANY)
    def orders_a_membership(self, learner_id: LearnerId, plan: PlanId, meanwhile: str, number: int) -> None:
        fen, key = {"vip": 39800, "vip-quarter": 12800}[plan], self._key()
        self._place(lambda: order_membership(self.ctx, a_call(learner_id, key, "r"), plan, fen), meanwhile, number)

    @rule(learner_id=LEARNERS, course_id=st.sampled_from([ORDINARY, RECOMMENDED]), then=st.sampled_from(THEN))
    def pays_too_late(self, learner_id: LearnerId, course_id: CourseId, then: str) -> None:
        """The order has expired; the learner has the course by other means when its payment arrives, or just then."""
        late = self._order_one(learner_id, course_id)
        if late:
            self.world.clock.advance(30 * MINUTE)
            told = notice(late, f"T{len(self.notices)}")
            self.notices.append(told)
            if then == "orders again meanwhile":
                self.world.store.before_commit = lambda: self._until_taken(told)
            if then == "claims":
                self._claim(learner_id)
            else:
                self._pay_one(self._order_one(learner_id, course_id))
            self.world.store.before_commit = None
            self._until_taken(told)

    @rule(number=ANY)
    def sends_an_order_again(self, number: int) -> None:
        if self.asked:
            orders = len(list(self._orders()))
            self.attempt(self.asked[number % len(self.asked)].call)
            assert len(list(self._orders())) == orders

    @rule(number=ANY, meanwhile=MEANWHILE, other=ANY)
    def cancels(self, number: int, meanwhile: str, other: int) -> None:
        self.attempt(lambda: self._cancel(number), meanwhile, other)

    @rule(number=ANY, meanwhile=MEANWHILE, other=ANY)
    def pays(self, number: int, meanwhile: str, other: int) -> None:
        """Also what is cancelled, expired or paid already: the provider cannot know."""
        self.attempt(lambda: self._pay(number), meanwhile, other)

    @rule(number=ANY, meanwhile=MEANWHILE, other=ANY)
    def is_told_again(self, number: int, meanwhile: str, other: int) -> None:
        if self.notices:
            told = self.notices[number % len(self.notices)]
            self.attempt(lambda: record_payment(self.ctx, told), meanwhile, other)

    @rule(number=ANY, fen=st.integers(-1, 1))
    def is_told_another_amount(self, number: int, fen: int) -> None:
        placed = list(self.placed.values())
        if placed and fen:
            order = placed[number % len(placed)]
            wrong = replace(notice(order, f"wrong-{number}"), amount_fen=order.amount_fen + fen)
            before = self.world.store.snapshot()
            with suppress(WrongAmount):
                record_payment(self.ctx, wrong)
                raise AssertionError("a payment of another amount was taken")
            assert self.world.store.snapshot() == before

    @rule(learner_id=LEARNERS, meanwhile=KEYED, number=ANY)
    def claims(self, learner_id: LearnerId, meanwhile: str, number: int) -> None:
        key = self._key()
        self.attempt(lambda: self.world.claim(RECOMMENDED, learner_id, key), meanwhile, number)

    @rule(learner_id=LEARNERS)
    def is_given_a_membership(self, learner_id: LearnerId) -> None:
        self.world.grant(learner_id, self._key())

    @rule(
        course_id=st.sampled_from([ORDINARY, RECOMMENDED]),
        price_fen=st.integers(1, 20_000),
        for_members=st.sampled_from([None, 0, 1, 2]),
    )
    def changes_a_price(self, course_id: CourseId, price_fen: int, for_members: int | None) -> None:
        """Members' own price: none, nothing, half, or what everybody pays."""
        own = None if for_members is None else price_fen * for_members // 2
        self.publications[course_id] += 1
        self.prices[course_id] = (price_fen, own)
        self.world.publish(
            course_id,
            self.publications[course_id],
            recommended=course_id == RECOMMENDED,
            price_fen=price_fen,
            member_price_fen=own,
        )

    @rule(minutes=st.sampled_from([1, 29, 30, 31, 180]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes * MINUTE)

    @rule()
    def is_swept(self) -> None:
        sweep_orders(self.ctx)

    @invariant()
    def nothing_is_owned_without_a_payment_a_claim_or_a_price_of_nothing(self) -> None:
        paid = {line.grant_id: order for order in self._orders() for line in order.lines if line.grant_id}
        claimed = {claim.entitlement_id for claim in self._all("CLAIM#", Claim)}
        for entitlement in self._all("ENTITLEMENT#", Entitlement):
            if entitlement.basis is Basis.CLAIM:
                assert entitlement.entitlement_id in claimed
            else:
                order = paid[entitlement.entitlement_id]
                assert (order.order_id, order.learner_id) == (entitlement.order_id, entitlement.learner_id)

    @invariant()
    def a_course_is_bought_once_and_claimed_once(self) -> None:
        """Who has bought a course may claim it too: it costs nothing."""
        found = Counter((f.learner_id, f.course_id, f.basis) for f in self._all("ENTITLEMENT#", Entitlement))
        assert not found or max(found.values()) == 1

    @invariant()
    def what_was_paid_less_what_goes_back_is_what_was_given(self) -> None:
        receipts, refunds = self._receipts(), self._refunds()
        kept = sum(receipt.amount_fen for receipt in receipts) - sum(refund.amount_fen for refund in refunds)
        given = [line for order in self._orders() for line in order.lines if line.state is LineState.GRANTED]
        assert kept == sum(line.due_fen for line in given)
        assert {receipt.refund_id for receipt in receipts} - {None} == {refund.refund_id for refund in refunds}
        told = [event.data for event in self.world.store.outbox if event.type == "orders.order_paid.v1"]
        assert sum(data["amount_fen"] for data in told) == kept

    @invariant()
    def every_payment_is_kept_or_sent_back_once(self) -> None:
        assert len(self._receipts()) == len({told.provider_trade_no for told in self.notices})

    @invariant()
    def memberships_are_those_that_were_paid_or_given(self) -> None:
        for learner_id in (MEMBER, VISITOR):
            membership = stored_membership(self.ctx, learner_id).value
            bought = {line.grant_id for line in self._given(learner_id) if line.goods is Goods.MEMBERSHIP}
            assert bought <= {period.id for period in membership.periods}
            ends = [period.valid_until for period in membership.periods]
            assert all(period.valid_from >= end for period, end in zip(membership.periods[1:], ends, strict=False))

    @invariant()
    def no_coupon_is_used_more_often_than_it_may(self) -> None:
        for code, figures in COUPONS.items():
            self._check_usage(code, None, figures["total_limit"])
            for learner_id in (MEMBER, VISITOR):
                self._check_usage(code, learner_id, figures["learner_limit"])

    @invariant()
    def one_order_of_a_thing_is_open(self) -> None:
        now = self.world.clock.now()
        pending = Counter(
            (order.learner_id, line.goods, line.item_id if line.goods is Goods.COURSE else "")
            for order in self._orders()
            for line in order.lines
            if order.state_at(now) is OrderState.OPEN
        )
        assert not pending or max(pending.values()) == 1

    @invariant()
    def orders_only_move_forward_and_keep_their_prices(self) -> None:
        for order in self._orders():
            first = self.placed.setdefault(order.order_id, order)
            figures = [(line.item_id, line.price_fen, line.due_fen) for line in order.lines]
            assert figures == [(line.item_id, line.price_fen, line.due_fen) for line in first.lines]
            before = self.states.get(order.order_id, OrderState.OPEN)
            assert order.state is before or (RANK[order.state] > RANK[before] and before not in FINAL)
            self.states[order.order_id] = order.state

    @invariant()
    def the_cart_and_the_page_can_always_be_shown(self) -> None:
        for learner_id in (MEMBER, VISITOR):
            assert show_cart(self.ctx, learner_id).total_fen >= 0
            for course_id in PRICES:
                found = read_state(self.ctx, learner_id, course_id)
                assert (found.state is State.IN_PENDING_ORDER) <= (found.standing.pending_order is not None)
                assert found.standing.price.fen == self._promised(course_id, found.standing.plan)

    def _promised(self, course_id: CourseId, plan: Plan | None) -> int:
        """What the membership page promises: the course's own price for members, else a discount on all the others."""
        price_fen, own = self.prices[course_id]
        if plan is None:
            return price_fen
        if own is not None and own < price_fen:
            return own
        return price_fen - price_fen * plan.member_discount_percent // 100

    def _send_between_reads(self, call: Callable[[], Any], twins: list[Any]) -> None:
        """The same request is done just after the other one looked for its answer: what that reads next refuses it."""
        store = self.world.store
        read = store.get

        def get(key: Key, kind: type[Any]) -> Any:
            found = read(key, kind)
            if key.sk.startswith("ANSWER#"):
                store.get = read  # type: ignore[method-assign]
                with suppress(Problem):
                    twins.append(call())
            return found

        store.get = get  # type: ignore[method-assign]

    def _snapshot(self) -> object:
        """What is stored and told, but for the counted tries of coupons' codes."""
        counted = {coupon_attempts_key(learner_id) for learner_id in (MEMBER, VISITOR)}
        kept = {key: item for key, item in self.world.store.items.items() if key not in counted}
        return kept, list(self.world.store.outbox)

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys:016}"

    def _place(self, call: Callable[[], Order], meanwhile: str, number: int) -> None:
        order = self.attempt(call, meanwhile, number)
        if order:
            self.asked.append(Asked(call))

    def _order_one(self, learner_id: LearnerId, course_id: CourseId) -> Order | None:
        """One course at its price, where it can be had."""
        with suppress(Problem):
            fen, key = quote_courses(self.ctx, learner_id, [course_id], None).amount_fen, self._key()
            return order_courses(self.ctx, a_call(learner_id, key, "r"), [course_id], None, fen)
        return None

    def _pay_one(self, order: Order | None) -> None:
        if order and order.amount_fen:
            told = notice(order, f"T{len(self.notices)}")
            self.notices.append(told)
            self._until_taken(told)

    def _pay(self, number: int) -> None:
        """Pays one of the orders that cost something; the provider gives each payment a number of its own."""
        orders = [order for order in self._orders() if order.amount_fen]
        if orders:
            self._pay_one(orders[number % len(orders)])

    def _until_taken(self, told: ProvenPayment) -> None:
        """The provider goes on telling; what died or met others is told again."""
        for _ in range(3):
            with suppress(Crash, Conflict):
                record_payment(self.ctx, told)
                return
        raise AssertionError("never taken")

    def _cancel(self, number: int) -> None:
        orders = list(self._orders())
        if orders:
            order = orders[number % len(orders)]
            with suppress(Problem):
                cancel_order(self.ctx, a_call(order.learner_id), order.order_id)

    def _claim(self, learner_id: LearnerId) -> None:
        with suppress(Problem):
            self.world.claim(RECOMMENDED, learner_id, self._key())

    def _check_usage(self, code: str, learner_id: LearnerId | None, limit: int) -> None:
        usage = self._usage(CouponCode(code), learner_id)
        states = Counter(
            order.state
            for order in self._orders()
            if order.coupon_code == code and learner_id in (None, order.learner_id)
        )
        assert usage == CouponUsage(states[OrderState.OPEN], states[OrderState.PAID])
        assert usage.taken <= limit

    def _usage(self, code: CouponCode, learner_id: LearnerId | None) -> CouponUsage:
        if learner_id is None:
            return read_usage(self.ctx, code)
        own = self.world.store.get(own_usage_key(learner_id, code), CouponUsage)
        return own.value if own else CouponUsage()

    def _given(self, learner_id: LearnerId) -> list[Line]:
        orders = [order for order in self._orders() if order.learner_id == learner_id]
        return [line for order in orders for line in order.lines if line.grant_id]

    def _orders(self) -> Iterator[Order]:
        yield from self._partitions("ORDERS#", Order)

    def _refunds(self) -> list[Refund]:
        return list(self._partitions("REFUNDS#", Refund))

    def _receipts(self) -> list[PaymentReceipt]:
        return list(self._partitions("RECEIPT#", PaymentReceipt))

    def _partitions(self, prefix: str, kind: type[Any]) -> Iterator[Any]:
        for key in sorted(self.world.store.items, key=lambda key: (key.pk, key.sk)):
            stored = self.world.store.get(key, kind) if key.pk.startswith(prefix) else None
            if stored:
                yield stored.value

    def _all(self, prefix: str, kind: type[Any]) -> Iterator[Any]:
        for learner_id in (MEMBER, VISITOR):
            yield from (stored.value for stored in self.world.store.query(f"LEARNER#{learner_id}", prefix, kind))


TestShop = ShopMachine.TestCase
TestShop.settings = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
