"""A learner's certificates: append-only revisions, so that no hours move by editing a date."""

from datetime import date, datetime
from enum import StrEnum

from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.periods import Period, contains
from services.kit.kinds import ID_ONLY, Emptied, Kept, stored


class State(StrEnum):
    """Hours are awarded to a confirmed certificate only."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Emptied("number"),
        Kept("period_start", "validity", because="the ledger's periods rest on them", until="the table goes"),
        Kept("by", because="staff answer for what they did", until="the table goes"),
    ),
)
class Certificate:
    """One revision of what is known about a certificate; the highest `revision` counts, earlier ones stay.

    `period_start` is the civil date (Asia/Shanghai) on which the first period counted here starts.
    `by` is who said so: the learner's id for a registration, the administrator's for a confirmation or renewal.
    `validity` are the days on which it is valid, as far as anybody has said; once confirmed, spans are only added.
    """

    revision: int
    learner_id: LearnerId
    credential: Credential
    number: str
    period_start: date
    state: State
    at: datetime
    by: str
    validity: tuple[Period, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether an administrator has confirmed it."""
        return self.state is State.CONFIRMED

    def valid_on(self, day: date) -> bool:
        """Whether it is valid on a day, Asia/Shanghai; taken for valid where nobody has said."""
        return not self.validity or any(contains(span, day) for span in self.validity)
