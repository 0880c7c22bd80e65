"""Keeping playback's own view of memberships, and ending what can no longer be watched on one."""

from dataclasses import replace

from services.kit.clock import to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Put, Stored, Write
from services.playback.app.context import Context, attempt_key, membership_key
from services.playback.app.end_session import end_session, left_alone, live_session
from services.playback.app.legs import save_watch
from services.playback.domain.entitlement import taken_back
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.watch import Attempt, Live
from services.playback.events.consumed import MembershipChanged


def record_membership(context: Context, event: Envelope) -> None:
    """Records how a period stands, unless newer is known; a session on it that it no longer allows ends with that.

    What was completed stays: this is a state, and a refund asks before (`decide_revocation`). Revoked is for good. All
    of it is one transaction. A start checks the period's version and writes the live item, as a completion does:
    whoever comes first is seen by the other.

    Raises:
        ValueError: the event is not a membership period's state.
        Conflict: others kept writing; the queue delivers the event again.
    """
    if event.sequence is None:
        raise ValueError("a membership's state without a sequence has no place in the order")
    data = MembershipChanged.model_validate(event.data)
    period = _period(data, event.sequence)
    apply_once(context.store, context.clock, event, lambda: _plan(context, data.learner_id, period))


def _plan(context: Context, learner_id: str, period: MembershipPeriod) -> Change:
    key = membership_key(learner_id, period.id)
    known = context.store.get(key, MembershipPeriod)
    if known and (known.value.revoked or known.value.sequence >= period.sequence):
        return Change()
    recorded = Put(key, period, after=known.version if known else ABSENT)
    return Change([recorded, *_session(context, learner_id, period)])


def _session(context: Context, learner_id: str, period: MembershipPeriod) -> list[Write]:
    live = live_session(context, learner_id)
    if live is None or live.value.entitlement_id != period.id or period.still_allows(live.value.entitled_until):
        return [left_alone(learner_id, live)]
    ended, writes = end_session(context, learner_id, live)
    return [*writes, *_watch(context, learner_id, ended)]


def _watch(context: Context, learner_id: str, ended: Stored[Live]) -> list[Write]:
    live, now = ended.value, context.now()
    stored = context.store.get(attempt_key(learner_id, live.course_id, live.attempt), Attempt)
    if stored is None:
        raise LookupError(f"watch {live.watch_id} is live without an attempt")
    if live.completed_at is not None:
        # A complete watch keeps what it was completed on.
        return save_watch(stored, live, ended.version, now)[1]
    watch = stored.value
    lost = replace(watch, entitlement=taken_back(watch.entitlement, watch.entitlement.id, now))
    return save_watch(replace(stored, value=lost), live, ended.version, now)[1]


def _period(data: MembershipChanged, sequence: int) -> MembershipPeriod:
    return MembershipPeriod(
        id=data.membership_period_id,
        valid_from=to_ms(data.valid_from),
        valid_until=to_ms(data.valid_until),
        opens_library=data.opens_library,
        revoked=data.revoked,
        sequence=sequence,
    )
