"""A small world for the ledger's tests: its use cases on the in-memory store, with a clock that the test moves."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.app.awarding.grant_hours import grant_hours
from services.credits.app.awarding.items import GrantProposal
from services.credits.app.awarding.propose_grant import approve_grant, propose_grant
from services.credits.app.awarding.review_award import AwardReview, review_award
from services.credits.app.certificates.confirm_certificate import (
    Confirmation,
    Renewal,
    confirm_certificate,
    renew_certificate,
)
from services.credits.app.certificates.items import current_certificates
from services.credits.app.certificates.register_certificate import Registration, register_certificate
from services.credits.app.context import PeopleContext, Ports, RecordsContext, RulesContext, ports
from services.credits.app.ledger.items import read_entries
from services.credits.app.ledger.verify_ledger import Verdict, verify_ledger
from services.credits.app.profiles.items import real_name
from services.credits.app.profiles.update_profile import read_profile, update_profile
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.grants import Grant
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.credits.domain.profile import Profile
from services.credits.domain.review import Standing
from services.credits.handlers.consume import event_handlers
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.keyring import KeyRing
from services.kit.store import Change
from services.kit.store.codec import decode
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.objects import MemoryObjects
from tests.fakes.pictures import MemoryPictures
from tests.fakes.store import MemoryStore
from tests.fakes.user_pool import MemoryDirectory

LEARNER = LearnerId("0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e")
OTHER = LearnerId("77777777-3a4c-4f43-9f0e-2f0a1b2c3d4e")
ADMINISTRATOR = Principal("aaaaaaaa-0000-4000-8000-000000000001", frozenset({Role.ADMINISTRATOR}))
SECOND = Principal("aaaaaaaa-0000-4000-8000-000000000003", frozenset({Role.ADMINISTRATOR}))
REVIEWER = Principal("bbbbbbbb-0000-4000-8000-000000000002", frozenset({Role.REVIEWER}))
NOON_IN_SHANGHAI = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))
AFP, CFP, EFP, CPB, CTP = Credential

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Xueshi")  # as in a function's environment


def own_call(learner: LearnerId, correlation_id: str = "request-0", key: str = "") -> Call:
    """A learner calls."""
    return Call(Principal(learner, frozenset({Role.LEARNER})), correlation_id, key)


class Crash(Exception):
    """The function died here."""


class CrashingStore(MemoryStore):
    """Dies when told to, just before or just after a commit: the next one, or once `spared` others have passed."""

    def __init__(self) -> None:
        super().__init__()
        self.crash: str | None = None
        self.spared = 0

    def commit(self, change: Change) -> None:
        """Commits, unless the function dies first; then nobody learns of it."""
        crash = None
        if self.spared:
            self.spared -= 1
        else:
            crash, self.crash = self.crash, None
        if crash == "before":
            raise Crash
        super().commit(change)
        if crash == "after":
            raise Crash


class CrashingObjects(MemoryObjects):
    """Dies when told to, just before or just after an object is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.crash: str | None = None

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keeps, unless the function dies first."""
        crash, self.crash = self.crash, None
        if crash == "before":
            raise Crash
        super().put(key, content, content_type)
        if crash == "after":
            raise Crash


@dataclass
class World:
    """Everything a test drives."""

    store: CrashingStore = field(default_factory=CrashingStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON_IN_SHANGHAI))
    ring: dict[str, str] = field(default_factory=lambda: {"current": "k1", "k1": "one" * 20})
    objects: CrashingObjects = field(default_factory=CrashingObjects)
    ports: Ports = field(init=False)
    directory: MemoryDirectory = field(default_factory=MemoryDirectory)
    pictures: MemoryPictures = field(default_factory=MemoryPictures)
    ctx: PeopleContext = field(init=False)
    records: RecordsContext = field(init=False)
    notices: RulesContext = field(init=False)

    def __post_init__(self) -> None:
        self.ports, rules = ports(self.store, self.clock, SequentialIds()), load_rules()
        ledger = (*self.ports, rules, KeyRing(lambda _: self.ring), load_profile_policy())
        self.ctx = PeopleContext(*ledger, self.directory, self.pictures)
        self.notices = RulesContext(*self.ports, rules)
        self.records = RecordsContext(*self.ports, rules, self.objects)

    def deliver(self, event: Envelope) -> None:
        """What the consumer does with one message."""
        event_handlers(self.ctx)[event.type](event)

    def publish(self, course_id: str = "course", **data: Any) -> None:
        """Delivers a publication of a course."""
        self.deliver(published(course_id, **data))

    def register(
        self,
        credential: Credential = AFP,
        learner: LearnerId = LEARNER,
        start: date = date(2025, 1, 1),
        number: str = "",
        until: date | None = None,
        proof: str | None = None,
    ) -> Certificate:
        """A learner registers a certificate."""
        number = number or ("N-001" if learner == LEARNER else f"N-{learner[:12]}")
        return register_certificate(self.ctx, own_call(learner), Registration(credential, number, start, until, proof))

    def renew(
        self,
        first: date,
        last: date,
        credential: Credential = AFP,
        learner: LearnerId = LEARNER,
        revision: int | None = None,
        by: Principal = ADMINISTRATOR,
    ) -> Certificate:
        """An administrator records days of validity."""
        wanted = Renewal(learner, credential, first, last, "renewal seen", revision)
        return renew_certificate(self.ctx, Call(by, "request-6"), wanted)

    def confirm(
        self, credential: Credential = AFP, learner: LearnerId = LEARNER, revision: int | None = None
    ) -> Certificate:
        """An administrator confirms it."""
        wanted = Confirmation(learner, credential, "certificate seen", revision)
        return confirm_certificate(self.ctx, Call(ADMINISTRATOR, "request-2"), wanted)

    def certify(self, *credentials: Credential, learner: LearnerId = LEARNER, start: date = date(2025, 1, 1)) -> None:
        """Registered and confirmed, for a learner with a name."""
        if real_name(self.store, learner) is None:
            self.name(learner)
        for credential in credentials:
            self.register(credential, learner, start)
            self.confirm(credential, learner)

    def name(self, learner: LearnerId = LEARNER, /, **values: str | date | None) -> Profile:
        """A learner gives a real name, or whatever is said."""
        revision = read_profile(self.ctx, learner).profile.revision
        call = own_call(learner, "request-4")
        return update_profile(self.ctx, call, revision, values or {"real_name": "张三"}).profile

    def review(
        self, number: int, standing: Standing, learner: LearnerId = LEARNER, reason: str = "looked into"
    ) -> Standing:
        """A reviewer decides on an award."""
        wanted = AwardReview(learner, number, standing, reason)
        return review_award(self.ctx, Call(REVIEWER, "request-3"), wanted)[1]

    def grant(
        self,
        hours: str = "3",
        credential: Credential = AFP,
        *,
        learner: LearnerId = LEARNER,
        earned_on: date = date(2026, 1, 5),
        category: Category = Category.ELECTIVE,
        title: str = "线下研讨会",
        key: str = "",
        by: Principal = ADMINISTRATOR,
    ) -> Entry:
        """An administrator enters hours, under a new Idempotency-Key unless told otherwise."""
        wanted = Grant(learner, credential, Decimal(hours), category, title, earned_on, "签到表已核对")
        return grant_hours(self.ctx, Call(by, "request-5", key or self.ctx.ids.new()), wanted)

    def propose(
        self,
        hours: str = "20",
        *,
        title: str = "线下研讨会",
        earned_on: date = date(2026, 1, 5),
        key: str = "",
        by: Principal = ADMINISTRATOR,
    ) -> GrantProposal:
        """An administrator proposes hours for AFP that are too many to enter alone."""
        wanted = Grant(LEARNER, AFP, Decimal(hours), Category.ELECTIVE, title, earned_on, "签到表已核对")
        return propose_grant(self.ctx, Call(by, "request-5", key or self.ctx.ids.new()), wanted)

    def approve(self, proposal: GrantProposal, by: Principal) -> Entry:
        """Another one approves."""
        return approve_grant(self.ctx, Call(by, "request-6"), LEARNER, proposal.proposal_id)

    def entries(self, learner: LearnerId = LEARNER) -> list[Entry]:
        """The learner's ledger."""
        return read_entries(self.store, learner)

    def outline(self, learner: LearnerId = LEARNER) -> list[str]:
        """The ledger in short: "award AFP 1.5 COMPLETED"."""
        return [f"{e.kind} {e.credential or '-'} {e.hours} {e.reason}" for e in self.entries(learner)]

    def certificates(self, learner: LearnerId = LEARNER) -> dict[Credential, Certificate]:
        """The learner's certificates as they stand."""
        return current_certificates(self.store, learner)

    def verdict(self, learner: LearnerId = LEARNER) -> Verdict:
        """Of the chain's verification."""
        return verify_ledger(self.ctx, learner)

    def sent(self, type_: str) -> list[Envelope]:
        """Events of a type in the outbox."""
        return [event for event in self.store.outbox if event.type == type_]

    def audited(self) -> list[AuditRecord]:
        """The audit log, from its beginning."""
        found = [(key, text) for key, (_, text) in self.store.items.items() if key.pk.startswith("AUDIT#")]
        return [decode(text, AuditRecord) for key, text in sorted(found, key=lambda one: one[0].sk)]

    def state(self) -> tuple[dict[Any, Any], int]:
        """Everything that is stored, to be compared."""
        return dict(self.store.items), len(self.store.outbox)


def published(
    course_id: str = "course",
    *,
    version: str = "v1",
    content: str = "lecture",
    title: str = "资产配置",
    title_en: str | None = "Asset allocation",
    hours: str = "1.5",
    category: str = "elective",
    eligible: Iterable[str] = ("AFP", "CFP", "EFP", "CPB"),
    sequence: int | None = 1,
    id_: str | None = None,
) -> Envelope:
    """The catalogue's event, with fields that credits does not read."""
    data = {
        "course_id": course_id,
        "content_id": content,
        "content_version": version,
        "title": title,
        "title_en": title_en,
        "duration_ms": 75_000,
        "hours": hours,
        "category": category,
        "eligible_credentials": list(eligible),
        "price_fen": 9900,
    }
    return _envelope(
        "catalog",
        "catalog.course_published.v1",
        id_ or f"p-{course_id}-{version}-{sequence}",
        course_id,
        data,
        sequence,
    )


def completed(
    watch: str = "watch-1",
    course_id: str = "course",
    *,
    learner: LearnerId = LEARNER,
    version: str = "v1",
    at: datetime = NOON_IN_SHANGHAI,
    period: str | None = None,
    id_: str | None = None,
    **forged: Any,
) -> Envelope:
    """Playback's event; `forged` adds what an attacker would like to be read."""
    data = {
        "watch_id": watch,
        "learner_id": learner,
        "course_id": course_id,
        "content_version": version,
        "attempt": 1,
        "completed_at": at.astimezone(UTC).isoformat(),
        "basis": "membership" if period else "claim",
        "counts_against_member_quota": period is not None,
        "membership_period_id": period,
        **forged,
    }
    return _envelope("playback", "playback.watch_completed.v1", id_ or f"e-{watch}", watch, data)


def membership(
    period: str = "m1",
    *,
    learner: LearnerId = LEARNER,
    quota: str | None = "25",
    start: datetime = NOON_IN_SHANGHAI,
    sequence: int | None = 1,
    revoked: bool = False,
) -> Envelope:
    """Orders' event: how a period of membership stands."""
    data = {
        "learner_id": learner,
        "membership_period_id": period,
        "plan_id": "vip",
        "valid_from": start.isoformat(),
        "valid_until": (start + timedelta(days=365)).isoformat(),
        "quota_hours": quota,
        "opens_library": True,
        "revoked": revoked,
    }
    return _envelope("orders", "orders.membership_changed.v1", f"m-{period}-{sequence}", period, data, sequence)


def refunded(*watches: str, learner: LearnerId = LEARNER, revocation: str = "refund-01") -> Envelope:
    """Orders' event: an administrator has refunded what these watches (the first one unless told) were watched on."""
    data = {
        "revocation_id": revocation,
        "learner_id": learner,
        "course_id": "course",
        "watch_ids": list(watches) or ["watch-1"],
        "reason": "买错了",
        "actor": ADMINISTRATOR.id,
    }
    return _envelope("orders", "orders.hours_reversal_requested.v1", f"r-{revocation}", revocation, data)


def _envelope(
    service: str, type_: str, id_: str, subject: str, data: dict[str, Any], sequence: int | None = None
) -> Envelope:
    return Envelope(
        id=id_,
        source=f"xueshi.{service}",
        type=type_,
        time=NOON_IN_SHANGHAI,
        subject=subject,
        sequence=sequence,
        correlation_id="request-1",
        data=data,
    )
