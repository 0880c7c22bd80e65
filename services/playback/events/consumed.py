"""What playback reads of other services' events, and nothing more of them."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import AwareDatetime, Field

from services.kit.events import EventData
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId


class PromptQuestion(EventData):
    """What a prompt may ask; `answer` is the index of the right choice."""

    text: str
    choices: list[str] = Field(min_length=2)
    answer: int = Field(ge=0)


class CoursePublished(EventData):
    """Of the catalogue's course: what a watch pins."""

    TYPE: ClassVar = "catalog.course_published.v1"

    course_id: CourseId
    content_version: str
    duration_ms: int = Field(gt=0)
    max_rate: Decimal = Field(ge=1, le=2)
    media_path: str
    member_library: bool = False
    questions: list[PromptQuestion] = Field(default_factory=list)


class CourseWithdrawn(CoursePublished):
    """Of the same course: it is no longer offered."""

    TYPE: ClassVar = "catalog.course_withdrawn.v1"


class EntitlementGranted(EventData):
    """Of orders' entitlement: who may watch what, until when, and on what it rests."""

    TYPE: ClassVar = "orders.entitlement_granted.v1"

    entitlement_id: EntitlementId
    learner_id: LearnerId
    course_id: CourseId
    basis: str
    counts_against_member_quota: bool
    valid_until: datetime | None


class MembershipChanged(EventData):
    """Of orders' membership: how one period of it stands."""

    TYPE: ClassVar = "orders.membership_changed.v1"

    learner_id: LearnerId
    membership_period_id: EntitlementId
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    opens_library: bool
    revoked: bool


class EntitlementRevocationRequested(EventData):
    """Of orders' wish to take an entitlement back: which one, and what the answer must name.

    Of no course it is a period of membership.
    """

    TYPE: ClassVar = "orders.entitlement_revocation_requested.v1"

    revocation_id: str
    learner_id: LearnerId
    course_id: CourseId | None
    entitlement_id: EntitlementId
    even_if_completed: bool = False


class RecordSealed(EventData):
    """Of a document that credits keeps: its hash, for the log."""

    TYPE: ClassVar = "credits.record_sealed.v1"

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
