"""Courses, for everybody."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field

from services.catalog.app.context import Context
from services.catalog.app.courses.read_courses import CourseDetails, list_courses, read_course
from services.catalog.domain import document as limits
from services.catalog.domain.course import CREDENTIALS, Category, Course
from services.catalog.domain.publication import Listing, Publication
from services.catalog.handlers.routes.caching import cacheable
from services.catalog.handlers.routes.fields import CourseId, Line, Text
from services.catalog.handlers.routes.reviews import RatingAnswer, rating_answer
from services.kit.bodies import Request
from services.kit.http import public


class ListingAnswer(BaseModel):
    """A course in the list. Hours are exact decimals as text, prices are fen."""

    course_id: str
    title: str
    title_en: str | None
    subtitle: str | None
    hours: Decimal
    category: Category
    eligible_credentials: list[str]
    published_on: date
    price_fen: int
    member_price_fen: int
    member_recommended: bool
    member_library: bool
    instructors: list[str]
    keywords: list[str]
    duration_ms: int


class Courses(BaseModel):
    """Every published course, the newest first."""

    courses: list[ListingAnswer]


class InstructorText(Request):
    """Who gives the lecture."""

    name: Line
    title: Line
    bio: Text


class KeyPointText(Request):
    """A question the lecture answers."""

    question: Line
    answer: Text


class MindMapText(Request):
    """A branch of the mind map."""

    text: Line
    children: list["MindMapText"] = Field(default=[], max_length=limits.MAX_MIND_MAP_NODES)


class ChapterMark(BaseModel):
    """A part of the lecture."""

    at_ms: int
    title: str
    summary: str


class Eligibility(BaseModel):
    """Whether the course's hours count for a certificate, and how to say it."""

    credential: str
    eligible: bool
    note: str
    note_en: str


class WatchPolicy(BaseModel):
    """The fastest playback that still earns credit."""

    max_rate: Decimal


class CaptionTrack(BaseModel):
    """Subtitles: a WebVTT file of one language."""

    language: str
    path: str


class Media(BaseModel):
    """What the player needs. `path` is the HLS playlist."""

    content_id: str
    content_version: str
    path: str
    duration_ms: int
    captions: list[CaptionTrack]


class CoursePage(BaseModel):
    """Everything a course's page shows, in one request. Times are milliseconds."""

    course_id: str
    publication: int
    published_at: datetime
    withdrawn: bool = Field(description="no longer offered: not for sale, not to be claimed; who has it, keeps it")
    learners: int = Field(description="how many learners have taken the course")
    rating: RatingAnswer
    title: str
    title_en: str | None
    subtitle: str | None
    hours: Decimal
    category: Category
    eligibility: list[Eligibility]
    published_on: date
    price_fen: int
    member_price_fen: int
    member_recommended: bool
    member_library: bool
    keywords: list[str]
    abstract: str
    chapters: list[ChapterMark]
    mind_map: MindMapText | None
    key_points: list[KeyPointText]
    instructors: list[InstructorText]
    watch: WatchPolicy
    media: Media


def add_course_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """What everybody may read of courses."""

    @app.get("/v1/catalog/courses", operation_id="list_courses", summary="Every course", **public())
    def listed() -> Response[Courses]:
        return cacheable(app, Courses(courses=[listing_answer(line) for line in list_courses(ctx)]))

    @app.get(
        "/v1/catalog/courses/<course_id>",
        operation_id="read_course",
        summary="A course's whole page",
        **public(),
    )
    def page(course_id: Annotated[CourseId, Path()]) -> Response[CoursePage]:
        return cacheable(app, _course_page(read_course(ctx, course_id)))


def listing_answer(line: Listing) -> ListingAnswer:
    """A course in the list."""
    return ListingAnswer.model_validate(line, from_attributes=True)


def _course_page(details: CourseDetails) -> CoursePage:
    publication = details.state.publication
    course = publication.course
    shown = {
        **vars(course),
        "publication": publication.number,
        "published_at": publication.published_at,
        "withdrawn": details.state.withdrawn_at is not None,
        "learners": details.learners,
        "rating": rating_answer(details.rating),
        "eligibility": [_eligibility(course, name) for name in CREDENTIALS],
        "watch": WatchPolicy(max_rate=course.max_rate),
        "media": _media(publication),
    }
    return CoursePage.model_validate(shown, from_attributes=True)


def _eligibility(course: Course, credential: str) -> Eligibility:
    eligible = credential in course.eligible_credentials
    if eligible:
        note, note_en = f"可计入 {credential} 继续教育学时", f"Hours count towards {credential}"
    else:
        note, note_en = f"学时不能用于 {credential}", f"Hours do not count towards {credential}"
    return Eligibility(credential=credential, eligible=eligible, note=note, note_en=note_en)


def _media(publication: Publication) -> Media:
    prefix, media = publication.media_prefix, publication.media
    return Media(
        content_id=publication.course.content_id,
        content_version=media.version,
        path=publication.media_path,
        duration_ms=media.duration_ms,
        captions=[CaptionTrack(language=c.language, path=prefix + c.path) for c in media.captions],
    )
