"""What the catalogue tells the other services. A schema never changes incompatibly within its version."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from services.kit.events import EventData


class PromptQuestion(EventData):
    """What a prompt may ask. `answer`, the index of the right choice, is for playback and for nobody else."""

    text: str
    choices: list[str]
    answer: int = Field(ge=0)


class CoursePublished(EventData):
    """A course's current state. Subject: the course id; sequence: the publication's number.

    `hours` and `max_rate` are exact decimals written as text; prices are CNY minor units. Fields with a default came
    later: events from before, on their way or in a dead-letter queue, lack them.
    """

    TYPE: ClassVar[str] = "catalog.course_published.v1"

    course_id: str
    content_id: str
    content_version: str
    title: str
    duration_ms: int = Field(gt=0)
    hours: Decimal
    category: Literal["compulsory", "elective"]
    eligible_credentials: list[str]
    member_recommended: bool
    price_fen: int = Field(ge=0)
    published_on: date
    max_rate: Decimal
    media_path: str
    title_en: str | None = Field(default=None, description="null: it has no English title")
    member_price_fen: int | None = Field(default=None, ge=0, description="null: members pay the price")
    member_library: bool = Field(default=False, description="whether a membership that opens the library opens it")
    questions: list[PromptQuestion] = Field(default=[], description="of this content version")


class CourseWithdrawn(CoursePublished):
    """A course's current state: no longer offered. Subject and sequence as of its publications.

    Whole, so that whoever missed the last publication knows what its learners under way go on with.
    """

    TYPE: ClassVar[str] = "catalog.course_withdrawn.v1"

    withdrawn_at: datetime


PUBLISHED: dict[str, type[BaseModel]] = {model.TYPE: model for model in (CoursePublished, CourseWithdrawn)}
