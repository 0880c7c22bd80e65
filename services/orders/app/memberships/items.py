"""What is kept of memberships, and where."""

from services.kit.store import ABSENT, Key, Stored
from services.orders.app.context import Context
from services.orders.app.items import learner_pk
from services.orders.domain.ids import LearnerId
from services.orders.domain.membership import Membership


def membership_key(learner_id: LearnerId) -> Key:
    """A learner's membership."""
    return Key(learner_pk(learner_id), "MEMBERSHIP")


def stored_membership(ctx: Context, learner_id: LearnerId) -> Stored[Membership]:
    """The membership as it is kept; an empty one where there is none."""
    key = membership_key(learner_id)
    return ctx.store.get(key, Membership) or Stored(key, Membership(learner_id), ABSENT)
