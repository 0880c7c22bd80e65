"""Risk signals of completed watches: noticed after the completion, kept for a reviewer, and reviewed with a reason."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.kit.audit import AuditLog
from services.kit.clock import Clock, from_ms, to_ms
from services.kit.events import Envelope, EventFactory
from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal
from services.kit.inbox import apply_once
from services.kit.store import Change, Put, Store, Stored
from services.playback.app.archive_watch import EvidenceArchive, kept_pack
from services.playback.app.context import leg_key, live_key, risk_case_key, risk_cases_of, risk_place_key
from services.playback.app.problems import OWN_RISK_CASE, RISK_CASE_NOT_FOUND, RISK_CASE_REVIEWED
from services.playback.domain.legs import Leg, LegFacts
from services.playback.domain.risk import RiskPolicy, RiskSignal, recent_reactions, risk_policy_in_force, risk_signals
from services.playback.domain.watch import Attempt, shanghai_day
from services.playback.events.published import RiskSignalled, Signal, WatchCompleted

PAGE = 100


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Review:
    """What a reviewer found, and when (milliseconds since 1970)."""

    at: int
    reviewer: str
    reason: str


@dataclass(frozen=True)
class RiskCase:
    """A completed watch with signals. `reactions` are the reaction times (ms) that were judged together."""

    watch_id: str
    learner_id: str
    course_id: str
    completed_at: int
    policy_id: str
    signals: tuple[RiskSignal, ...]
    reactions: tuple[int, ...]
    review: Review | None = None

    @property
    def status(self) -> Status:
        """Whether somebody has looked at it."""
        return Status.OPEN if self.review is None else Status.REVIEWED


@dataclass(frozen=True)
class Place:
    """On which day's list (Asia/Shanghai, ISO) a watch's case is."""

    day: str


@dataclass(frozen=True)
class CasePage:
    """Some cases in order of their days; `after` is where the next page begins, None after the last."""

    cases: list[RiskCase]
    after: str | None


def assess_watch(store: Store, clock: Clock, events: EventFactory, event: Envelope) -> None:
    """Looks for signals in the watch that an event says is complete; what is found makes a case and an event of it.

    Raises:
        LookupError: no such watch is complete here.
    """
    data = WatchCompleted.model_validate(event.data)

    def plan() -> Change:
        if store.get(risk_place_key(data.watch_id), Place) is not None:
            return Change()
        return _plan(store, events, event, data)

    apply_once(store, clock, event, plan)


def _plan(store: Store, events: EventFactory, event: Envelope, data: WatchCompleted) -> Change:
    day = shanghai_day(to_ms(data.completed_at))
    policy = risk_policy_in_force(date.fromisoformat(day))
    watches = {watch_id: _legs(store, watch_id) for watch_id in _recent(store, data, day, policy)}
    signals = risk_signals(watches[data.watch_id], list(watches.values()), policy)
    if not signals:
        return Change()
    case = RiskCase(
        watch_id=data.watch_id,
        learner_id=data.learner_id,
        course_id=data.course_id,
        completed_at=to_ms(data.completed_at),
        policy_id=policy.id,
        signals=tuple(signals),
        reactions=tuple(recent_reactions(list(watches.values()), policy)),
    )
    writes = [Put(risk_case_key(day, case.watch_id), case), Put(risk_place_key(case.watch_id), Place(day))]
    return Change(writes, [_signalled(events, event, case)])


def _recent(store: Store, data: WatchCompleted, day: str, policy: RiskPolicy) -> list[str]:
    """The learner's watches that got legs lately, at most so many of the newest, and the completed one."""
    since = (date.fromisoformat(day) - timedelta(days=policy.recent_days)).isoformat()
    attempts = [stored.value for stored in store.query(live_key(data.learner_id).pk, "ATTEMPT#", Attempt)]
    recent = sorted((attempt for attempt in attempts if attempt.grown_on >= since), key=_recency)
    newest = [attempt.watch_id for attempt in recent][-policy.recent_watches :]
    if not any(attempt.watch_id == data.watch_id and attempt.completed_at is not None for attempt in recent):
        raise LookupError(f"watch {data.watch_id} is not complete here")
    return [*newest, data.watch_id]


def _recency(attempt: Attempt) -> tuple[str, int]:
    return attempt.grown_on, attempt.started_at


def _legs(store: Store, watch_id: str) -> list[LegFacts]:
    return [stored.value.facts for stored in store.query(leg_key(watch_id, 0).pk, "LEG#", Leg)]


def _signalled(events: EventFactory, event: Envelope, case: RiskCase) -> Envelope:
    data = RiskSignalled(
        watch_id=case.watch_id,
        learner_id=case.learner_id,
        course_id=case.course_id,
        completed_at=from_ms(case.completed_at),
        policy_id=case.policy_id,
        signals=[Signal.model_validate(signal, from_attributes=True) for signal in case.signals],
    )
    return events.make(
        RiskSignalled.TYPE,
        data,
        subject=case.watch_id,
        correlation_id=event.correlation_id,
        causation_id=event.id,
    )


def list_cases(store: Store, period: str, status: Status | None, after: str, limit: int) -> CasePage:
    """At most `limit` cases of a month or a day (Asia/Shanghai: 2026-11 or 2026-11-24), from the one after `after`.

    Cases of another status are read and passed over: a month's list is read once at most.
    """
    found: list[Stored[RiskCase]] = []
    pk, prefix = risk_cases_of(period)
    while len(found) <= limit:
        page = store.page(pk, prefix, RiskCase, after, PAGE)
        found += [stored for stored in page.items if status in (None, stored.value.status)]
        if page.after is None:
            break
        after = page.after
    more = len(found) > limit
    return CasePage([stored.value for stored in found[:limit]], found[limit - 1].key.sk if more else None)


def read_case(store: Store, archive: EvidenceArchive, watch_id: str) -> tuple[RiskCase, dict[str, Any]]:
    """A case, and the evidence pack of its watch. Raises RISK_CASE_NOT_FOUND."""
    case = _case(store, watch_id).value
    pack = kept_pack(archive, watch_id)
    if pack is None:
        raise LookupError(f"watch {watch_id} has a case and no pack")
    return case, pack


def review_case(
    store: Store, clock: Clock, audit: AuditLog, reviewer: Principal, watch_id: str, reason: str, idempotency_key: str
) -> RiskCase:
    """Marks a case as reviewed, with the reason in the audit log. It holds, releases or voids nothing by itself.

    Raises:
        Problem: RISK_CASE_NOT_FOUND, RISK_CASE_REVIEWED, OWN_RISK_CASE, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, RiskCase]:
        stored = _case(store, watch_id)
        if stored.value.learner_id == reviewer.id:
            raise OWN_RISK_CASE.problem()
        if stored.value.review is not None:
            raise RISK_CASE_REVIEWED.problem()
        reviewed = replace(stored.value, review=Review(to_ms(clock.now()), reviewer.id, reason))
        entry = audit.entry(reviewer, "review_risk_case", watch_id, reason)
        return Change([Put(stored.key, reviewed, after=stored.version), entry]), reviewed

    request = Request(reviewer.id, idempotency_key, "review_risk_case", {"watch_id": watch_id, "reason": reason})
    return answer_once(store, clock, request, RiskCase, plan)


def _case(store: Store, watch_id: str) -> Stored[RiskCase]:
    place = store.get(risk_place_key(watch_id), Place)
    stored = store.get(risk_case_key(place.value.day, watch_id), RiskCase) if place else None
    if stored is None:
        raise RISK_CASE_NOT_FOUND.problem()
    return stored
