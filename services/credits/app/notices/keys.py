"""Where a learner's notices are kept."""

from services.credits.app.keys import learner_pk
from services.kit.store import Key

NOTICES = "NOTICE#"
_LAST = 9_999_999_999


def notice_key(learner_id: str, number: int) -> Key:
    """One notice; counted down, so that the newest comes first."""
    return Key(learner_pk(learner_id), f"{NOTICES}{_LAST - number:010d}")


def box_key(learner_id: str) -> Key:
    """The learner's inbox; every new notice writes it."""
    return Key(learner_pk(learner_id), "BOX")


def mail_settings_key(learner_id: str) -> Key:
    """What the learner wants by e-mail."""
    return Key(learner_pk(learner_id), "MAIL_SETTINGS")


def mailed_key(learner_id: str, number: int) -> Key:
    """What became of the e-mail of a notice."""
    return Key(learner_pk(learner_id), f"MAILED#{number:010d}")


def noticed_key(learner_id: str, event_id: str) -> Key:
    """The mark that an event was told. It never expires, so an event replayed after years is not told again."""
    return Key(learner_pk(learner_id), f"NOTICED#{event_id}")
