"""Where it lies which certificates of completion are revoked."""

from datetime import date, datetime

from services.credits.app.attestations.items import status_list_pk
from services.kit.kinds import NOTHING, stored
from services.kit.store import Key

REVOKED = "REVOKED#"


@stored(shape=1, personal=NOTHING)
class RevokedPlace:
    """A revoked certificate's place, and since when it is published."""

    index: int
    at: datetime


def revoked_key(status_list: date, index: int) -> Key:
    """The mark that the certificate in this place is revoked."""
    return Key(status_list_pk(status_list), f"{REVOKED}{index:06d}")
