"""A small world for orders' tests: its use cases on the in-memory store, with a clock that the test moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.store import Change
from services.orders.adapters.plan_file import load_plans
from services.orders.app.context import Context, context
from services.orders.app.courses.record_course import record_course
from services.orders.app.entitlements.claim_course import claim_course
from services.orders.app.memberships.grant_membership import grant_membership
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import CourseId, LearnerId, PlanId
from services.orders.domain.membership import Period
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.store import MemoryStore

NOON_IN_SHANGHAI = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MEMBER = LearnerId("a4c8f4e8-5061-7094-2f5a-3f1d5f8f2b11")
VISITOR = LearnerId("b4c8f4e8-5061-7094-2f5a-3f1d5f8f2b22")
ADMINISTRATOR = Principal("c4c8f4e8-5061-7094-2f5a-3f1d5f8f2b33", frozenset({Role.ADMINISTRATOR}))
RECOMMENDED, ORDINARY = CourseId("family-trusts"), CourseId("options")
VIP = PlanId("vip")
KEY, OTHER_KEY = "key-0000000000001", "key-0000000000002"


def a_call(who: LearnerId | Principal = MEMBER, key: str = KEY, correlation_id: str = "request-1") -> Call:
    """A request of a learner, by id, or of staff."""
    caller = Principal(who, frozenset({Role.LEARNER})) if isinstance(who, str) else who
    return Call(caller, correlation_id, key)


class Crash(Exception):
    """The function died here."""


class ScriptedStore(MemoryStore):
    """Does what a test says just before the next commit, or just after it; once."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: Callable[[], object] | None = None
        self.after_commit: Callable[[], object] | None = None

    def commit(self, change: Change) -> None:
        """Commits, with the script around it."""
        before, self.before_commit = self.before_commit, None
        after, self.after_commit = self.after_commit, None
        if before:
            before()
        super().commit(change)
        if after:
            after()

    def snapshot(self) -> object:
        """All that is stored."""
        return dict(self.items), list(self.outbox)


def die() -> None:
    """For a script: the function dies here."""
    raise Crash


@dataclass
class World:
    """Everything a test drives. It knows a recommended course and one that is not."""

    store: ScriptedStore = field(default_factory=ScriptedStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON_IN_SHANGHAI))
    ids: SequentialIds = field(default_factory=SequentialIds)
    ctx: Context = field(init=False)

    def __post_init__(self) -> None:
        self.ctx = context(self.store, self.clock, self.ids, load_plans())
        self.publish(RECOMMENDED, 1, recommended=True)
        self.publish(ORDINARY, 1, recommended=False)

    def publish(
        self, course_id: CourseId, sequence: int | None, *, recommended: bool = False, **changed: Any
    ) -> Envelope:
        """The catalogue's event, delivered; with other figures of the course where they are named."""
        event = self.published(course_id, sequence, recommended=recommended, **changed)
        record_course(self.ctx, event)
        return event

    def withdraw(self, course_id: CourseId, sequence: int) -> None:
        """The catalogue takes the course off."""
        event = self.published(course_id, sequence, recommended=True)
        record_course(self.ctx, event.model_copy(update={"type": "catalog.course_withdrawn.v1"}))

    def published(self, course_id: CourseId, sequence: int | None, *, recommended: bool, **changed: Any) -> Envelope:
        """The catalogue's event."""
        data = {
            "course_id": course_id,
            "title": "家族信托",
            "title_en": "Family trusts",
            "member_recommended": recommended,
            "price_fen": 9900,
            "hours": "1.5",
            **changed,
        }
        return Envelope(
            id=self.ids.new(),
            source="xueshi.catalog",
            type="catalog.course_published.v1",
            time=self.clock.now(),
            subject=course_id,
            sequence=sequence,
            correlation_id="publication",
            data=data,
        )

    def claims_told(self) -> list[Envelope]:
        """The entitlements that left, in order."""
        return [event for event in self.store.outbox if event.type == "orders.entitlement_granted.v1"]

    def grant(self, learner_id: LearnerId = MEMBER, key: str = KEY, reason: str = "a gift") -> Period:
        """A year of membership, by an administrator."""
        return grant_membership(self.ctx, a_call(ADMINISTRATOR, key, "request-0"), learner_id, VIP, reason)

    def claim(self, course_id: CourseId = RECOMMENDED, learner_id: LearnerId = MEMBER, key: str = KEY) -> Entitlement:
        """A claim by the learner."""
        return claim_course(self.ctx, a_call(learner_id, key), course_id)
