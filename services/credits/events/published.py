"""What credits publishes. The schemas beside this file are generated from these models."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, Field

from services.credits.domain.balances import Requirement
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.declarations import Outcome
from services.credits.domain.ledger import Reason
from services.credits.domain.notices import NoticeKind
from services.kit.events import EventData

HOURS = r"^[0-9]+(\.[0-9]+)?$"


class HoursAwarded(EventData):
    """A fact: the ledger has an award entry."""

    TYPE: ClassVar = "credits.hours_awarded.v1"

    entry_id: str
    learner_id: str
    credential: Credential
    hours: str = Field(pattern=HOURS, description="exact decimal")
    category: Category
    period_start: date = Field(description="civil date, Asia/Shanghai")
    period_end: date | None = Field(description="last day of the period; null where its length is not known")
    watch_id: str
    course_id: str
    awarded_at: datetime


class HoursGranted(EventData):
    """A fact: an administrator has entered hours that were earned elsewhere."""

    TYPE: ClassVar = "credits.hours_granted.v1"

    entry_id: str
    learner_id: str
    credential: Credential
    hours: str = Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="exact decimal")
    category: Category
    title: str = Field(description="what they were earned with")
    earned_on: date = Field(description="civil date, Asia/Shanghai")
    period_start: date
    period_end: date | None = Field(description="last day of the period; null where its length is not known")
    note: str = Field(description="the administrator's reason, for the learner")
    granted_at: datetime


class _Movement(EventData):
    """What entries other than awards and grants say. `award_entry_id` is the one that a reviewer's decision is about.

    `watch_id` and `course_id` are empty where that is a grant.
    """

    entry_id: str
    learner_id: str
    credential: Credential | None
    hours: str = Field(pattern=HOURS, description="exact decimal")
    reason: Reason
    note: str | None = Field(description="a reviewer's words, for the learner")
    award_entry_id: str | None
    watch_id: str
    course_id: str
    at: datetime


class HoursHeld(_Movement):
    """A fact: hours wait for what the reason names; of an award under review, they no longer count meanwhile."""

    TYPE: ClassVar = "credits.hours_held.v1"


class HoursReleased(_Movement):
    """A fact: a hold has ended. What the watch gives is an award's fact, or an entry that declines it."""

    TYPE: ClassVar = "credits.hours_released.v1"


class HoursReversed(_Movement):
    """A fact: an award was taken back for good."""

    TYPE: ClassVar = "credits.hours_reversed.v1"


class WatchesReversed(EventData):
    """A fact: what watches gave no longer counts, as orders asked after an administrator's refund."""

    TYPE: ClassVar = "credits.watches_reversed.v1"

    revocation_id: str = Field(description="of the request that this answers")
    learner_id: str
    watch_ids: list[str]
    reversed_at: datetime


class CertificateConfirmed(EventData):
    """A fact: an administrator has confirmed a certificate or its renewal; hours held for it are released."""

    TYPE: ClassVar = "credits.certificate_confirmed.v1"

    learner_id: str
    credential: Credential
    period_start: date = Field(description="civil date, Asia/Shanghai")
    confirmed_at: datetime


class CertificateReturned(EventData):
    """A fact: an administrator could not confirm a certificate as it is. Why is not told: it may name somebody."""

    TYPE: ClassVar = "credits.certificate_returned.v1"

    learner_id: str
    credential: Credential
    returned_at: datetime


class RealNameGiven(EventData):
    """A fact: a learner's profile has a real name now, which it does not tell; hours held for it are released."""

    TYPE: ClassVar = "credits.real_name_given.v1"

    learner_id: str
    given_at: datetime


class DeclarationAnswered(EventData):
    """A fact: the certifying body has answered to a declared entry. Its words are not told: they may name somebody."""

    TYPE: ClassVar = "credits.declaration_answered.v1"

    entry_id: str
    learner_id: str
    line_id: str = Field(description="which submission of the entry")
    credential: Credential
    hours: str = Field(pattern=HOURS, description="exact decimal")
    outcome: Outcome
    at: datetime


class MissingHours(EventData):
    """What one requirement of a period still asks for, by the last day of a span."""

    requirement: Requirement
    start: date = Field(description="first day of the period or year that asks for them, Asia/Shanghai")
    end: date | None
    missing_hours: str = Field(pattern=HOURS, description="exact decimal")
    waiting_hours: str = Field(pattern=HOURS, description="of the missing: watched, and held")


class DeadlineApproaching(EventData):
    """A fact: a certificate's period ends soon. Said once per period and reminder; hours are those of that moment."""

    TYPE: ClassVar = "credits.deadline_approaching.v1"

    learner_id: str
    credential: Credential
    period_start: date = Field(description="civil date, Asia/Shanghai")
    deadline: date = Field(description="the period's last day, Asia/Shanghai")
    reminder_days: int = Field(description="which reminder: 90, 30 or 7 days before")
    days_left: int = Field(ge=0, description="fewer than reminder_days where it was made up for late")
    earned_hours: str = Field(pattern=HOURS, description="exact decimal")
    remaining_hours: str | None = Field(pattern=HOURS, description="null where the requirement is not known")
    compulsory_remaining_hours: str | None = Field(pattern=HOURS)
    year_remaining_hours: str | None = Field(pattern=HOURS, description="of the minimum of the period's last year")
    missing: list[MissingHours] | None = Field(
        default=None, description="all that the period still asks for, each year too; null: from before it was said"
    )


class YearEnding(EventData):
    """Fact: a year of a certificate's period ends soon, and its minimum is missing. Said once per year and reminder.

    Of the period's last year its own deadline tells.
    """

    TYPE: ClassVar = "credits.year_ending.v1"

    learner_id: str
    credential: Credential
    period_start: date = Field(description="civil date, Asia/Shanghai")
    year_start: date = Field(description="civil date, Asia/Shanghai")
    deadline: date = Field(description="the year's last day, Asia/Shanghai")
    reminder_days: int = Field(description="which reminder: 90, 30 or 7 days before")
    days_left: int = Field(ge=0, description="fewer than reminder_days where it was made up for late")
    missing: list[MissingHours] = Field(min_length=1, description="what this year still asks for")


class NoticePosted(EventData):
    """A fact: a learner's inbox has a new notice. What it says is read there."""

    TYPE: ClassVar = "credits.notice_posted.v1"

    learner_id: str
    number: int = Field(ge=1, description="counts the learner's notices")
    kind: NoticeKind


class RecordSealed(EventData):
    """A fact: there is a document that will not change: a part of a day's heads, or what a certificate says.

    Its hash is all that is told: the transparency log takes it.
    """

    TYPE: ClassVar = "credits.record_sealed.v1"

    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the document, hexadecimal")


class PersonErased(EventData):
    """A fact: a person asked to be forgotten. Whoever keeps personal data under this learner's id erases it."""

    TYPE: ClassVar = "credits.person_erased.v1"

    learner_id: str
    erased_at: datetime


PUBLISHED: dict[str, type[BaseModel]] = {
    HoursAwarded.TYPE: HoursAwarded,
    HoursGranted.TYPE: HoursGranted,
    HoursHeld.TYPE: HoursHeld,
    HoursReleased.TYPE: HoursReleased,
    HoursReversed.TYPE: HoursReversed,
    WatchesReversed.TYPE: WatchesReversed,
    CertificateConfirmed.TYPE: CertificateConfirmed,
    CertificateReturned.TYPE: CertificateReturned,
    RealNameGiven.TYPE: RealNameGiven,
    DeclarationAnswered.TYPE: DeclarationAnswered,
    DeadlineApproaching.TYPE: DeadlineApproaching,
    YearEnding.TYPE: YearEnding,
    NoticePosted.TYPE: NoticePosted,
    PersonErased.TYPE: PersonErased,
    RecordSealed.TYPE: RecordSealed,
}
