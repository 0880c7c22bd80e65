"""What is kept of memberships, and where."""

from services.kit.store import Key, Stored, read_or
from services.orders.app.context import Context
from services.orders.app.items import learner_pk
from services.orders.domain.ids import LearnerId
from services.orders.domain.membership import Membership


def membership_key(learner_id: LearnerId) -> Key:
    """A learner's membership."""
    return Key(learner_pk(learner_id), "MEMBERSHIP")


def stored_membership(ctx: Context, learner_id: LearnerId) -> Stored[Membership]:
    """The membership as it is kept; an empty one where there is none."""
    return read_or(ctx.store, membership_key(learner_id), Membership(learner_id))
