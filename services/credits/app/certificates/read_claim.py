"""What whoever confirms a certificate looks at, and its holder."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.credits.app.certificates.items import CertificateHolder, current_certificates, read_holder
from services.credits.app.certificates.problems import CERTIFICATE_NOT_FOUND
from services.credits.app.profiles.items import real_name
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.store import Store, required


@dataclass(frozen=True)
class CertificateClaim:
    """A certificate with what binds it to its holder, and what that person says to be called."""

    certificate: Certificate
    holder: CertificateHolder
    real_name: str | None


def read_claims(store: Store, learner_id: LearnerId) -> Iterator[CertificateClaim]:
    """Of each of the learner's certificates."""
    said = real_name(store, learner_id)
    for credential, certificate in current_certificates(store, learner_id).items():
        yield CertificateClaim(certificate, read_holder(store, learner_id, credential).value, said)


def read_claim(store: Store, learner_id: LearnerId, credential: Credential) -> CertificateClaim:
    """Of one certificate. Raises CERTIFICATE_NOT_FOUND."""
    found = {claim.certificate.credential: claim for claim in read_claims(store, learner_id)}
    return required(found.get(credential), CERTIFICATE_NOT_FOUND.problem())
