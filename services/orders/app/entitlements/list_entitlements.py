"""What a learner owns."""

from services.kit.store import Page
from services.kit.store.pages import page_of
from services.orders.app.context import Context
from services.orders.app.entitlements.items import entitlements
from services.orders.domain.entitlement import Entitlement
from services.orders.domain.ids import LearnerId

MAX_ENTITLEMENTS = 200


def list_entitlements(
    ctx: Context, learner_id: LearnerId, after: str = "", limit: int = MAX_ENTITLEMENTS
) -> Page[Entitlement]:
    """A page of a learner's entitlements that hold now, by course, from the one after a page's `after`."""
    pk, prefix = entitlements(learner_id)
    now = ctx.clock.now()
    begins = prefix + after if after else None
    page = page_of(ctx.store, [(pk, prefix)], Entitlement, begins, limit, lambda found: found.valid_at(now))
    return Page(page.items, page.after.removeprefix(prefix) if page.after else None)
