"""Taking an entitlement or a period of membership back, unless a watch was completed on it before."""

from collections.abc import Sequence

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import grant_key, membership_key
from services.playback.app.watching.end_session import end_session, unchanged_session
from services.playback.app.watching.legs import save_watch
from services.playback.app.watching.watches import read_attempts, read_live
from services.playback.domain.entitlement import Entitlement, revoke_entitlement
from services.playback.domain.ids import CourseId
from services.playback.domain.membership import MembershipPeriod, revoke_period
from services.playback.domain.watch import Attempt, Live, lose_entitlement
from services.playback.events.consumed import EntitlementRevocationRequested as Request
from services.playback.events.published import EntitlementRevocationDecided


def decide_revocation(ctx: Context, event: Envelope) -> None:
    """Takes it back and ends the session that rests on it, or finds a watch completed on it; tells which.

    An administrator may have one taken back that was completed on: then the answer names those watches, whose records
    stay as they are. All of it is one transaction. A completion and a start write the live item: it is read before the
    attempts, and written or checked, so whatever happens meanwhile makes this decide again. The attempts on a lost
    entitlement are written too; those on a period may be more than a transaction takes, and only the live one of them
    can be completed without a start, which asks for the period.
    """
    request = Request.model_validate(event.data)
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, event, request))


def _plan(ctx: Context, event: Envelope, request: Request) -> Change:
    live = read_live(ctx.store, request.learner_id)
    attempts = read_attempts(ctx.store, request.learner_id, request.course_id)
    resting = [stored for stored in attempts if stored.value.entitlement.id == request.entitlement_id]
    completed = [stored.value.watch_id for stored in resting if stored.value.completed_at is not None]
    revoked = request.even_if_completed or not completed
    unfinished = [stored for stored in resting if stored.value.completed_at is None]
    writes = _take_back(ctx, request, live, unfinished) if revoked else []
    decided = EntitlementRevocationDecided(
        revocation_id=request.revocation_id,
        learner_id=request.learner_id,
        entitlement_id=request.entitlement_id,
        outcome="revoked" if revoked else "already_completed",
        watch_id=None if revoked else completed[0],
        completed_watch_ids=completed,
    )
    return Change(writes, [_told(ctx, event, decided)])


def _told(ctx: Context, event: Envelope, decided: EntitlementRevocationDecided) -> Envelope:
    return ctx.events.make(
        EntitlementRevocationDecided.TYPE,
        decided,
        subject=decided.revocation_id,
        correlation_id=event.correlation_id,
        causation_id=event.id,
    )


def _take_back(
    ctx: Context, request: Request, live: Stored[Live] | None, resting: Sequence[Stored[Attempt]]
) -> list[Write]:
    taking = _entitlement(ctx, request, request.course_id) if request.course_id else _period(ctx, request)
    if taking is None:
        return []
    ended, session = _end_session(ctx, request, live)
    now = ctx.time_of_call(live.value if live else None)
    if request.course_id is None:
        resting = [stored for stored in resting if ended and stored.value.watch_id == ended.value.watch_id]
    return [taking, *session, *(write for watch in resting for write in _save(watch, ended, now))]


def _entitlement(ctx: Context, request: Request, course_id: CourseId) -> Put | None:
    """Its write; None where it was taken back before. Its grant may come later, and must then find this."""
    key = grant_key(request.learner_id, course_id, request.entitlement_id)
    known = ctx.store.get(key, Entitlement)
    if known and known.value.revoked_at is not None:
        return None
    revoked = revoke_entitlement(known.value if known else None, request.entitlement_id, ctx.time_of_call(None))
    return known.put(revoked) if known else Put(key, revoked)


def _period(ctx: Context, request: Request) -> Put | None:
    """The same of a period."""
    key = membership_key(request.learner_id, request.entitlement_id)
    known = ctx.store.get(key, MembershipPeriod)
    if known and known.value.revoked:
        return None
    revoked = revoke_period(known.value if known else None, request.entitlement_id)
    return known.put(revoked) if known else Put(key, revoked)


def _end_session(ctx: Context, request: Request, live: Stored[Live] | None) -> tuple[Stored[Live] | None, list[Write]]:
    """The live state that the session's end leads to, and its writes; only looked at where it rests on another."""
    if live is None or live.value.entitlement_id != request.entitlement_id:
        return None, [unchanged_session(request.learner_id, live)]
    return end_session(ctx, request.learner_id, live)


def _save(watch: Stored[Attempt], live: Stored[Live] | None, now: int) -> list[Write]:
    lost = lose_entitlement(watch.value, now)
    if live is None or live.value.watch_id != lost.watch_id:
        return [watch.put(lost)]
    return save_watch(watch, lost, live, now)[1]
