"""The JSON bodies of the catalogue's HTTP API.

Their bounds only keep floods out; what makes a course publishable, the domain checks, with messages for its editor.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from services.catalog.domain import document as limits
from services.catalog.domain.course import Category
from services.catalog.domain.media import (
    FILE_PATTERN,
    LANGUAGE_PATTERN,
    MAX_CAPTION_BYTES,
    MAX_CAPTIONS,
    MAX_FILE_BYTES,
    MAX_SEGMENTS,
    VERSION_LENGTH,
)
from services.kit.bodies import Request

Identifier = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=64)]
Line = Annotated[StrictStr, Field(max_length=limits.MAX_LINE)]
Text = Annotated[StrictStr, Field(max_length=limits.MAX_TEXT)]
Digits = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$", max_length=13)]
Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]+$", min_length=VERSION_LENGTH, max_length=VERSION_LENGTH)]


class Listing(BaseModel):
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

    courses: list[Listing]


class EditorsCourse(Listing):
    """A course as its editors list it."""

    publication: int = Field(description="number of its latest change, a withdrawal too: what the next one must expect")
    withdrawn_at: datetime | None = Field(description="null: it is offered")


class EditorsCourses(BaseModel):
    """A page of all courses ever published, withdrawn ones too, in the order of their ids."""

    courses: list[EditorsCourse]
    after: str | None = Field(description="begins the next page; null on the last")


class RatingAnswer(BaseModel):
    """What the reviews of a course give it."""

    average: Decimal | None = Field(description="mean of the stars to one decimal place; null without reviews")
    count: int
    histogram: list[int] = Field(description="how many gave one star, two stars ... five stars")


class FoundCourse(Listing):
    """A course that a search found, with its counts as of about a minute ago."""

    learners: int = Field(description="how many learners have taken the course")
    rating: RatingAnswer


class SearchAnswer(BaseModel):
    """One page of the courses found."""

    total: int = Field(description="courses found in all")
    courses: list[FoundCourse]


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


class FileEntry(Request):
    """A media file beside the playlist."""

    path: StrictStr = Field(pattern=rf"^{FILE_PATTERN}$", max_length=110)
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_FILE_BYTES)


class CaptionEntry(Request):
    """A WebVTT file, which is stored under its content's name."""

    language: StrictStr = Field(pattern=rf"^{LANGUAGE_PATTERN}$", max_length=12)
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_CAPTION_BYTES)


class MediaManifest(Request):
    """Every file of a lecture, and the version they make."""

    content_version: Version
    files: list[FileEntry] = Field(min_length=1, max_length=MAX_SEGMENTS + 2)
    captions: list[CaptionEntry] = Field(default=[], max_length=MAX_CAPTIONS)


class UploadRequest(MediaManifest):
    """Asks to upload what is missing of a lecture."""

    content_id: Identifier
    max_rate: Digits
    questions_digest: StrictStr = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="SHA-256 over the course's questions; empty without any"
    )


class SignedUpload(BaseModel):
    """An HTTP PUT to `url` with exactly these headers, within 15 minutes. 412 says that the file is there already."""

    path: str
    url: str
    headers: dict[str, str]


class UploadAnswer(BaseModel):
    """The next uploads; ask again while `missing` is more than these."""

    uploads: list[SignedUpload]
    missing: int


class ChapterText(Request):
    """A chapter, from MM:SS on."""

    at: StrictStr = Field(max_length=10)
    title: Line
    summary: Text


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

    content_id: Identifier
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


class CurrentPublication(BaseModel):
    """What is published now, in the editor's form."""

    course_id: str
    publication: int = Field(description="of the latest change: a withdrawal has a number too")
    withdrawn: bool
    content_version: str
    duration_ms: int
    media_path: str
    captions: list[CaptionEntry]
    course: dict[str, Any] = Field(description="the course document, as in a course package")


class WithdrawalRequest(Request):
    """Takes a course off the catalogue."""

    reason: StrictStr = Field(min_length=1, max_length=500, description="for the audit log")


class WithdrawalAnswer(BaseModel):
    """Since when the course is withdrawn, and whether this call did it."""

    course_id: str
    publication: int = Field(description="the withdrawal's number, which the next publication must expect")
    withdrawn_at: datetime
    changed: bool


class PublishAnswer(CurrentPublication):
    """What is published after the call, and whether the call changed anything."""

    changed: bool
