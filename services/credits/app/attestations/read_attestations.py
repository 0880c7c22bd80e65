"""Reading certificates of completion, with what the ledger says of them now."""

from dataclasses import dataclass

from services.credits.app.attestations.items import (
    ATTESTATIONS,
    AttestationPointer,
    PrintedName,
    attestation_key,
    code_key,
    printed_name_key,
)
from services.credits.app.attestations.problems import (
    ATTESTATION_NOT_FOUND,
    AWARD_REVOKED,
    AWARD_UNDER_REVIEW,
    NAME_ERASED,
)
from services.credits.app.ledger.items import learner_pk, read_entries
from services.credits.domain.attestations import Attestation, award_of
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Entry
from services.credits.domain.review import Standing, standing_of
from services.kit.store import Page, Store, required


@dataclass(frozen=True)
class AttestationView:
    """A certificate with the award that it certifies, and whether the ledger still stands behind it."""

    attestation: Attestation
    award: Entry
    standing: Standing


def list_attestations(store: Store, learner_id: LearnerId) -> list[AttestationView]:
    """A learner's certificates, newest first."""
    entries = read_entries(store, learner_id)
    found = [item.value for item in store.query(learner_pk(learner_id), ATTESTATIONS, Attestation)]
    found.sort(key=lambda attestation: (attestation.issued_at, attestation.entry_id), reverse=True)
    return [_issued(entries, attestation) for attestation in found]


def page_attestations(store: Store, learner_id: LearnerId, after: EntryId | None, limit: int) -> Page[AttestationView]:
    """A page of a learner's certificates, newest first, from the one after that of the award `after`."""
    found = list_attestations(store, learner_id)
    begins = next((place for place, of in enumerate(found, 1) if of.attestation.entry_id == after), 0)
    page = found[begins : begins + limit]
    return Page(page, page[-1].attestation.entry_id if len(found) > begins + limit else None)


def read_attestation(store: Store, learner_id: LearnerId, entry_id: EntryId) -> tuple[AttestationView, str]:
    """A learner's certificate that still holds, and the name on it.

    Raises:
        Problem: ATTESTATION_NOT_FOUND, AWARD_UNDER_REVIEW, AWARD_REVOKED, NAME_ERASED.
    """
    found = required(store.get(attestation_key(learner_id, entry_id), Attestation), ATTESTATION_NOT_FOUND.problem())
    issued = _issued(read_entries(store, learner_id), found.value)
    require_valid(issued.standing)
    name = required(printed_name(store, found.value), NAME_ERASED.problem())
    return issued, name


def find_attestation(store: Store, code: str) -> AttestationView | None:
    """The certificate with this code; None where there is none."""
    pointer = store.get(code_key(code), AttestationPointer)
    if pointer is None:
        return None
    learner_id = pointer.value.learner_id
    found = store.get(attestation_key(learner_id, pointer.value.entry_id), Attestation)
    if found is None:
        raise LookupError(f"the code of entry {pointer.value.entry_id} leads nowhere")
    return _issued(read_entries(store, learner_id), found.value)


def printed_name(store: Store, attestation: Attestation) -> str | None:
    """The name on a certificate; None once the person was erased."""
    found = store.get(printed_name_key(attestation.learner_id, attestation.entry_id), PrintedName)
    return found.value.name if found else None


def require_valid(found: Standing) -> None:
    """Raises AWARD_UNDER_REVIEW or AWARD_REVOKED unless an award stands."""
    if found is Standing.UNDER_REVIEW:
        raise AWARD_UNDER_REVIEW.problem()
    if found is Standing.VOID:
        raise AWARD_REVOKED.problem()


def _issued(entries: list[Entry], attestation: Attestation) -> AttestationView:
    award = award_of(entries, attestation.entry_id)
    if award is None:
        raise LookupError(f"entry {attestation.entry_id} is certified but not in the ledger")
    return AttestationView(attestation, award, standing_of(award, entries))
