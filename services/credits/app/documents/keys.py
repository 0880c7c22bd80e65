"""Where documents and notices are kept, beside what `keys` says of the account."""

from datetime import date

from services.credits.app.keys import learner_pk, profile_key
from services.kit.store import Key

ATTESTATIONS = "ATTESTATION#"
PRINTED_NAMES = "PRINTED_NAME#"
REVOKED = "REVOKED#"


def attestation_key(learner_id: str, entry_id: str) -> Key:
    """The certificate of completion of one award."""
    return Key(learner_pk(learner_id), f"{ATTESTATIONS}{entry_id}")


def code_key(code: str) -> Key:
    """Where a certificate's code leads."""
    return Key(f"CODE#{code}", "CODE")


def printed_name_key(learner_id: str, entry_id: str) -> Key:
    """The name on a certificate: personal, so apart from everything that stays."""
    return Key(profile_key(learner_id).pk, f"{PRINTED_NAMES}{entry_id}")


def place_key(status_list: date, index: int) -> Key:
    """One place of a status list, taken by one certificate."""
    return Key(status_list_pk(status_list), f"PLACE#{index:06d}")


def revoked_key(status_list: date, index: int) -> Key:
    """The mark that the certificate in this place is revoked."""
    return Key(status_list_pk(status_list), f"{REVOKED}{index:06d}")


def status_list_pk(status_list: date) -> str:
    """The partition of one status list."""
    return f"STATUS#{status_list}"
