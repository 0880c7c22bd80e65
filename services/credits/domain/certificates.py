"""A learner's certificates: append-only revisions, so that no hours move by editing a date."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.credits.domain.credentials import Credential


class State(StrEnum):
    """Hours are awarded to a confirmed certificate only."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Certificate:
    """One revision of what is known about a certificate; the highest `revision` counts, earlier ones stay.

    `period_start` is the civil date (Asia/Shanghai) on which the first period counted here starts.
    `by` is who said so: the learner's id for a registration, the administrator's for a confirmation.
    """

    revision: int
    learner_id: str
    credential: Credential
    number: str
    period_start: date
    state: State
    at: datetime
    by: str

    @property
    def confirmed(self) -> bool:
        """Whether an administrator has confirmed it."""
        return self.state is State.CONFIRMED
