"""What all keys have in common."""

from services.orders.app.context import Context

_COMPLEMENTS = str.maketrans("0123456789", "9876543210")
_RANDOM_DIGITS = 18


def learner(learner_id: str) -> str:
    """Partition of what is a learner's."""
    return f"LEARNER#{learner_id}"


def newest_first(text: str) -> str:
    """The text with its leading second (14 digits) turned round, so that later ones sort before earlier ones."""
    return text[:14].translate(_COMPLEMENTS) + text[14:]


def new_number(context: Context) -> str:
    """An id of 32 digits that begins with the second it was made in: its hour is the partition it is kept in."""
    return f"{context.clock.now():%Y%m%d%H%M%S}{context.ids.new()[-_RANDOM_DIGITS:]}"
