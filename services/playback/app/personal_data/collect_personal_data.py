"""What playback holds of a person: what they may watch, what they watched and how, and where they did."""

from services.kit.personal_data import Section, section
from services.playback.app.context import RiskContext
from services.playback.app.items import ATTEMPTS, GRANTS, LEGS, MEMBERSHIPS, partition_of_learner, partition_of_watch
from services.playback.app.risk.items import AccountPlaces, account_places_key
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import LearnerId
from services.playback.domain.legs import Leg
from services.playback.domain.membership import MembershipPeriod
from services.playback.domain.watch import Attempt


def collect_personal_data(ctx: RiskContext, learner_id: str) -> list[Section]:
    """All of it but a session that is under way, which is in the watch's records once it has its next one.

    Of records that have aged out the evidence pack has all; signals for reviewers say how cheating is noticed, and
    are left out: what a review comes to stands in the ledger, with its words.
    """
    whose = LearnerId(learner_id)
    mine = partition_of_learner(whose)
    watches = [stored.value for stored in ctx.store.query(mine, ATTEMPTS, Attempt)]
    legs = (leg.value for w in watches for leg in ctx.store.query(partition_of_watch(w.watch_id), LEGS, Leg))
    places = ctx.store.get(account_places_key(whose), AccountPlaces)
    return [
        section("entitlements", "观看权利", "Entitlements", ctx.store.query(mine, GRANTS, Entitlement)),
        section("memberships", "会员期", "Membership periods", ctx.store.query(mine, MEMBERSHIPS, MembershipPeriod)),
        section("watches", "观看", "Watches", watches),
        section("records", "观看记录", "Records of watching", legs),
        section("places", "设备与网络（散列值）", "Devices and addresses, as keyed hashes", [places] if places else []),
    ]
