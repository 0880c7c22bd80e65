"""What a learner owns."""

from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlements
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import LearnerId


def list_entitlements(ctx: Context, learner_id: LearnerId) -> list[Entitlement]:
    """A learner's entitlements that hold now, by course."""
    now = ctx.clock.now()
    found = (stored.value for stored in ctx.store.query(*entitlements(learner_id), Entitlement))
    return [entitlement for entitlement in found if entitlement.valid_at(now)]
