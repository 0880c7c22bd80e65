"""A small world for playback's tests: its use cases on the in-memory store, with a clock that the test moves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.kit.audit import AuditLog
from services.kit.call import Call
from services.kit.event_factory import EventFactory
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.jose import Signer
from services.kit.keyring import KeyRing
from services.kit.store import Change
from services.playback.app.context import ArchiveContext, Context, MediaContext, RiskContext, VerificationContext
from services.playback.app.courses.record_course import record_course
from services.playback.app.entitlements.record_entitlement import record_entitlement
from services.playback.app.items import live_key
from services.playback.app.log.check_log import LogView
from services.playback.app.memberships.record_membership import record_membership
from services.playback.app.ports import Archive, MediaSigner
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch_state import WatchState
from services.playback.app.watching.watches import read_legs
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId, WatchId
from services.playback.domain.legs import Finding, Leg, verify_legs
from services.playback.domain.policy import policy
from services.playback.domain.watch import Live
from tests.fakes.archive import MemoryArchive
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.store import MemoryStore

LEARNER = LearnerId("0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e")
OTHER = LearnerId("77777777-3a4c-4f43-9f0e-2f0a1b2c3d4e")
LODGER = LearnerId("lodger")
"""Somebody whose entitlement ends soon."""
PERIOD = EntitlementId("period-1")
NOON_IN_SHANGHAI = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
LONG, SHORT, FAST = CourseId("long"), CourseId("short"), CourseId("fast")
DURATIONS = {LONG: 75_000, SHORT: 20_000, FAST: 60_000}
RING = {"current": "k1", "k1": "one" * 20}
RATES = {LONG: "1.0", SHORT: "1.0", FAST: "2.0"}


def by(person_id: str, key: str = "", *, roles: Sequence[Role] = (Role.LEARNER,)) -> Call:
    """A call of somebody."""
    return Call(Principal(person_id, frozenset(roles)), "test", key)


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


class HostsClock(ManualClock):
    """The clock of whichever host answers: as far from the right time as a test says."""

    ahead_ms: int = 0

    def now(self) -> datetime:
        """What that host shows."""
        return super().now() + timedelta(milliseconds=self.ahead_ms)


@dataclass
class World:
    """Everything a test drives."""

    store: CrashingStore = field(default_factory=CrashingStore)
    clock: HostsClock = field(default_factory=lambda: HostsClock(NOON_IN_SHANGHAI))
    ids: SequentialIds = field(default_factory=SequentialIds)
    ring: dict[str, str] = field(default_factory=lambda: dict(RING))
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        events = EventFactory("playback", self.clock, self.ids)
        self.context = Context(self.store, self.clock, self.ids, events, KeyRing(lambda _: self.ring))

    def media_context(self, signer: MediaSigner) -> MediaContext:
        """Of the function that opens lectures."""
        return MediaContext(self.store, self.clock, self.context.keys, signer)

    def archive_context(self, signer: Signer, archive: Archive) -> ArchiveContext:
        """Of the function that keeps packs."""
        return ArchiveContext(self.store, self.clock, signer, archive)

    def risk_context(self, packs: Archive) -> RiskContext:
        """Of what notices and reviews."""
        return RiskContext(self.store, self.clock, self.context.events, AuditLog(self.clock, self.ids), packs)

    def verification_context(
        self, packs: Archive, heads: Archive | None = None, log: Callable[[], LogView | None] = lambda: None
    ) -> VerificationContext:
        """Of checking what is recorded."""
        return VerificationContext(self.store, self.clock, self.context.keys, packs, heads or MemoryArchive(), log)

    def asked_to_revoke(
        self, learner_id: LearnerId, course_id: CourseId, basis: str = "claim", *, even_if_completed: bool = False
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
        self, learner_id: LearnerId = LEARNER, period: str = "period-1", *, even_if_completed: bool = False
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

    def revoke(
        self, learner_id: LearnerId, course_id: CourseId, basis: str = "claim", *, even_if_completed: bool = False
    ) -> str:
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
        handle(self.context, event)
        return event

    def publish(
        self,
        course_id: CourseId,
        version: str = "v1",
        sequence: int = 1,
        duration_ms: int | None = None,
        *,
        withdrawn: bool = False,
        in_library: bool = True,
        questions: Sequence[dict[str, Any]] = (),
        rate: str | None = None,
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
            max_rate=rate or RATES.get(course_id, "1.0"),
            media_path=f"/media/{course_id}/{version}/index.m3u8",
            questions=list(questions),
        )

    def entitle(
        self,
        learner_id: LearnerId,
        course_id: CourseId,
        valid_until: datetime | None = None,
        basis: str = "claim",
        sequence: int = 1,
    ) -> None:
        """Orders grants an entitlement."""
        self.deliver(
            record_entitlement,
            "orders.entitlement_granted.v1",
            sequence,
            entitlement_id=f"{basis}-{learner_id}-{course_id}",
            learner_id=learner_id,
            course_id=course_id,
            basis=basis,
            counts_against_member_quota=basis == "membership",
            valid_until=valid_until,
        )

    def membership(
        self,
        learner_id: LearnerId = LEARNER,
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
        learner_id: LearnerId,
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
        course_id: CourseId = LONG,
        learner_id: LearnerId = LEARNER,
        *,
        take_over: bool = False,
        new_attempt: bool = False,
    ) -> WatchState:
        """A new session under a new Idempotency-Key."""
        call = by(learner_id, self.ids.new())
        return start_session(self.context, call, course_id, take_over=take_over, new_attempt=new_attempt).state

    def live(self, learner_id: LearnerId = LEARNER) -> Live:
        """The live item as stored."""
        stored = self.store.get(live_key(learner_id), Live)
        assert stored
        return stored.value

    def prompts(self, state: WatchState) -> tuple[int, ...]:
        """Where this watch's prompts are: the tests hold the key."""
        return self.context.prompts_of(state.live, policy(state.live.policy_id))

    def legs(self, watch_id: WatchId) -> list[Leg]:
        """A watch's signed records."""
        return [stored.value for stored in read_legs(self.store, watch_id)]

    def verify(self, watch_id: WatchId, legs: list[Leg], head: tuple[int, str]) -> list[Finding]:
        """What is wrong with these records."""
        return verify_legs(watch_id, legs, head, self.context.leg_mac)


def a_world(ring: Mapping[str, str] = RING) -> World:
    """Two learners entitled to every course."""
    world = World(ring=dict(ring))
    for course_id in DURATIONS:
        world.publish(course_id)
        for learner_id in (LEARNER, OTHER):
            world.entitle(learner_id, course_id)
    return world
