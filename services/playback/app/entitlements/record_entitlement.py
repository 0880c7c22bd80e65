"""Keeping playback's own view of entitlements, from orders' events."""

from services.kit.clock import to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Key, Put
from services.playback.app.context import Context
from services.playback.app.items import grant_key
from services.playback.domain.entitlement import Entitlement, renew_entitlement
from services.playback.events.consumed import EntitlementGranted


def record_entitlement(ctx: Context, event: Envelope) -> None:
    """Adds an entitlement to the learner's set; older news of the same one, or of one taken away, changes nothing."""
    data = EntitlementGranted.model_validate(event.data)
    entitlement = Entitlement(
        id=data.entitlement_id,
        basis=data.basis,
        counts_against_member_quota=data.counts_against_member_quota,
        sequence=event.place,
        valid_until=to_ms(data.valid_until) if data.valid_until else None,
    )
    key = grant_key(data.learner_id, data.course_id, data.entitlement_id)
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, key, entitlement))


def _plan(ctx: Context, key: Key, entitlement: Entitlement) -> Change:
    known = ctx.store.get(key, Entitlement)
    if known and (known.value.revoked_at is not None or known.value.sequence >= entitlement.sequence):
        return Change()
    return Change([known.put(renew_entitlement(known.value, entitlement)) if known else Put(key, entitlement)])
