"""Where a learner's notices lie."""

from datetime import datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import MailOutcome
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key

NOTICES = "NOTICE#"
_LAST = 9_999_999_999


def notice_key(learner_id: LearnerId, number: int) -> Key:
    """One notice; counted down, so that the newest comes first."""
    return Key(learner_pk(learner_id), f"{NOTICES}{_LAST - number:010d}")


def inbox_key(learner_id: LearnerId) -> Key:
    """The learner's inbox; every new notice writes it."""
    return Key(learner_pk(learner_id), "BOX")


def mail_settings_key(learner_id: LearnerId) -> Key:
    """What the learner wants by e-mail."""
    return Key(learner_pk(learner_id), "MAIL_SETTINGS")


@stored(shape=1, personal=ID_ONLY)
class MailRecord:
    """What became of the e-mail of a notice, without the address."""

    outcome: MailOutcome
    at: datetime


def mail_record_key(learner_id: LearnerId, number: int) -> Key:
    """What became of the e-mail of a notice."""
    return Key(learner_pk(learner_id), f"MAILED#{number:010d}")


@stored(shape=1, personal=ID_ONLY)
class NoticeMark:
    """As which notice an event was told."""

    number: int


def notice_mark_key(learner_id: LearnerId, event_id: str) -> Key:
    """The mark that an event was told. It never expires, so an event replayed after years is not told again."""
    return Key(learner_pk(learner_id), f"NOTICED#{event_id}")
