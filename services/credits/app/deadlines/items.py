"""Where deadlines are filed, and what was done about them."""

from datetime import date, datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, NOTHING, stored
from services.kit.store import Key


@stored(shape=1, personal=ID_ONLY)
class Deadline:
    """Whose certificate's period ends on the day that this is filed under."""

    learner_id: LearnerId
    credential: Credential


def deadlines_pk(day: date) -> str:
    """The partition of the certificates whose period ends on a day."""
    return f"DEADLINE#{day}"


def deadline_key(day: date, deadline: Deadline) -> Key:
    """One certificate whose period ends on a day."""
    return Key(deadlines_pk(day), f"{deadline.learner_id}#{deadline.credential}")


@stored(shape=1, personal=ID_ONLY)
class Reminder:
    """That a reminder was given, with so many days left."""

    at: datetime
    days_left: int


def reminder_key(deadline: Deadline, period_start: date, days: int) -> Key:
    """The mark that a reminder of a period was given. It never expires."""
    sk = f"REMINDED#{deadline.credential}#{period_start}#{days:02d}"
    return Key(learner_pk(deadline.learner_id), sk)


def year_reminder_key(deadline: Deadline, year_start: date, days: int) -> Key:
    """The mark that a reminder of a year of a period was given; a period may begin on the same day."""
    sk = f"REMINDED#{deadline.credential}#YEAR#{year_start}#{days:02d}"
    return Key(learner_pk(deadline.learner_id), sk)


@stored(shape=1, personal=NOTHING)
class WalkMark:
    """Up to which day everything due was done."""

    day: date


def walk_key() -> Key:
    """Up to which day the walk has come."""
    return Key("DEADLINES", "WALKED")
