"""What the catalogue reads of other services' events, and nothing more of them."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from services.catalog.domain.ids import CourseId, LearnerId
from services.kit.events import EventData


class EntitlementGranted(EventData):
    """Of orders' entitlement: somebody may watch a course."""

    TYPE: ClassVar = "orders.entitlement_granted.v1"

    learner_id: LearnerId = Field(min_length=1)
    course_id: CourseId = Field(min_length=1)
    granted_at: datetime


class WatchCompleted(EventData):
    """Of playback's watch: somebody has watched the whole of a course."""

    TYPE: ClassVar = "playback.watch_completed.v1"

    learner_id: LearnerId = Field(min_length=1)
    course_id: CourseId = Field(min_length=1)
    completed_at: datetime


class PersonErased(EventData):
    """Of credits: whoever keeps personal data of this learner erases it."""

    TYPE: ClassVar = "credits.person_erased.v1"

    learner_id: LearnerId = Field(min_length=1)
