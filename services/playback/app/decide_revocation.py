"""Taking an entitlement back, unless a watch was completed on it before."""

from collections.abc import Sequence
from dataclasses import replace

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Put, Stored, Write
from services.playback.app.context import Context, attempts_of, grant_key, live_key
from services.playback.app.end_session import end_session, left_alone, live_session
from services.playback.app.legs import save_watch
from services.playback.domain.entitlement import Entitlement, taken_back
from services.playback.domain.watch import Attempt, Live
from services.playback.events.consumed import EntitlementRevocationRequested
from services.playback.events.published import EntitlementRevocationDecided


def decide_revocation(context: Context, event: Envelope) -> None:
    """Takes the entitlement back and ends the session that rests on it, or finds a watch completed on it; tells which.

    An administrator may have one taken back that was completed on: then the answer names those watches, whose records
    stay as they are. All of it is one transaction, and a completion writes the same attempt: one of the two wins that
    attempt's version, the other then sees what won. A start in between would write the live item, so that is written or
    checked too.
    """
    asked = EntitlementRevocationRequested.model_validate(event.data)
    apply_once(context.store, context.clock, event, lambda: _plan(context, event, asked))


def _plan(context: Context, event: Envelope, asked: EntitlementRevocationRequested) -> Change:
    partition = live_key(asked.learner_id).pk
    attempts = context.store.query(partition, attempts_of(asked.course_id), Attempt)
    resting = [stored for stored in attempts if stored.value.entitlement.id == asked.entitlement_id]
    completed = [stored.value.watch_id for stored in resting if stored.value.completed_at is not None]
    revoked = asked.even_if_completed or not completed
    unfinished = [stored for stored in resting if stored.value.completed_at is None]
    writes = _take_back(context, asked, unfinished) if revoked else []
    return Change(writes, [_answer(context, event, asked, completed, revoked=revoked)])


def _take_back(
    context: Context, asked: EntitlementRevocationRequested, resting: Sequence[Stored[Attempt]]
) -> list[Write]:
    key = grant_key(asked.learner_id, asked.course_id, asked.entitlement_id)
    known = context.store.get(key, Entitlement)
    if known and known.value.revoked_at is not None:
        return []
    # Its grant may come later than its revocation, and must then find this.
    revoked = taken_back(known.value if known else None, asked.entitlement_id, context.now())
    live, session = _end_session(context, asked)
    watches = [replace(stored, value=replace(stored.value, entitlement=revoked)) for stored in resting]
    saving = [write for watch in watches for write in _save(watch, live, context.now())]
    return [Put(key, revoked, after=known.version if known else ABSENT), *session, *saving]


def _end_session(context: Context, asked: EntitlementRevocationRequested) -> tuple[Stored[Live] | None, list[Write]]:
    """The live state that the session's end leads to, and its writes; only looked at where it rests on another."""
    stored = live_session(context, asked.learner_id)
    if stored is None or not _rests_on(stored.value, asked):
        return None, [left_alone(asked.learner_id, stored)]
    return end_session(context, asked.learner_id, stored)


def _rests_on(live: Live, asked: EntitlementRevocationRequested) -> bool:
    return (live.course_id, live.entitlement_id) == (asked.course_id, asked.entitlement_id)


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
