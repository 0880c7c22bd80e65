"""What orders reads of other services' events, and nothing more of them."""

from typing import ClassVar, Literal

from pydantic import Field

from services.kit.events import EventData


class CoursePublished(EventData):
    """Of the catalogue's course: what it costs, and whether members may claim it."""

    TYPE: ClassVar = "catalog.course_published.v1"

    course_id: str = Field(min_length=1)
    title: str
    title_en: str | None = None
    member_recommended: bool
    price_fen: int = Field(ge=0)
    member_price_fen: int | None = Field(default=None, ge=0)
    member_library: bool = False


class CourseWithdrawn(CoursePublished):
    """Of the same course: it is no longer offered."""

    TYPE: ClassVar = "catalog.course_withdrawn.v1"


class EntitlementRevocationDecided(EventData):
    """Of playback's answer to our request: whether the entitlement was taken back, and what was completed on it."""

    TYPE: ClassVar = "playback.entitlement_revocation_decided.v1"

    revocation_id: str = Field(min_length=1)
    outcome: Literal["revoked", "already_completed"]
    watch_id: str | None
    completed_watch_ids: list[str] = Field(default_factory=list)


class WatchesReversed(EventData):
    """Of credits' answer to our request: the hours of the watches no longer count."""

    TYPE: ClassVar = "credits.watches_reversed.v1"

    revocation_id: str = Field(min_length=1)


class PersonErased(EventData):
    """Of credits: whoever keeps personal data of this learner erases it."""

    TYPE: ClassVar = "credits.person_erased.v1"

    learner_id: str = Field(min_length=1)
