"""Where deadlines are filed, and what was done about them."""

from datetime import date

from services.credits.app.keys import learner_pk
from services.credits.domain.credentials import Credential
from services.kit.store import Key


def deadlines_pk(day: date) -> str:
    """The certificates whose period ends on a day."""
    return f"DEADLINE#{day}"


def deadline_key(day: date, learner_id: str, credential: Credential) -> Key:
    """One certificate whose period ends on a day."""
    return Key(deadlines_pk(day), f"{learner_id}#{credential}")


def reminded_key(learner_id: str, credential: Credential, period_start: date, days: int) -> Key:
    """The mark that a reminder of a period was given. It never expires."""
    return Key(learner_pk(learner_id), f"REMINDED#{credential}#{period_start}#{days:02d}")


def walked_key() -> Key:
    """Up to which day the walk has come."""
    return Key("DEADLINES", "WALKED")
