"""Noticing what is worth a reviewer's look, after the completion."""

from datetime import date

from services.kit.clock import from_ms, to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put
from services.playback.app.context import RiskContext
from services.playback.app.media.items import MediaAccess, media_key
from services.playback.app.risk.items import RiskCase, RiskCasePlace, case_key, case_place_key
from services.playback.app.risk.note_places import since, used_at
from services.playback.app.watching.watches import read_attempts, read_legs
from services.playback.domain.ids import WatchId
from services.playback.domain.legs import LegFacts
from services.playback.domain.risk import (
    RiskPolicy,
    Surroundings,
    figures,
    recent_reactions,
    risk_policy_in_force,
    risk_signals,
)
from services.playback.domain.watch import Attempt, day_of
from services.playback.events.published import RiskSignalled, Signal, WatchCompleted


def assess_watch(ctx: RiskContext, event: Envelope) -> None:
    """Looks for signals in the watch that an event says is complete; what is found makes a case and an event of it.

    Raises:
        LookupError: no such watch is complete here.
    """
    data = WatchCompleted.model_validate(event.data)

    def plan() -> Change:
        if ctx.store.get(case_place_key(data.watch_id), RiskCasePlace) is not None:
            return Change()
        return _plan(ctx, event, data)

    apply_once(ctx.store, ctx.clock, event, plan)


def _plan(ctx: RiskContext, event: Envelope, data: WatchCompleted) -> Change:
    day = day_of(to_ms(data.completed_at))
    policy = risk_policy_in_force(date.fromisoformat(day))
    watches = {watch_id: _legs(ctx, watch_id) for watch_id in _recent(ctx, data, day, policy)}
    opened = ctx.store.get(media_key(data.watch_id), MediaAccess)
    surroundings = Surroundings(
        opened_ms=opened.value.opened_ms if opened else 0,
        accounts=used_at(ctx.store, data.learner_id, since(day, policy.recent_days))
        if policy.accounts_on_device
        else {},
    )
    signals = risk_signals(watches[data.watch_id], list(watches.values()), policy)
    measured = figures(watches[data.watch_id], surroundings, policy)
    if not signals and not measured:
        return Change()
    case = RiskCase(
        watch_id=data.watch_id,
        learner_id=data.learner_id,
        course_id=data.course_id,
        completed_at=to_ms(data.completed_at),
        policy_id=policy.id,
        signals=tuple(signals),
        reactions=tuple(recent_reactions(list(watches.values()), policy)),
        figures=tuple(measured),
    )
    writes = [Put(case_key(day, case.watch_id), case), Put(case_place_key(case.watch_id), RiskCasePlace(day))]
    return Change(writes, [_signalled(ctx, event, case)])


def _recent(ctx: RiskContext, data: WatchCompleted, day: str, policy: RiskPolicy) -> list[WatchId]:
    """The learner's watches that got legs lately, at most so many of the newest, and the completed one."""
    first_day = since(day, policy.recent_days)
    attempts = [stored.value for stored in read_attempts(ctx.store, data.learner_id)]
    recent = sorted((attempt for attempt in attempts if attempt.grown_on >= first_day), key=_recency)
    newest = [attempt.watch_id for attempt in recent][-policy.recent_watches :]
    if not any(attempt.watch_id == data.watch_id and attempt.completed_at is not None for attempt in recent):
        raise LookupError(f"watch {data.watch_id} is not complete here")
    return [*newest, data.watch_id]


def _recency(attempt: Attempt) -> tuple[str, int]:
    return attempt.grown_on, attempt.started_at


def _legs(ctx: RiskContext, watch_id: WatchId) -> list[LegFacts]:
    return [stored.value.facts for stored in read_legs(ctx.store, watch_id)]


def _signalled(ctx: RiskContext, event: Envelope, case: RiskCase) -> Envelope:
    data = RiskSignalled(
        watch_id=case.watch_id,
        learner_id=case.learner_id,
        course_id=case.course_id,
        completed_at=from_ms(case.completed_at),
        policy_id=case.policy_id,
        signals=[Signal.model_validate(signal, from_attributes=True) for signal in (*case.signals, *case.figures)],
    )
    return ctx.events.make(data, subject=case.watch_id, correlation_id=event.correlation_id, causation_id=event.id)
