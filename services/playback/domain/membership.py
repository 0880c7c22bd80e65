"""Playback's own narrow view of a membership: when a period of it opens the members' library."""

from dataclasses import replace

from services.kit.kinds import ID_ONLY, stored
from services.playback.domain.entitlement import MEMBERSHIP, Entitlement
from services.playback.domain.ids import EntitlementId


@stored(shape=1, personal=ID_ONLY)
class MembershipPeriod:
    """One period, valid in [valid_from, valid_until), milliseconds since 1970, as orders last told it (`sequence`).

    Once revoked, by orders' word or by our own decision on a refund, it is revoked for good.
    """

    id: EntitlementId
    valid_from: int
    valid_until: int
    opens_library: bool
    revoked: bool
    sequence: int

    def opens(self, now: int) -> bool:
        """Whether a course of the library may be watched on it at this instant."""
        return self.opens_library and not self.revoked and self.valid_from <= now < self.valid_until

    def entitlement(self) -> Entitlement:
        """What a watch that begins or goes on while it opens the library rests on: it ends with the period."""
        return Entitlement(
            id=self.id,
            basis=MEMBERSHIP,
            counts_against_member_quota=True,
            sequence=self.sequence,
            valid_until=self.valid_until,
            membership_period_id=self.id,
        )

    def still_allows(self, until: int | None) -> bool:
        """Whether a session that was opened on it until then may go on."""
        return self.opens_library and not self.revoked and until is not None and until <= self.valid_until


def renew_period(period: MembershipPeriod, news: MembershipPeriod) -> MembershipPeriod:
    """The period as orders tells it now."""
    return replace(
        period,
        valid_from=news.valid_from,
        valid_until=news.valid_until,
        opens_library=news.opens_library,
        revoked=news.revoked,
        sequence=news.sequence,
    )


def revoke_period(period: MembershipPeriod | None, id_: EntitlementId) -> MembershipPeriod:
    """The period taken back; where it was not granted here yet, it never will open anything."""
    if period is None:
        return MembershipPeriod(id_, valid_from=0, valid_until=0, opens_library=False, revoked=True, sequence=0)
    return replace(period, revoked=True)
