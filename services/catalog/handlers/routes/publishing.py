"""What editors publish and withdraw.

The models' bounds only keep floods out.
What makes a course publishable, the domain checks, with messages for its editor.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from services.catalog.app.context import ProductionContext
from services.catalog.app.courses.read_courses import list_publications, past_publications, read_state
from services.catalog.app.media.check_in_turns import checked_in_turns
from services.catalog.app.publishing.publish_course import Submission, publish_course
from services.catalog.app.publishing.withdraw_course import withdraw_course
from services.catalog.domain import document as limits
from services.catalog.domain.course import Category
from services.catalog.domain.document import write_course
from services.catalog.domain.publication import Publication
from services.catalog.handlers.routes.courses import (
    InstructorText,
    ListingAnswer,
    MindMapText,
)
from services.catalog.handlers.routes.fields import ContentId, CourseId, Digits, Limit, Line, Text
from services.catalog.handlers.routes.media import CaptionEntry, HandoutEntry, MediaManifest, PictureEntry
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role


class EditorsCourse(ListingAnswer):
    """A course as its editors list it."""

    publication: int = Field(description="number of its latest change, a withdrawal too: what the next one must expect")
    withdrawn_at: datetime | None = Field(description="null: it is offered")


class EditorsCourses(Answer):
    """A page of all courses ever published, withdrawn ones too, in the order of their ids."""

    courses: list[EditorsCourse]
    after: str | None = Field(description="begins the next page; null on the last")


class ChapterText(Request):
    """A chapter, from MM:SS on."""

    at: StrictStr = Field(max_length=10)
    title: Line
    summary: Text


class KeyPointText(Request):
    """A question the lecture answers, from MM:SS on where `at` says so."""

    question: Line
    answer: Text
    at: StrictStr | None = Field(default=None, max_length=10)


class ReviewedText(Request):
    """Which machine made a part of the course, and which person reviewed and accepted it, on which day."""

    made_by: Line
    reviewed_by: Line
    reviewed_on: StrictStr = Field(max_length=10)


class ProvenanceText(Request):
    """The parts that a machine made; what people wrote is left out."""

    keywords: ReviewedText | None = None
    abstract: ReviewedText | None = None
    chapters: ReviewedText | None = None
    mind_map: ReviewedText | None = None
    key_points: ReviewedText | None = None
    questions: ReviewedText | None = None


class WatchText(Request):
    """The watch policy."""

    max_rate: Digits


class QuestionText(Request):
    """What a prompt may ask; the answer is one of the choices."""

    text: Line
    choices: list[Line] = Field(max_length=limits.MAX_CHOICES)
    answer: Line


class CourseText(Request):
    """What the editor writes, as in the course package."""

    content_id: ContentId
    title: Line
    title_en: Line | None = None
    subtitle: Line | None = None
    hours: Digits
    category: StrictStr = Field(max_length=20)
    eligible_credentials: list[Annotated[StrictStr, Field(max_length=20)]] = Field(max_length=20)
    published_on: StrictStr = Field(max_length=10)
    price_fen: StrictInt
    member_price_fen: StrictInt
    member_recommended: StrictBool
    member_library: StrictBool
    watch: WatchText
    abstract: Text
    keywords: list[Line] = Field(max_length=limits.MAX_KEYWORDS)
    instructors: list[InstructorText] = Field(max_length=limits.MAX_INSTRUCTORS)
    chapters: list[ChapterText] = Field(max_length=limits.MAX_CHAPTERS)
    key_points: list[KeyPointText] = Field(max_length=limits.MAX_KEY_POINTS)
    mind_map: MindMapText | None = None
    questions: list[QuestionText] = Field(default=[], max_length=limits.MAX_QUESTIONS)
    provenance: ProvenanceText | None = None

    def document(self, course_id: str) -> dict[str, Any]:
        """The course document of a course package."""
        written = self.model_dump(mode="json", exclude_none=True)
        if not self.questions:
            del written["questions"]
        return {"id": course_id, **written}


class PublishRequest(Request):
    """Publishes a course. `expected_publication` is the one the editor's preview compared with (0: none)."""

    expected_publication: StrictInt = Field(ge=0, le=999_999)
    reason: StrictStr = Field(min_length=1, max_length=500, description="for the audit log")
    course: CourseText
    media: MediaManifest


class CurrentPublication(Answer):
    """What is published now, in the editor's form."""

    course_id: str
    publication: int = Field(description="of the latest change: a withdrawal has a number too")
    withdrawn: bool
    content_version: str
    duration_ms: int
    media_path: str
    captions: list[CaptionEntry]
    handouts: list[HandoutEntry]
    pictures: list[PictureEntry]
    course: dict[str, Any] = Field(description="the course document, as in a course package")


class PastPublication(Answer):
    """One publication of a course: what a watch that began under it is judged by. Who published it is not told."""

    publication: int = Field(description="its number; withdrawals are counted too, so numbers may be missing")
    published_at: datetime
    content_version: str
    duration_ms: int
    max_rate: Decimal = Field(description="the fastest rate that earns credit")
    hours: Decimal
    category: Category
    eligible_credentials: list[str]


class PastPublications(Answer):
    """A page of a course's publications, the oldest first."""

    publications: list[PastPublication]
    after: int | None = Field(description="begins the next page; null on the last")


class PublishAnswer(CurrentPublication):
    """What is published after the call, and whether the call changed anything."""

    changed: bool


class WithdrawalRequest(Request):
    """Takes a course off the catalogue."""

    reason: StrictStr = Field(min_length=1, max_length=500, description="for the audit log")


class WithdrawalAnswer(Answer):
    """Since when the course is withdrawn, and whether this call did it."""

    course_id: str
    publication: int = Field(description="the withdrawal's number, which the next publication must expect")
    withdrawn_at: datetime
    changed: bool


def add_publishing_routes(api: HttpApi, ctx: ProductionContext) -> None:
    """Publishing."""
    editor = api.secured(Role.EDITOR)

    @editor.route("GET /v1/catalog/publications", "list_publications")
    def listed(
        after: Annotated[str, Query(pattern=r"^[a-z0-9-]{0,64}$", description="the earlier page's `after`")] = "",
        limit: Limit = 20,
    ) -> EditorsCourses:
        """Every course that was ever published, as it stands, a page at a time."""
        page = list_publications(ctx, after, limit)
        courses = [EditorsCourse.of(line.value, publication=line.version) for line in page.items]
        return EditorsCourses(courses=courses, after=page.after)

    @editor.route("GET /v1/catalog/courses/<course_id>/publication", "read_publication")
    def current(course_id: CourseId) -> CurrentPublication:
        """The current publication in the editor's form, never cached."""
        state = read_state(ctx, course_id)
        return _current(state.publication, state.number, withdrawn=state.withdrawn_at is not None)

    both = api.secured(Role.EDITOR, Role.AUDITOR)

    @both.route("GET /v1/catalog/courses/<course_id>/publications", "list_past_publications")
    def past(
        course_id: CourseId, after: Annotated[int, Query(ge=0, le=999_999)] = 0, limit: Limit = 20
    ) -> PastPublications:
        """What was ever published of a course, for whoever compares a watch's record with it."""
        page = past_publications(ctx, course_id, after, limit)
        publications = [_past(publication) for publication in page.items]
        return PastPublications(publications=publications, after=publications[-1].publication if page.after else None)

    @editor.route("PUT /v1/catalog/courses/<course_id>", "publish_course")
    def publish(course_id: CourseId, request: PublishRequest) -> PublishAnswer:
        """Publish a course; safe to repeat.

        The media of a long lecture are checked in several calls (MEDIA_BEING_CHECKED): send the same request again.
        """
        submission = Submission(
            document=request.course.document(course_id),
            version=request.media.content_version,
            files=request.media.media_files(),
            captions=request.media.subtitles(),
            handouts=request.media.files_to_take(),
            pictures=request.media.shown_pictures(),
            expected=request.expected_publication,
            reason=request.reason,
        )
        result = publish_course(ctx, api.call(), submission, length=checked_in_turns(ctx))
        current = _current(result.publication, result.publication.number, withdrawn=False)
        return PublishAnswer.of(current, changed=result.changed)

    @editor.route("POST /v1/catalog/courses/<course_id>/withdrawal", "withdraw_course")
    def withdraw(course_id: CourseId, request: WithdrawalRequest) -> WithdrawalAnswer:
        """Take a course off the catalogue; safe to repeat."""
        done = withdraw_course(ctx, api.call(), course_id, request.reason)
        return WithdrawalAnswer.of(done, course_id=course_id, publication=done.number)


def _past(publication: Publication) -> PastPublication:
    media = publication.media
    return PastPublication.of(
        publication, publication.course, media, publication=publication.number, content_version=media.version
    )


def _current(publication: Publication, number: int, *, withdrawn: bool) -> CurrentPublication:
    return CurrentPublication.of(
        publication,
        publication.course,
        publication.media,
        publication=number,
        withdrawn=withdrawn,
        content_version=publication.media.version,
        course=write_course(publication.course),
    )
