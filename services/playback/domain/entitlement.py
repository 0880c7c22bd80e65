"""Who may watch what: a set of entitlements, so that losing one leaves the others."""

from collections.abc import Sequence
from dataclasses import replace

from services.kit.kinds import ID_ONLY, stored
from services.playback.domain.ids import EntitlementId

MEMBERSHIP = "membership"
_PREFERENCE = ("purchase", "claim", MEMBERSHIP)
"""A watch rests on the entitlement that costs the learner least: the first two leave the member quota alone."""


@stored(shape=1, personal=ID_ONLY)
class Entitlement:
    """One entitlement as orders granted it, or a membership's period; `valid_until` in milliseconds since 1970.

    `basis` and `counts_against_member_quota` go on to credits with the completion. `sequence` orders what orders says.
    `revoked_at` is when it was taken away, for good: a purchase after a refund is another entitlement.
    `membership_period_id` names the period, of a membership, whose quota the hours are charged to.
    """

    id: EntitlementId
    basis: str
    counts_against_member_quota: bool
    sequence: int
    valid_until: int | None = None
    revoked_at: int | None = None
    membership_period_id: EntitlementId | None = None

    def is_valid(self, now: int) -> bool:
        """Whether it holds at this instant (half-open: not at its end)."""
        return self.revoked_at is None and (self.valid_until is None or now < self.valid_until)


def renew_entitlement(entitlement: Entitlement, news: Entitlement) -> Entitlement:
    """The entitlement as orders tells it now."""
    return replace(
        entitlement,
        basis=news.basis,
        counts_against_member_quota=news.counts_against_member_quota,
        sequence=news.sequence,
        valid_until=news.valid_until,
    )


def revoke_entitlement(entitlement: Entitlement | None, id_: EntitlementId, now: int) -> Entitlement:
    """The entitlement without effect from now on; where it was not granted here yet, it never will have any."""
    if entitlement is None:
        entitlement = Entitlement(id_, basis="", counts_against_member_quota=False, sequence=0)
    return replace(entitlement, revoked_at=now)


def best_entitlement(entitlements: Sequence[Entitlement], now: int) -> Entitlement | None:
    """The entitlement a watch that starts now rests on; None where no entitlement is valid."""
    valid = [entitlement for entitlement in entitlements if entitlement.is_valid(now)]
    return min(valid, key=_preference, default=None)


def _preference(entitlement: Entitlement) -> tuple[int, str]:
    known = entitlement.basis in _PREFERENCE
    return (_PREFERENCE.index(entitlement.basis) if known else len(_PREFERENCE), entitlement.id)
