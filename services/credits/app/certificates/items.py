"""Where certificates lie, and how they stand."""

from datetime import datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.app.profiles.items import is_erased, person_pk
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.kinds import Emptied, stored
from services.kit.store import Key, Store, Stored, read_or

CERTIFICATES = "CERT#"
HOLDERS = "HOLDER#"


def certificate_key(learner_id: LearnerId, credential: Credential, revision: int) -> Key:
    """One revision of a certificate."""
    return Key(learner_pk(learner_id), f"{CERTIFICATES}{credential}#{revision:06d}")


@stored(shape=1, personal=Emptied("name", "proof", "returned"))
class CertificateHolder:
    """What binds a certificate to a person: personal, so apart from everything that stays.

    `name` is the holder's as an administrator confirmed it with the number, at `named_at`: documents take it. By
    `proof` the certificate can be checked, as the learner says. It waits for an administrator since `waits_since`; one
    that could not be confirmed was `returned` with these words, at `returned_at`, and waits for the learner.
    `picture` is the id of the picture that the learner sent as proof, at `picture_sent_at`; a decision ends it.
    """

    name: str | None = None
    named_at: datetime | None = None
    proof: str | None = None
    waits_since: datetime | None = None
    returned: str | None = None
    returned_at: datetime | None = None
    picture: str | None = None
    picture_sent_at: datetime | None = None


def holder_key(learner_id: LearnerId, credential: Credential) -> Key:
    """Who holds a certificate, as a person."""
    return Key(person_pk(learner_id), f"{HOLDERS}{credential}")


def credential_of(holder: Key) -> Credential:
    """Of which certificate the key of a holder is."""
    return Credential(holder.sk.removeprefix(HOLDERS))


def read_holder(store: Store, learner_id: LearnerId, credential: Credential) -> Stored[CertificateHolder]:
    """What binds a certificate to a person; nothing where nobody has said anything, as before this was kept."""
    return read_or(store, holder_key(learner_id, credential), CertificateHolder())


def confirmed_name(store: Store, learner_id: LearnerId) -> str | None:
    """The name that was confirmed last with one of the learner's certificates; None where none was, or is any more."""
    if is_erased(store, learner_id):
        return None
    holders = [stored.value for stored in store.query(person_pk(learner_id), HOLDERS, CertificateHolder)]
    named = [(holder.named_at, holder.name) for holder in holders if holder.name and holder.named_at]
    return max(named)[1] if named else None


def read_revisions(store: Store, learner_id: LearnerId, credential: Credential) -> list[Certificate]:
    """All that was ever known of a certificate, the first first."""
    prefix = f"{CERTIFICATES}{credential}#"
    return [stored.value for stored in store.query(learner_pk(learner_id), prefix, Certificate)]


def current_certificates(store: Store, learner_id: LearnerId) -> dict[Credential, Certificate]:
    """The newest revision of each of the learner's certificates."""
    revisions = store.query(learner_pk(learner_id), CERTIFICATES, Certificate)
    return {stored.value.credential: stored.value for stored in revisions}
