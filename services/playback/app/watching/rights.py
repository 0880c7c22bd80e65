"""What a session rests on: an entitlement or a period of membership, and whether it has been taken back."""

from typing import Any

from services.kit.store import Put, Store, Stored
from services.playback.app.items import grant_key, membership_key
from services.playback.app.watching.problems import ENTITLEMENT_REVOKED, saved_part
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import LearnerId
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.watch import Live

Right = Stored[Entitlement] | Stored[MembershipPeriod]


def refuse_lost_right(store: Store, learner_id: LearnerId, live: Live) -> None:
    """Lets nobody go on with a session whose right was taken back, whether or not the session has been ended yet.

    Raises:
        Problem: ENTITLEMENT_REVOKED.
    """
    right = _right(store, learner_id, live)
    if right and not _carries(right, live):
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))


def completed_on(store: Store, learner_id: LearnerId, live: Live) -> Put:
    """The write of a completion that decides whether it or a revocation came first: both replace the right's version.

    Nothing else that a learner does moves that version, so no learner can hold a revocation up.

    Raises:
        Problem: ENTITLEMENT_REVOKED where the revocation came first.
    """
    right: Stored[Any] | None = _right(store, learner_id, live)
    if right is None or not _carries(right, live):
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))
    return right.put(right.value)


def _right(store: Store, learner_id: LearnerId, live: Live) -> Right | None:
    granted = store.get(grant_key(learner_id, live.course_id, live.entitlement_id), Entitlement)
    return granted or store.get(membership_key(learner_id, live.entitlement_id), MembershipPeriod)


def _carries(right: Right, live: Live) -> bool:
    if isinstance(right.value, MembershipPeriod):
        return right.value.still_allows(live.entitled_until)
    return right.value.revoked_at is None
