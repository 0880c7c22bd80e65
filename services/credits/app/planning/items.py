"""What a learner chose for their plan, and where it lies. The plan itself is made anew at each look."""

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key

USUAL_WEEKLY_MINUTES = 90


@stored(shape=1, personal=ID_ONLY)
class PlanSettings:
    """How many minutes a week the learner means to watch."""

    weekly_minutes: int = USUAL_WEEKLY_MINUTES


def plan_settings_key(learner_id: LearnerId) -> Key:
    """What the learner chose for their plan."""
    return Key(learner_pk(learner_id), "PLAN_SETTINGS")
