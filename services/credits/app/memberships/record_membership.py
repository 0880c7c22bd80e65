"""Keeps our own view of membership periods, for their quotas."""

from services.credits.app.awarding.settle_holds import settle_holds
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.app.memberships.items import membership_key
from services.credits.domain.quota import MembershipPeriod
from services.credits.events.consumed import MembershipChanged
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, put_newer


def record_membership(ctx: LedgerContext, event: Envelope) -> None:
    """Records how a membership period stands, unless newer is known; then releases what a larger quota covers.

    Raises:
        ValueError: the event is not a membership period's state.
        Conflict: others kept writing; the queue delivers the event again.
    """
    data = MembershipChanged.model_validate(event.data)
    period = MembershipPeriod(
        id=data.membership_period_id,
        valid_from=data.valid_from,
        valid_until=data.valid_until,
        quota_hours=data.quota_hours,
        opens_library=data.opens_library,
        revoked=data.revoked,
        sequence=event.place,
    )
    key = membership_key(data.learner_id, period.id)

    def plan() -> Change:
        # The head is written too, so that no watch is held meanwhile for the quota that was.
        account = Account(ctx, data.learner_id)
        recorded = put_newer(ctx.store, key, period).writes
        return Change([*recorded, account.put_head()] if recorded else [])

    apply_once(ctx.store, ctx.clock, event, plan)
    settle_holds(ctx, data.learner_id, Cause(event.correlation_id, event.id))
