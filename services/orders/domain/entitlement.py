"""The right to watch a course, and how it is come by."""

from datetime import datetime
from enum import StrEnum

from services.kit.kinds import ID_ONLY, stored
from services.orders.domain.ids import CourseId, EntitlementId, LearnerId, OrderId


class Basis(StrEnum):
    """What an entitlement rests on."""

    CLAIM = "claim"
    PURCHASE = "purchase"
    MEMBERSHIP = "membership"


@stored(shape=1, personal=ID_ONLY)
class Entitlement:
    """One right of one learner to watch one course; there may be several for a course, each on its own basis.

    It ends at `valid_until` (not included), or never. One that was bought names its order.
    """

    entitlement_id: EntitlementId
    learner_id: LearnerId
    course_id: CourseId
    basis: Basis
    counts_against_member_quota: bool
    granted_at: datetime
    valid_until: datetime | None
    order_id: OrderId | None = None
    revoked_at: datetime | None = None

    def valid_at(self, instant: datetime) -> bool:
        """Whether it holds at this instant."""
        over = self.valid_until is not None and instant >= self.valid_until
        return self.granted_at <= instant and not over and self.revoked_at is None


@stored(shape=1, personal=ID_ONLY)
class Claim:
    """A member took a recommended course: once, for ever.

    The recommendation is recorded: `course_sequence` is the publication of the course that made it, so that later
    publications do not touch the claim.
    """

    learner_id: LearnerId
    course_id: CourseId
    course_sequence: int
    claimed_at: datetime
    entitlement_id: EntitlementId
