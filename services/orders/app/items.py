"""What keys and ids of several subjects have in common."""

from services.orders.app.context import Context
from services.orders.domain.ids import LearnerId

_COMPLEMENTS = str.maketrans("0123456789", "9876543210")
_RANDOM_DIGITS = 18


def learner_pk(learner_id: LearnerId) -> str:
    """Partition of what is a learner's."""
    return f"LEARNER#{learner_id}"


def newest_first(text: str) -> str:
    """The text with its leading second (14 digits) turned round, so that later ones sort before earlier ones."""
    return text[:14].translate(_COMPLEMENTS) + text[14:]


def new_number(ctx: Context) -> str:
    """An id of 32 digits that begins with the second it was made in: its hour is the partition it is kept in."""
    return f"{ctx.clock.now():%Y%m%d%H%M%S}{ctx.ids.new()[-_RANDOM_DIGITS:]}"
