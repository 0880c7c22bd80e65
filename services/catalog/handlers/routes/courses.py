"""Courses, for everybody."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from services.catalog.app.context import Context
from services.catalog.app.courses.read_courses import CourseDetails, read_course
from services.catalog.app.ports import CourseSearch
from services.catalog.domain import document as limits
from services.catalog.domain.course import CREDENTIALS, Block, Category, Course, Instructor
from services.catalog.domain.publication import Publication
from services.catalog.handlers.routes.caching import cacheable
from services.catalog.handlers.routes.fields import CourseId, Line, Text
from services.catalog.handlers.routes.reviews import RatingAnswer
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi

MAX_LISTED = 200
"""Courses in a page of the list: whoever asks for no page gets as many, in one answer of some 100 KB."""

After = Annotated[
    str,
    Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}~[a-z0-9-]{1,64})?$", description="the earlier page's `after`"),
]
ListLimit = Annotated[int, Query(ge=1, le=MAX_LISTED)]


class ListingAnswer(Answer):
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
    cover: str | None = Field(description="path of the editor's own picture; null: there is none")


class Courses(Answer):
    """A page of all published courses, the newest first."""

    courses: list[ListingAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


class InstructorText(Request):
    """Who gives the lecture."""

    name: Line
    title: Line
    bio: Text


class InstructorCard(InstructorText):
    """Who gives the lecture, as its page shows them."""

    portrait: str | None = Field(description="path of a picture; null: there is none")


class KeyPointMark(Request):
    """A question the lecture answers, and when it does; null where the editor did not say."""

    question: Line
    answer: Text
    at_ms: int | None


class ProvenanceMark(Answer):
    """That a machine made a part of the page, and who reviewed it. What a person wrote has no such mark."""

    block: Block
    made_by: str = Field(
        description="the model, or `extractive`: chosen among the lecture's own sentences, not written"
    )
    reviewed_by: str
    reviewed_on: date


class MindMapText(Request):
    """A branch of the mind map."""

    text: Line
    children: list["MindMapText"] = Field(default=[], max_length=limits.MAX_MIND_MAP_NODES)


class ChapterMark(Answer):
    """A part of the lecture."""

    at_ms: int
    title: str
    summary: str


class Eligibility(Answer):
    """Whether the course's hours count for a certificate, and how to say it."""

    credential: str
    eligible: bool
    note: str
    note_en: str


class WatchPolicy(Answer):
    """The fastest playback that still earns credit."""

    max_rate: Decimal


class CaptionTrack(Answer):
    """Subtitles: a WebVTT file of one language."""

    language: str
    path: str


class HandoutFile(Answer):
    """A file to download, for who may watch: `path` opens with the cookies of a grant."""

    name: str
    bytes: int
    path: str


class Media(Answer):
    """What the player needs. `path` is the HLS playlist."""

    content_id: str
    content_version: str
    path: str
    duration_ms: int
    captions: list[CaptionTrack]
    handouts: list[HandoutFile]


class CoursePage(Answer):
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
    key_points: list[KeyPointMark]
    provenance: list[ProvenanceMark] = Field(description="empty: people wrote all of it")
    instructors: list[InstructorCard]
    cover: str | None = Field(description="path of the editor's own picture; null: there is none")
    watch: WatchPolicy
    media: Media


def add_course_routes(api: HttpApi, ctx: Context, search: CourseSearch) -> None:
    """What everybody may read of courses."""

    @api.public().route("GET /v1/catalog/courses", "list_courses")
    def listed(after: After = "", limit: ListLimit = MAX_LISTED) -> Response[Courses]:
        """Every course, a page at a time."""
        page = search.newest(after, limit)
        return cacheable(api, Courses.of(page, courses=page.items))

    @api.public().route("GET /v1/catalog/courses/<course_id>", "read_course")
    def page(course_id: CourseId) -> Response[CoursePage]:
        """A course's whole page."""
        return cacheable(api, course_page(read_course(ctx, course_id)))


def course_page(details: CourseDetails) -> CoursePage:
    """The page of a course as it stands, or will stand."""
    publication = details.state.publication
    course = publication.course
    return CoursePage.of(
        details,
        publication,
        course,
        publication=publication.number,
        withdrawn=details.state.withdrawn_at is not None,
        eligibility=[_eligibility(course, name) for name in CREDENTIALS],
        watch=course,
        media=_media(publication),
        cover=publication.picture_of(None),
        instructors=[_card(publication, instructor) for instructor in course.instructors],
    )


def _card(publication: Publication, instructor: Instructor) -> InstructorCard:
    portrait = publication.picture_of(instructor.name)
    return InstructorCard(name=instructor.name, title=instructor.title, bio=instructor.bio, portrait=portrait)


def _eligibility(course: Course, credential: str) -> Eligibility:
    eligible = credential in course.eligible_credentials
    if eligible:
        note, note_en = f"可计入 {credential} 继续教育学时", f"Hours count towards {credential}"
    else:
        note, note_en = f"学时不能用于 {credential}", f"Hours do not count towards {credential}"
    return Eligibility(credential=credential, eligible=eligible, note=note, note_en=note_en)


def _media(publication: Publication) -> Media:
    prefix, media = publication.media_prefix, publication.media
    return Media.of(
        publication.course,
        media,
        content_version=media.version,
        path=publication.media_path,
        captions=[CaptionTrack.of(caption, path=prefix + caption.path) for caption in media.captions],
        handouts=[HandoutFile.of(handout, path=prefix + handout.path) for handout in media.handouts],
    )
