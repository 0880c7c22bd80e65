"""What orders reads of other services' events, and nothing more of them."""

from typing import ClassVar

from pydantic import BaseModel, Field


class CoursePublished(BaseModel):
    """Of the catalogue's course: what it costs, and whether members may claim it."""

    TYPE: ClassVar = "catalog.course_published.v1"

    course_id: str = Field(min_length=1)
    title: str
    member_recommended: bool
    price_fen: int = Field(ge=0)
    member_price_fen: int | None = Field(default=None, ge=0)
    member_library: bool = False


class CourseWithdrawn(CoursePublished):
    """Of the same course: it is no longer offered."""

    TYPE: ClassVar = "catalog.course_withdrawn.v1"
