"""What anybody who holds a certificate's code may learn: whether it holds, and what it is for."""

from dataclasses import dataclass

from services.credits.app.attestations.problems import ATTESTATION_NOT_FOUND, NAME_ERASED
from services.credits.app.attestations.read_attestations import AttestationView, find_attestation, printed_name
from services.credits.domain.attestations import read
from services.credits.domain.names import masked, same_name
from services.kit.store import Store, required


@dataclass(frozen=True)
class VerificationView:
    """A certificate as strangers see it. `holder` is masked; None once the person was erased."""

    issued: AttestationView
    holder: str | None


def verify_attestation(store: Store, code: str) -> VerificationView:
    """Looks a code up, however it was typed. Raises ATTESTATION_NOT_FOUND, the same whatever is wrong with it."""
    issued = _find(store, code)
    name = printed_name(store, issued.attestation)
    return VerificationView(issued, masked(name) if name else None)


def check_name(store: Store, code: str, name: str) -> bool:
    """Whether this is the name on the certificate: who holds the document knows it, and need not be told.

    Raises:
        Problem: ATTESTATION_NOT_FOUND, NAME_ERASED.
    """
    printed = required(printed_name(store, _find(store, code).attestation), NAME_ERASED.problem())
    return same_name(printed, name)


def _find(store: Store, text: str) -> AttestationView:
    code = read(text)
    issued = find_attestation(store, code) if code else None
    if issued is None:
        raise ATTESTATION_NOT_FOUND.problem()
    return issued
