"""Publications: what the catalogue keeps of a course, each one never changed again."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.catalog.domain.course import Category, Course
from services.catalog.domain.document import write_course
from services.catalog.domain.handouts import Handout
from services.catalog.domain.ids import CourseId
from services.catalog.domain.media import PLAYLIST, Caption, media_prefix
from services.catalog.domain.pictures import Picture, pictures_prefix
from services.kit.kinds import Kept, stored

_INSTRUCTORS = Kept("instructors", because="who gives a lecture is part of what is published", until="the table goes")
_PORTRAITS = Kept(
    "pictures", because="a portrait is found by whose it is, as the page names them", until="the table goes"
)
_REVIEWERS = Kept("provenance", because="who reviewed what a machine made is published with it", until="the table goes")
_EDITOR = Kept("published_by", because="staff answer for what they did", until="the table goes")


@dataclass(frozen=True)
class Media:
    """What of a lecture's media everybody needs to know. `version` names exactly these files."""

    version: str
    duration_ms: int
    captions: tuple[Caption, ...] = ()
    handouts: tuple[Handout, ...] = ()
    pictures: tuple[Picture, ...] = ()


@stored(shape=1, personal=(_INSTRUCTORS, _PORTRAITS, _REVIEWERS, _EDITOR))
class Publication:
    """One published state of a course; `number` counts from 1."""

    number: int
    course: Course
    media: Media
    published_at: datetime
    published_by: str

    @property
    def digest(self) -> str:
        """The same for the same content, whoever published it and when."""
        return digest(self.course, self.media)

    @property
    def media_prefix(self) -> str:
        """The media's folder, as a public path."""
        return "/" + media_prefix(self.course.content_id, self.media.version)

    def picture_of(self, instructor: str | None) -> str | None:
        """The public path of somebody's portrait, or of the cover (None); None where there is none."""
        of_course = pictures_prefix(self.course.content_id)
        found = (picture for picture in self.media.pictures if picture.instructor == instructor)
        return next((f"/{of_course}{picture.file}" for picture in found), None)

    @property
    def media_path(self) -> str:
        """The playlist's public path."""
        return self.media_prefix + PLAYLIST


@stored(shape=1, personal=_INSTRUCTORS)
class Listing:
    """A course's line in the catalogue, and which publication is current. `withdrawn_at`: it is no longer offered.

    It has all that courses are searched by, so that searching reads no publication.
    """

    course_id: CourseId
    publication: int
    digest: str
    title: str
    hours: Decimal
    category: Category
    eligible_credentials: tuple[str, ...]
    published_on: date
    price_fen: int
    member_price_fen: int
    member_recommended: bool
    member_library: bool
    instructors: tuple[str, ...]
    keywords: tuple[str, ...]
    duration_ms: int
    title_en: str | None = None
    subtitle: str | None = None
    withdrawn_at: datetime | None = None
    abstract: str = ""
    cover: str | None = None


def digest(course: Course, media: Media) -> str:
    """SHA-256 over everything editorial and everything that is watched, in hexadecimal."""
    captions = [(caption.language, caption.sha256) for caption in media.captions]
    whole: dict[str, Any] = {"course": write_course(course), "media": media.version, "captions": sorted(captions)}
    if media.handouts:
        whole["handouts"] = sorted((handout.name, handout.sha256) for handout in media.handouts)
    if media.pictures:
        whole["pictures"] = sorted((picture.instructor or "", picture.sha256) for picture in media.pictures)
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def listing(publication: Publication) -> Listing:
    """The catalogue's line of a publication."""
    course = publication.course
    return Listing(
        course_id=course.course_id,
        publication=publication.number,
        digest=publication.digest,
        title=course.title,
        title_en=course.title_en,
        subtitle=course.subtitle,
        cover=publication.picture_of(None),
        hours=course.hours,
        category=course.category,
        eligible_credentials=course.eligible_credentials,
        published_on=course.published_on,
        price_fen=course.price_fen,
        member_price_fen=course.member_price_fen,
        member_recommended=course.member_recommended,
        member_library=course.member_library,
        instructors=tuple(instructor.name for instructor in course.instructors),
        keywords=course.keywords,
        duration_ms=publication.media.duration_ms,
        abstract=course.abstract,
    )
