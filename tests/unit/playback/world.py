"""A small world for playback's tests: its use cases on the in-memory store, with a clock that the test moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.kit.clock import ManualClock
from services.kit.events import Envelope, EventFactory
from services.kit.ids import SequentialIds
from services.kit.keyring import KeyRing
from services.kit.store import Change
from services.kit.store.memory import MemoryStore
from services.playback.app.answers import WatchState
from services.playback.app.context import Context, leg_key, live_key
from services.playback.app.decide_revocation import decide_revocation
from services.playback.app.record_membership import record_membership
from services.playback.app.record_views import record_course, record_entitlement
from services.playback.app.start_session import start_session
from services.playback.domain.legs import Finding, Leg, verify_legs
from services.playback.domain.policy import policy
from services.playback.domain.watch import Live

LEARNER = "0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e"
OTHER = "77777777-3a4c-4f43-9f0e-2f0a1b2c3d4e"
NOON_IN_SHANGHAI = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
LONG, SHORT, FAST = "long", "short", "fast"
DURATIONS = {LONG: 75_000, SHORT: 20_000, FAST: 60_000}
RATES = {LONG: "1.0", SHORT: "1.0", FAST: "2.0"}


class Crash(Exception):
    """The function died here."""


class CrashingStore(MemoryStore):
    """Dies when told to, just before or just after a commit."""

    def __init__(self) -> None:
        super().__init__()
        self.crash: str | None = None

    def commit(self, change: Change) -> None:
        """Commits, unless the function dies first; then nobody learns of it."""
        crash, self.crash = self.crash, None
        if crash == "before":
            raise Crash
        super().commit(change)
        if crash == "after":
            raise Crash


@dataclass
class World:
    """Everything a test drives."""

    store: CrashingStore = field(default_factory=CrashingStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON_IN_SHANGHAI))
    ids: SequentialIds = field(default_factory=SequentialIds)
    ring: dict[str, str] = field(default_factory=lambda: {"current": "k1", "k1": "one" * 20})
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        events = EventFactory("playback", self.clock, self.ids)
        self.context = Context(self.store, KeyRing(lambda _: self.ring), self.clock, self.ids, events)

    def asked_to_revoke(
        self, learner_id: str, course_id: str, basis: str = "claim", *, even_if_completed: bool = False
    ) -> Envelope:
        """Orders asks to take back what `entitle` granted."""
        return self.news(
            "orders.entitlement_revocation_requested.v1",
            None,
            revocation_id=self.ids.new(),
            learner_id=learner_id,
            course_id=course_id,
            entitlement_id=f"{basis}-{learner_id}-{course_id}",
            even_if_completed=even_if_completed,
        )

    def asked_to_revoke_period(
        self, learner_id: str = LEARNER, period: str = "period-1", *, even_if_completed: bool = False
    ) -> Envelope:
        """Orders asks to take a period of membership back."""
        return self.news(
            "orders.entitlement_revocation_requested.v1",
            None,
            revocation_id=self.ids.new(),
            learner_id=learner_id,
            course_id=None,
            entitlement_id=period,
            even_if_completed=even_if_completed,
        )

    def revoke(self, learner_id: str, course_id: str, basis: str = "claim", *, even_if_completed: bool = False) -> str:
        """Asks for it, and answers the outcome."""
        asked = self.asked_to_revoke(learner_id, course_id, basis, even_if_completed=even_if_completed)
        decide_revocation(self.context, asked)
        return str(self.store.outbox[-1].data["outcome"])

    def news(self, type_: str, sequence: int | None, **data: Any) -> Envelope:
        """An event of another service."""
        return Envelope(
            id=self.ids.new(),
            source="xueshi.test",
            type=type_,
            time=self.clock.now(),
            subject="subject",
            sequence=sequence,
            correlation_id="test",
            data=data,
        )

    def deliver(self, handle: Callable[..., None], type_: str, sequence: int, **data: Any) -> Envelope:
        """An event of another service, straight to its consumer."""
        event = self.news(type_, sequence, **data)
        handle(self.store, self.clock, event)
        return event

    def publish(
        self,
        course_id: str,
        version: str = "v1",
        sequence: int = 1,
        duration_ms: int | None = None,
        *,
        withdrawn: bool = False,
        in_library: bool = True,
        questions: Sequence[dict[str, Any]] = (),
    ) -> None:
        """The catalogue publishes a course, of the library unless told otherwise, or withdraws it."""
        self.deliver(
            record_course,
            f"catalog.course_{'withdrawn' if withdrawn else 'published'}.v1",
            sequence,
            member_library=in_library,
            course_id=course_id,
            content_version=version,
            duration_ms=duration_ms or DURATIONS[course_id],
            max_rate=RATES.get(course_id, "1.0"),
            media_path=f"/media/{course_id}/{version}/index.m3u8",
            questions=list(questions),
        )

    def entitle(
        self, learner_id: str, course_id: str, valid_until: datetime | None = None, basis: str = "claim"
    ) -> None:
        """Orders grants an entitlement."""
        self.deliver(
            record_entitlement,
            "orders.entitlement_granted.v1",
            1,
            entitlement_id=f"{basis}-{learner_id}-{course_id}",
            learner_id=learner_id,
            course_id=course_id,
            basis=basis,
            counts_against_member_quota=basis == "membership",
            valid_until=valid_until,
        )

    def membership(
        self,
        learner_id: str = LEARNER,
        period: str = "period-1",
        sequence: int = 1,
        valid_from: datetime = NOON_IN_SHANGHAI,
        valid_until: datetime = NOON_IN_SHANGHAI + timedelta(days=365),
        *,
        opens_library: bool = True,
        revoked: bool = False,
    ) -> Envelope:
        """Orders tells how a period of membership stands, and playback hears of it."""
        event = self.membership_news(
            learner_id, period, sequence, valid_from, valid_until, opens_library=opens_library, revoked=revoked
        )
        record_membership(self.context, event)
        return event

    def membership_news(
        self,
        learner_id: str,
        period: str,
        sequence: int,
        valid_from: datetime,
        valid_until: datetime,
        *,
        opens_library: bool = True,
        revoked: bool = False,
    ) -> Envelope:
        """What orders tells of a period of membership."""
        return self.news(
            "orders.membership_changed.v1",
            sequence,
            learner_id=learner_id,
            membership_period_id=period,
            valid_from=valid_from,
            valid_until=valid_until,
            opens_library=opens_library,
            revoked=revoked,
        )

    def start(
        self,
        course_id: str = LONG,
        learner_id: str = LEARNER,
        *,
        take_over: bool = False,
        new_attempt: bool = False,
    ) -> WatchState:
        """A new session under a new Idempotency-Key."""
        key = self.ids.new()
        started = start_session(self.context, learner_id, course_id, key, take_over=take_over, new_attempt=new_attempt)
        return started.state

    def live(self, learner_id: str = LEARNER) -> Live:
        """The live item as stored."""
        stored = self.store.get(live_key(learner_id), Live)
        assert stored
        return stored.value

    def prompts(self, state: WatchState) -> tuple[int, ...]:
        """Where this watch's prompts are: the tests hold the key."""
        return self.context.prompts_of(state.live, policy(state.live.policy_id))

    def legs(self, watch_id: str) -> list[Leg]:
        """A watch's signed records."""
        return [stored.value for stored in self.store.query(leg_key(watch_id, 0).pk, "LEG#", Leg)]

    def verify(self, watch_id: str, legs: list[Leg], head: tuple[int, str]) -> list[Finding]:
        """What is wrong with these records."""
        return verify_legs(watch_id, legs, head, self.context.leg_mac)


def a_world() -> World:
    """Two learners entitled to every course."""
    world = World()
    for course_id in DURATIONS:
        world.publish(course_id)
        for learner_id in (LEARNER, OTHER):
            world.entitle(learner_id, course_id)
    return world
