"""Refunds across orders, playback and credits: events in any order, repeated, and functions that die anywhere.

Refund and completion never both win, and what was paid less what was sent back is what the entitlements say.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.credits.app.awarding.award_hours import MembershipPeriodUnknown
from services.credits.app.awarding.reverse_watches import WatchUnknown
from services.credits.domain.review import Standing, standing_of
from services.credits.handlers.consume import event_handlers as credits_handlers
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.orders.app.context import PaymentContext
from services.orders.app.entitlements.items import entitlement_key
from services.orders.app.memberships.items import stored_membership
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.app.refunds.read_refunds import refunds_of_order
from services.orders.app.refunds.send_refund import send_due
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId, PeriodId
from services.orders.domain.order import Goods, Line, LineState, Order, PriceReason
from services.orders.domain.payment import PaymentProvider, ProviderUnavailable, RefundOrder, RefundState, RefundTrade
from services.orders.domain.refund import Cause, Decision, RefundLine, RefundStatus
from services.orders.events.published import RefundDue
from services.orders.handlers.consume import event_handlers as orders_handlers
from services.playback.app.items import grant_key, membership_key
from services.playback.app.watching.watches import read_attempts
from services.playback.domain import ids as playback_ids
from services.playback.domain.entitlement import Entitlement as Grant
from services.playback.domain.membership import MembershipPeriod
from services.playback.handlers.consume import event_handlers as playback_handlers
from tests.unit.credits.world import AFP
from tests.unit.credits.world import Crash as CreditsCrash
from tests.unit.credits.world import World as Credits
from tests.unit.credits.world import published as lecture
from tests.unit.orders.shop import a_line, pay, place, reread
from tests.unit.orders.world import ADMINISTRATOR, VIP, die
from tests.unit.orders.world import NOON_IN_SHANGHAI as NOON
from tests.unit.orders.world import Crash as OrdersCrash
from tests.unit.orders.world import World as Orders
from tests.unit.playback.player import confirm, play
from tests.unit.playback.world import FAST, LEARNER, SHORT
from tests.unit.playback.world import NOON_IN_SHANGHAI as LONG_BEFORE
from tests.unit.playback.world import Crash as PlaybackCrash
from tests.unit.playback.world import World as Playback

COURSES = (SHORT, FAST)
CRASHES = (OrdersCrash, PlaybackCrash, CreditsCrash)
NOT_YET = (WatchUnknown, MembershipPeriodUnknown, ProviderUnavailable)
Handler = Callable[[Envelope], None]
crashes = st.sampled_from([None, None, "before", "after"])


@dataclass
class Provider:
    """Sends once per number, when it answers at all."""

    reachable: bool = True
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)

    def refund(self, order: RefundOrder) -> RefundTrade:
        """Payment and amount of each number; the same number is never asked for another sum."""
        if not self.reachable:
            raise ProviderUnavailable
        known = self.sent.setdefault(order.refund_number, (order.number, order.amount_fen))
        assert known == (order.number, order.amount_fen)
        return RefundTrade(RefundState.SUCCEEDED)


class RefundMachine(RuleBasedStateMachine):
    """One learner, two courses that memberships open too; three services, and a bus that delivers as it pleases."""

    def __init__(self) -> None:
        super().__init__()
        self.orders, self.playback, self.credits = Orders(), Playback(), Credits()
        self.provider = Provider()
        till = PaymentContext(**vars(self.orders.ctx), provider=lambda _: cast("PaymentProvider", self.provider))
        self.handlers: list[dict[str, Handler]] = [
            orders_handlers(self.orders.ctx),
            playback_handlers(self.playback.context),
            credits_handlers(self.credits.ctx),
            {RefundDue.TYPE: partial(send_due, till)},
        ]
        self.waiting: list[tuple[Handler, Envelope]] = []
        self.read = [0, 0, 0]
        self.placed: list[Order] = []
        self.credits.certify(AFP, learner=LEARNER)
        self.playback.clock.advance((NOON - LONG_BEFORE) // timedelta(milliseconds=1))
        for course_id in COURSES:
            self.playback.publish(course_id)
            self.credits.deliver(lecture(course_id, version="v1", content=course_id, eligible=["AFP"]))

    @rule(both=st.booleans(), price_fen=st.integers(1, 9_999), at_once=st.booleans())
    def buy(self, both: bool, price_fen: int, at_once: bool) -> None:
        """A paid order, of courses that no other order holds."""
        held = {line.item_id for order in self.placed for line in self.now(order).lines if line.state != "refunded"}
        free = [course_id for course_id in COURSES if course_id not in held][: 2 if both else 1]
        if not free or len(self.placed) == 6:
            return
        lines = [a_line(n, CourseId(course_id), price_fen * n) for n, course_id in enumerate(free, start=1)]
        order = place(self.orders, *lines, learner_id=LearnerId(LEARNER))
        pay(self.orders, order, f"T{len(self.placed)}")
        self.placed.append(order)
        if at_once:
            self.everything_arrives()

    @rule(at_once=st.booleans(), watching=st.sampled_from([None, *COURSES]))
    def join(self, at_once: bool, watching: str | None) -> None:
        """A paid year of membership, which opens the library; it may follow on another. Perhaps it is used at once."""
        if len(self.placed) == 6:
            return
        plan = self.orders.ctx.plans.in_force(VIP, civil_day(self.orders.clock.now()))
        assert plan
        day = plan.effective_from.isoformat()
        line = Line(1, Goods.MEMBERSHIP, "vip", day, "VIP", 30_000, 30_000, PriceReason.LIST)
        order = place(self.orders, line, learner_id=LearnerId(LEARNER))
        pay(self.orders, order, f"T{len(self.placed)}")
        self.placed.append(order)
        if at_once:
            self.everything_arrives()
        if watching:
            self.watch(watching, 12, at_once=False)

    @rule(which=st.integers(0, 5), numbers=st.sampled_from([None, (1,), (2,), (1, 2), (3,)]), crash=crashes)
    def ask(self, which: int, numbers: tuple[int, ...] | None, crash: str | None) -> None:
        """The learner asks for money back."""
        self._ask(which, numbers, Cause.LEARNER, crash)

    @rule(which=st.integers(0, 5), numbers=st.sampled_from([None, (1,)]), reverse_hours=st.booleans(), crash=crashes)
    def refund(self, which: int, numbers: tuple[int, ...] | None, reverse_hours: bool, crash: str | None) -> None:
        """An administrator refunds."""
        self._ask(which, numbers, Cause.ADMINISTRATOR, crash, reverse_hours=reverse_hours)

    @rule(course_id=st.sampled_from(COURSES), steps=st.integers(1, 12), at_once=st.booleans())
    def watch(self, course_id: playback_ids.CourseId, steps: int, at_once: bool) -> None:
        """The learner watches for a while, perhaps to the end."""
        with suppress(Problem):
            state = self.playback.start(course_id, LEARNER, take_over=True)
            for _ in range(steps):
                state = confirm(self.playback, state) if state.prompt else play(self.playback, state, 20_000)
        if at_once:
            self.everything_arrives()

    @rule(which=st.integers(0, 50), again=st.booleans(), crash=crashes, reachable=st.booleans())
    def deliver(self, which: int, again: bool, crash: str | None, reachable: bool) -> None:
        """One message, out of order; it comes again where its function died, or where it pleases."""
        self._collect()
        if not self.waiting:
            return
        index = which % len(self.waiting)
        self._die_once(crash)
        self.provider.reachable = reachable
        if self._handled(*self.waiting[index]) and not again:
            del self.waiting[index]
        self._die_once(None)

    @rule()
    def everything_arrives(self) -> None:
        """All messages are delivered until there are none; then nothing is under way any more."""
        self.provider.reachable = True
        self._collect()
        while self.waiting:
            self.waiting = [message for message in self.waiting if not self._handled(*message)]
            self._collect()
        self._nothing_is_open()

    def teardown(self) -> None:
        """Whatever happened, it ends."""
        self.everything_arrives()
        self.money_and_entitlements_agree()
        self.refund_and_completion_never_both_win()

    @invariant()
    def money_and_entitlements_agree(self) -> None:
        """Every line is owned or paid back, and nothing is sent that was not taken back."""
        for order in map(self.now, self.placed):
            refunds = refunds_of_order(self.orders.ctx, order.order_id)
            taken = [line for refund in refunds for line in refund.lines if line.decision is Decision.REVOKED]
            assert sum(line.amount_fen for line in taken) == order.refunded_fen
            assert order.paid_by
            sent = sum(fen for number, fen in self.provider.sent.values() if number == order.paid_by.payment_number)
            due = [r.amount_fen for r in refunds if r.status in (RefundStatus.DUE, RefundStatus.DONE)]
            assert sent <= sum(due) <= order.refunded_fen <= order.amount_fen
            for line in order.lines:
                if line.state is not LineState.REVOKING:
                    assert self._is_owned(line) == (line.state is LineState.GRANTED)

    @invariant()
    def refund_and_completion_never_both_win(self) -> None:
        """What is paid back cannot be watched, and no hours of it count."""
        entries = self.credits.entries(LEARNER)
        standing = {
            award.completion.watch_id
            for award in entries
            if award.kind == "award" and standing_of(award, entries) is Standing.STANDS
        }
        for line in self._paid_back():
            assert not self._opens(line)
            course_id = None if line.course_id is None else playback_ids.CourseId(line.course_id)
            completed = {
                attempt.value.watch_id
                for attempt in read_attempts(self.playback.store, LEARNER, course_id)
                if attempt.value.completed_at is not None and attempt.value.entitlement.id == line.grant_id
            }
            assert completed == set(line.watch_ids)
            assert not completed & standing

    def _ask(
        self,
        which: int,
        numbers: tuple[int, ...] | None,
        cause: Cause,
        crash: str | None,
        *,
        reverse_hours: bool = False,
    ) -> None:
        """Whoever gets no answer sends the same request again; a refusal changes nothing."""
        if not self.placed:
            return
        draft = RefundDraft(self.placed[which % len(self.placed)].order_id, numbers, cause, "买错了", reverse_hours)
        learner = Principal(LEARNER, frozenset({Role.LEARNER}))
        actor = learner if cause is Cause.LEARNER else ADMINISTRATOR
        call = partial(ask_refund, self.orders.ctx, Call(actor, "request", self.orders.ids.new()), draft)
        before = self.orders.store.snapshot()
        self._die_once(crash)
        try:
            call()
        except Problem:
            assert self.orders.store.snapshot() == before
        except OrdersCrash:
            call()
        finally:
            self._die_once(None)

    def now(self, order: Order) -> Order:
        """The order as it stands."""
        return reread(self.orders, order)

    def _is_owned(self, line: Line) -> bool:
        if line.goods is Goods.MEMBERSHIP:
            membership = stored_membership(self.orders.ctx, LearnerId(LEARNER)).value
            return membership.period(PeriodId(str(line.grant_id))).holds
        entitlement = self.orders.store.get(
            entitlement_key(LearnerId(LEARNER), CourseId(line.item_id), EntitlementId(str(line.grant_id))), Entitlement
        )
        assert entitlement
        return entitlement.value.revoked_at is None

    def _opens(self, line: Line | RefundLine) -> bool:
        """Whether something can be watched on it, as playback knows it."""
        grant_id = playback_ids.EntitlementId(str(line.grant_id))
        if line.goods is Goods.MEMBERSHIP:
            period = self.playback.store.get(membership_key(LEARNER, grant_id), MembershipPeriod)
            assert period
            return not period.value.revoked
        grant = self.playback.store.get(grant_key(LEARNER, playback_ids.CourseId(line.item_id), grant_id), Grant)
        assert grant
        return grant.value.revoked_at is None

    def _paid_back(self) -> list[RefundLine]:
        refunds = [r for order in self.placed for r in refunds_of_order(self.orders.ctx, order.order_id)]
        return [line for refund in refunds for line in refund.lines if line.decision is Decision.REVOKED]

    def _nothing_is_open(self) -> None:
        for order in map(self.now, self.placed):
            refunds = refunds_of_order(self.orders.ctx, order.order_id)
            assert {refund.status for refund in refunds} <= {RefundStatus.DONE, RefundStatus.REFUSED}
            assert {line.state for line in order.lines} <= {LineState.GRANTED, LineState.REFUNDED}
            assert order.paid_by
            sent = sum(fen for number, fen in self.provider.sent.values() if number == order.paid_by.payment_number)
            assert order.amount_fen - sent == sum(line.due_fen for line in order.lines if line.state == "granted")
            for line in order.lines:
                assert self._opens(line) == (line.state is LineState.GRANTED)

    def _collect(self) -> None:
        outboxes = [self.orders.store.outbox, self.playback.store.outbox, self.credits.store.outbox]
        for index, outbox in enumerate(outboxes):
            for event in outbox[self.read[index] :]:
                self.waiting += [(known[event.type], event) for known in self.handlers if event.type in known]
            self.read[index] = len(outbox)

    def _handled(self, handle: Handler, event: Envelope) -> bool:
        try:
            handle(event)
        except (*CRASHES, *NOT_YET):
            return False
        return True

    def _die_once(self, crash: str | None) -> None:
        self.playback.store.crash = self.credits.store.crash = crash
        self.orders.store.before_commit = die if crash == "before" else None
        self.orders.store.after_commit = die if crash == "after" else None


TestRefunds: Any = RefundMachine.TestCase
TestRefunds.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
