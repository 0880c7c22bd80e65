"""Keeping playback's own view of memberships, and ending what can no longer be watched on one."""

from services.kit.clock import to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put
from services.playback.app.context import Context
from services.playback.app.items import membership_key
from services.playback.app.watching.end_session import end_session
from services.playback.domain.ids import LearnerId
from services.playback.domain.membership import MembershipPeriod, renew_period
from services.playback.domain.watch import Live
from services.playback.events.consumed import MembershipChanged


def record_membership(ctx: Context, event: Envelope) -> None:
    """Records how a period stands, unless newer is known; a session on it that it no longer allows ends then.

    What was completed stays: this is a state, and a refund asks before (`decide_revocation`). Revoked is for good. It
    waits for nothing that a learner does: a start and a completion write under the period's version.

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
        sequence=event.place,
    )
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, data.learner_id, period))
    known = ctx.store.get(membership_key(data.learner_id, period.id), MembershipPeriod)
    if known:
        end_session(ctx, data.learner_id, lambda live: _ends(live, known.value))


def _plan(ctx: Context, learner_id: LearnerId, period: MembershipPeriod) -> Change:
    key = membership_key(learner_id, period.id)
    known = ctx.store.get(key, MembershipPeriod)
    if known and (known.value.revoked or known.value.sequence >= period.sequence):
        return Change()
    return Change([known.put(renew_period(known.value, period)) if known else Put(key, period)])


def _ends(live: Live, period: MembershipPeriod) -> bool:
    return live.entitlement_id == period.id and not period.still_allows(live.entitled_until)
