"""Keeping playback's own view of memberships, and ending what can no longer be watched on one."""

from services.kit.clock import to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import membership_key
from services.playback.app.watching.end_session import end_session, unchanged_session
from services.playback.app.watching.legs import save_watch
from services.playback.app.watching.watches import read_attempt, read_live
from services.playback.domain.ids import LearnerId
from services.playback.domain.membership import MembershipPeriod, renew_period
from services.playback.domain.watch import Live, lose_entitlement
from services.playback.events.consumed import MembershipChanged, sequence_of


def record_membership(ctx: Context, event: Envelope) -> None:
    """Records how a period stands, unless newer is known; a session on it that it no longer allows ends with that.

    What was completed stays: this is a state, and a refund asks before (`decide_revocation`). Revoked is for good. All
    of it is one transaction. A start checks the period's version and writes the live item, as a completion does:
    whoever comes first is seen by the other.

    Raises:
        ValueError: the event is not a membership period's state.
        Conflict: others kept writing; the queue delivers the event again.
    """
    data = MembershipChanged.model_validate(event.data)
    period = MembershipPeriod(
        id=data.membership_period_id,
        valid_from=to_ms(data.valid_from),
        valid_until=to_ms(data.valid_until),
        opens_library=data.opens_library,
        revoked=data.revoked,
        sequence=sequence_of(event),
    )
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, data.learner_id, period))


def _plan(ctx: Context, learner_id: LearnerId, period: MembershipPeriod) -> Change:
    key = membership_key(learner_id, period.id)
    known = ctx.store.get(key, MembershipPeriod)
    if known and (known.value.revoked or known.value.sequence >= period.sequence):
        return Change()
    recorded = known.put(renew_period(known.value, period)) if known else Put(key, period)
    return Change([recorded, *_session(ctx, learner_id, period)])


def _session(ctx: Context, learner_id: LearnerId, period: MembershipPeriod) -> list[Write]:
    live = read_live(ctx.store, learner_id)
    if live is None or live.value.entitlement_id != period.id or period.still_allows(live.value.entitled_until):
        return [unchanged_session(learner_id, live)]
    ended, writes = end_session(ctx, learner_id, live)
    return [*writes, *_watch(ctx, learner_id, ended)]


def _watch(ctx: Context, learner_id: LearnerId, ended: Stored[Live]) -> list[Write]:
    now, stored = ended.value.refilled_at, read_attempt(ctx.store, learner_id, ended.value)
    # A complete watch keeps what it was completed on.
    watch = lose_entitlement(stored.value, now) if ended.value.completed_at is None else stored.value
    return save_watch(stored, watch, ended, now)[1]
