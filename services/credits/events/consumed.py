"""What credits reads of events, and nothing more of them: a completed watch names no hours here."""

from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId, EntryId, LearnerId, MembershipPeriodId, WatchId
from services.kit.events import EventData

_SHORT = Field(min_length=1, max_length=128)
Id = Annotated[str, _SHORT]
_Learner = Annotated[LearnerId, _SHORT]
_Course = Annotated[CourseId, _SHORT]
_Watch = Annotated[WatchId, _SHORT]
_MembershipPeriod = Annotated[MembershipPeriodId, _SHORT]


def _decimal_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("hours are a decimal written as text")
    return value


CourseHours = Annotated[
    Decimal, BeforeValidator(_decimal_text), Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False)
]


QuotaHours = Annotated[
    Decimal, BeforeValidator(_decimal_text), Field(ge=0, le=10_000, decimal_places=2, allow_inf_nan=False)
]


class CoursePublished(EventData):
    """Of the catalogue's course: what its content version gives."""

    TYPE: ClassVar = "catalog.course_published.v1"

    course_id: _Course
    content_id: Id
    content_version: Id
    title: str = Field(min_length=1, max_length=500)
    title_en: str | None = Field(default=None, max_length=500)
    hours: CourseHours
    category: Category
    eligible_credentials: tuple[Credential, ...]


class EntitlementGranted(EventData):
    """Of orders' entitlement: who was given a course."""

    TYPE: ClassVar = "orders.entitlement_granted.v1"

    learner_id: _Learner


class WatchCompleted(EventData):
    """Of playback's completed watch: who completed what, and when."""

    TYPE: ClassVar = "playback.watch_completed.v1"

    watch_id: _Watch
    learner_id: _Learner
    course_id: _Course
    content_version: Id
    completed_at: AwareDatetime
    counts_against_member_quota: bool
    membership_period_id: _MembershipPeriod | None = None

    @model_validator(mode="after")
    def _names_the_quota(self) -> Self:
        if self.counts_against_member_quota and self.membership_period_id is None:
            raise ValueError("it counts against a quota, and does not say which")
        return self

    @property
    def quota_period(self) -> MembershipPeriodId | None:
        """The membership period whose quota it counts against, if it does."""
        return self.membership_period_id if self.counts_against_member_quota else None


class MembershipChanged(EventData):
    """Of orders' membership: what its period allows."""

    TYPE: ClassVar = "orders.membership_changed.v1"

    learner_id: _Learner
    membership_period_id: _MembershipPeriod
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    quota_hours: QuotaHours | None
    opens_library: bool
    revoked: bool


class HoursReversalRequested(EventData):
    """Of orders' wish that hours no longer count, after an administrator's refund: of which watches, and why."""

    TYPE: ClassVar = "orders.hours_reversal_requested.v1"

    revocation_id: Id
    learner_id: _Learner
    watch_ids: list[_Watch] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=500)
    actor: Id


class AboutLearner(EventData):
    """Of our own events: whose account has changed. What follows is decided from the account."""

    learner_id: _Learner


class AboutEntry(AboutLearner):
    """Of our own events: which entry of whose ledger. What it says is read there."""

    entry_id: Annotated[EntryId, _SHORT]


class AboutCertificate(AboutLearner):
    """Of our own events: which certificate of whom."""

    credential: Credential


class AboutNotice(AboutLearner):
    """Of our own events: which notice of whose inbox."""

    number: int = Field(ge=1)


HOURS_AWARDED = "credits.hours_awarded.v1"
HOURS_REVERSED = "credits.hours_reversed.v1"
FREEING = ("credits.certificate_confirmed.v1", "credits.real_name_given.v1", HOURS_AWARDED, HOURS_REVERSED)
"""Our own events after which holds may have nothing left to wait for: an award is one to other holds of its lecture."""
