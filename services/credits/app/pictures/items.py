"""Where pictures lie. Each has a key of its own: nobody who may put one can reach what is looked at.

A bucket's rules delete what was sent after a day, and what is kept after thirty (infra/stacks/credits_people.py).
"""

from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId

SENT, KEPT = "sent/", "kept/"


def sent_key(learner_id: LearnerId, credential: Credential, picture: str) -> str:
    """Where its learner puts a picture."""
    return f"{sent_of(learner_id, credential)}{picture}"


def kept_key(learner_id: LearnerId, credential: Credential, picture: str) -> str:
    """Where it is looked at, once it was checked."""
    return f"{kept_of(learner_id, credential)}{picture}"


def sent_of(learner_id: LearnerId, credential: Credential | None = None) -> str:
    """How the keys begin of what a learner has put."""
    return f"{SENT}{learner_id}/{f'{credential}/' if credential else ''}"


def kept_of(learner_id: LearnerId, credential: Credential | None = None) -> str:
    """How the keys begin of a learner's pictures."""
    return f"{KEPT}{learner_id}/{f'{credential}/' if credential else ''}"
