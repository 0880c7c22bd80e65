"""Where certificates lie, and how they stand."""

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.store import Key, Store

CERTIFICATES = "CERT#"


def certificate_key(learner_id: LearnerId, credential: Credential, revision: int) -> Key:
    """One revision of a certificate."""
    return Key(learner_pk(learner_id), f"{CERTIFICATES}{credential}#{revision:06d}")


def current_certificates(store: Store, learner_id: LearnerId) -> dict[Credential, Certificate]:
    """The newest revision of each of the learner's certificates."""
    revisions = store.query(learner_pk(learner_id), CERTIFICATES, Certificate)
    return {stored.value.credential: stored.value for stored in revisions}
