"""What is kept of memberships, and where."""

from services.kit.store import Key
from services.orders.app.items import learner


def membership_key(learner_id: str) -> Key:
    """A learner's membership."""
    return Key(learner(learner_id), "MEMBERSHIP")
