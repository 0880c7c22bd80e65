"""Taking an entitlement or a period of membership back, unless a watch was completed on it before."""

from itertools import count

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Check, Put, Write
from services.playback.app.context import Context
from services.playback.app.items import grant_key, live_key, membership_key
from services.playback.app.watching.end_session import end_session
from services.playback.app.watching.watches import read_attempts, read_live
from services.playback.domain.entitlement import Entitlement, revoke_entitlement
from services.playback.domain.ids import CourseId
from services.playback.domain.membership import MembershipPeriod, revoke_period
from services.playback.events.consumed import EntitlementRevocationRequested as Request
from services.playback.events.published import EntitlementRevocationDecided

SEEN_BY_RELEASE_1_0_0 = 3
"""So often a decision also needs the live item as it was read: a completion by release 1.0.0, while it still runs
beside this code, writes no right, only that. A learner who keeps moving it gains so many tries of milliseconds."""


def decide_revocation(ctx: Context, event: Envelope) -> None:
    """Takes it back, or finds a watch completed on it; tells which, and ends the session that rests on it.

    An administrator may have one taken back that was completed on: then the answer names those watches, whose records
    stay as they are. Whether it or a completion came first is decided by the version of the right alone: it is read
    before the attempts, and a completion writes it. A start needs it, too. So nothing waits for what a learner moves;
    the session is ended afterwards, again and again until it is.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    request = Request.model_validate(event.data)
    tries = count()
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, event, request, next(tries)))
    if _is_taken_back(ctx, request):
        end_session(ctx, request.learner_id, lambda live: live.entitlement_id == request.entitlement_id)


def _plan(ctx: Context, event: Envelope, request: Request, tries: int) -> Change:
    live = read_live(ctx.store, request.learner_id)
    taking = _entitlement(ctx, request, request.course_id) if request.course_id else _period(ctx, request)
    attempts = read_attempts(ctx.store, request.learner_id, request.course_id)
    resting = [stored for stored in attempts if stored.value.entitlement.id == request.entitlement_id]
    completed = [stored.value.watch_id for stored in resting if stored.value.completed_at is not None]
    revoked = request.even_if_completed or not completed
    unmoved = [Check(live_key(request.learner_id), live.version if live else ABSENT)]
    decided = EntitlementRevocationDecided(
        revocation_id=request.revocation_id,
        learner_id=request.learner_id,
        entitlement_id=request.entitlement_id,
        outcome="revoked" if revoked else "already_completed",
        watch_id=None if revoked else completed[0],
        completed_watch_ids=completed,
    )
    told = ctx.events.make(
        decided, subject=decided.revocation_id, correlation_id=event.correlation_id, causation_id=event.id
    )
    writes: list[Write] = [taking] if revoked and taking else []
    if writes and tries < SEEN_BY_RELEASE_1_0_0:
        writes += unmoved
    return Change(writes, [told])


def _is_taken_back(ctx: Context, request: Request) -> bool:
    return (_entitlement(ctx, request, request.course_id) if request.course_id else _period(ctx, request)) is None


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
