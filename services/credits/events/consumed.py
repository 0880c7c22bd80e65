"""What credits reads of events, and nothing more of them: a completed watch names no hours here."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from services.credits.domain.credentials import Category, Credential

Id = Annotated[str, Field(min_length=1, max_length=128)]


def _decimal_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("hours are a decimal written as text")
    return value


Hours = Annotated[Decimal, BeforeValidator(_decimal_text), Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False)]


class CoursePublished(BaseModel):
    """Of the catalogue's course: what its content version gives."""

    TYPE: ClassVar = "catalog.course_published.v1"

    course_id: Id
    content_id: Id
    content_version: Id
    title: str = Field(min_length=1, max_length=500)
    hours: Hours
    category: Category
    eligible_credentials: tuple[Credential, ...]


class WatchCompleted(BaseModel):
    """Of playback's completed watch: who completed what, and when."""

    TYPE: ClassVar = "playback.watch_completed.v1"

    watch_id: Id
    learner_id: Id
    course_id: Id
    content_version: Id
    completed_at: AwareDatetime
    counts_against_member_quota: bool


class CertificateConfirmed(BaseModel):
    """Of our own confirmation: whose holds are to be released."""

    TYPE: ClassVar = "credits.certificate_confirmed.v1"

    learner_id: Id
    credential: Credential


class HoursReversed(BaseModel):
    """Of our own reversal: whose declarations are to be taken back."""

    TYPE: ClassVar = "credits.hours_reversed.v1"

    learner_id: Id


CONSUMED: dict[str, type[BaseModel]] = {
    CoursePublished.TYPE: CoursePublished,
    WatchCompleted.TYPE: WatchCompleted,
    CertificateConfirmed.TYPE: CertificateConfirmed,
    HoursReversed.TYPE: HoursReversed,
}
