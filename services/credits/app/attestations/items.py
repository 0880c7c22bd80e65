"""Where certificates of completion lie."""

from datetime import date, datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.app.profiles.items import person_pk
from services.credits.domain.ids import EntryId, LearnerId
from services.kit.kinds import ID_ONLY, NOTHING, Emptied, stored
from services.kit.store import Key

ATTESTATIONS = "ATTESTATION#"
PRINTED_NAMES = "PRINTED_NAME#"


def attestation_key(learner_id: LearnerId, entry_id: EntryId) -> Key:
    """The certificate of completion of one award."""
    return Key(learner_pk(learner_id), f"{ATTESTATIONS}{entry_id}")


@stored(shape=1, personal=ID_ONLY)
class AttestationPointer:
    """Which certificate a code stands for."""

    learner_id: LearnerId
    entry_id: EntryId


def code_key(code: str) -> Key:
    """Where a certificate's code leads."""
    return Key(f"CODE#{code}", "CODE")


@stored(shape=1, personal=(ID_ONLY, Emptied("name")))
class PrintedName:
    """The learner's real name as it was when the certificate was issued; None once the person was erased."""

    name: str | None


def printed_name_key(learner_id: LearnerId, entry_id: EntryId) -> Key:
    """The name on a certificate: personal, so apart from everything that stays."""
    return Key(person_pk(learner_id), f"{PRINTED_NAMES}{entry_id}")


def status_list_pk(status_list: date) -> str:
    """The partition of one status list."""
    return f"STATUS#{status_list}"


@stored(shape=1, personal=NOTHING)
class StatusPlace:
    """A place in a status list that is taken."""

    taken_at: datetime


def place_key(status_list: date, index: int) -> Key:
    """One place of a status list, taken by one certificate."""
    return Key(status_list_pk(status_list), f"PLACE#{index:06d}")
