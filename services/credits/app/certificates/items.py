"""Where certificates lie."""

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.store import Key

CERTIFICATES = "CERT#"


def certificate_key(learner_id: LearnerId, credential: Credential, revision: int) -> Key:
    """One revision of a certificate."""
    return Key(learner_pk(learner_id), f"{CERTIFICATES}{credential}#{revision:06d}")
