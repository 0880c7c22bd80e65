"""Taking an entitlement or a period of membership back, unless a watch was completed on it before."""

from collections.abc import Sequence
from dataclasses import replace

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Put, Stored, Write
from services.playback.app.context import Context, attempts_of, grant_key, live_key, membership_key
from services.playback.app.end_session import end_session, left_alone, live_session
from services.playback.app.legs import save_watch
from services.playback.domain.entitlement import Entitlement, taken_back
from services.playback.domain.membership import MembershipPeriod, without_effect
from services.playback.domain.watch import Attempt, Live
from services.playback.events.consumed import EntitlementRevocationRequested
from services.playback.events.published import EntitlementRevocationDecided


def decide_revocation(context: Context, event: Envelope) -> None:
    """Takes it back and ends the session that rests on it, or finds a watch completed on it; tells which.

    An administrator may have one taken back that was completed on: then the answer names those watches, whose records
    stay as they are. All of it is one transaction. A completion and a start write the live item: it is read before the
    attempts, and written or checked, so whatever happens meanwhile makes this decide again. The attempts on a lost
    entitlement are written too; those on a period may be more than a transaction takes, and only the live one of them
    can be completed without a start, which asks for the period.
    """
    asked = EntitlementRevocationRequested.model_validate(event.data)
    apply_once(context.store, context.clock, event, lambda: _plan(context, event, asked))


def _plan(context: Context, event: Envelope, asked: EntitlementRevocationRequested) -> Change:
    live = live_session(context, asked.learner_id)
    attempts = context.store.query(live_key(asked.learner_id).pk, attempts_of(asked.course_id), Attempt)
    resting = [stored for stored in attempts if stored.value.entitlement.id == asked.entitlement_id]
    completed = [stored.value.watch_id for stored in resting if stored.value.completed_at is not None]
    revoked = asked.even_if_completed or not completed
    unfinished = [stored for stored in resting if stored.value.completed_at is None]
    writes = _take_back(context, asked, live, unfinished) if revoked else []
    return Change(writes, [_answer(context, event, asked, completed, revoked=revoked)])


def _take_back(
    context: Context,
    asked: EntitlementRevocationRequested,
    live: Stored[Live] | None,
    resting: Sequence[Stored[Attempt]],
) -> list[Write]:
    taking = _entitlement(context, asked) if asked.course_id else _period(context, asked)
    if taking is None:
        return []
    ended, session = _end_session(context, asked, live)
    if asked.course_id is None:
        resting = [stored for stored in resting if ended and stored.value.watch_id == ended.value.watch_id]
    watches = [replace(stored, value=_lost(context, stored.value)) for stored in resting]
    saving = [write for watch in watches for write in _save(watch, ended, context.now())]
    return [taking, *session, *saving]


def _entitlement(context: Context, asked: EntitlementRevocationRequested) -> Put | None:
    """Its write; None where it was taken back before. Its grant may come later, and must then find this."""
    key = grant_key(asked.learner_id, str(asked.course_id), asked.entitlement_id)
    known = context.store.get(key, Entitlement)
    if known and known.value.revoked_at is not None:
        return None
    revoked = taken_back(known.value if known else None, asked.entitlement_id, context.now())
    return Put(key, revoked, after=known.version if known else ABSENT)


def _period(context: Context, asked: EntitlementRevocationRequested) -> Put | None:
    """The same of a period."""
    key = membership_key(asked.learner_id, asked.entitlement_id)
    known = context.store.get(key, MembershipPeriod)
    if known and known.value.revoked:
        return None
    revoked = without_effect(known.value if known else None, asked.entitlement_id)
    return Put(key, revoked, after=known.version if known else ABSENT)


def _lost(context: Context, watch: Attempt) -> Attempt:
    return replace(watch, entitlement=taken_back(watch.entitlement, watch.entitlement.id, context.now()))


def _end_session(
    context: Context, asked: EntitlementRevocationRequested, live: Stored[Live] | None
) -> tuple[Stored[Live] | None, list[Write]]:
    """The live state that the session's end leads to, and its writes; only looked at where it rests on another."""
    if live is None or live.value.entitlement_id != asked.entitlement_id:
        return None, [left_alone(asked.learner_id, live)]
    return end_session(context, asked.learner_id, live)


def _save(watch: Stored[Attempt], live: Stored[Live] | None, now: int) -> list[Write]:
    if live is None or live.value.watch_id != watch.value.watch_id:
        return [Put(watch.key, watch.value, after=watch.version)]
    return save_watch(watch, live.value, live.version, now)[1]


def _answer(
    context: Context,
    event: Envelope,
    asked: EntitlementRevocationRequested,
    completed: list[str],
    *,
    revoked: bool,
) -> Envelope:
    data = EntitlementRevocationDecided(
        revocation_id=asked.revocation_id,
        learner_id=asked.learner_id,
        entitlement_id=asked.entitlement_id,
        outcome="revoked" if revoked else "already_completed",
        watch_id=None if revoked else completed[0],
        completed_watch_ids=completed,
    )
    return context.events.make(
        EntitlementRevocationDecided.TYPE,
        data,
        subject=asked.revocation_id,
        correlation_id=event.correlation_id,
        causation_id=event.id,
    )
