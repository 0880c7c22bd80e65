"""From a recording to a published course page, for editors."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from services.catalog.app.context import ProductionContext
from services.catalog.app.productions.bring_files import Announcement, add_file, complete_file, remove_file, sign_parts
from services.catalog.app.productions.decide_block import Verdict, decide_block
from services.catalog.app.productions.preview_production import preview_production
from services.catalog.app.productions.publish_production import publish_production
from services.catalog.app.productions.read_productions import (
    FactsState,
    FileOnItsWay,
    list_productions,
    read_production,
)
from services.catalog.app.productions.run_steps import cancel_production, draft_block_again, start_run
from services.catalog.app.productions.start_production import start_production
from services.catalog.app.productions.transcripts import TranscriptState, correct_transcript, read_transcript
from services.catalog.app.productions.write_facts import write_facts
from services.catalog.domain import document as limits
from services.catalog.domain import ids
from services.catalog.domain.course import Block
from services.catalog.domain.production import Language, ProductionState, Step, StepState
from services.catalog.domain.production_block import BlockState, Decision, ProductionBlock
from services.catalog.domain.production_file import LIMITS, MAX_FILE_NAME, MOST_PARTS, FileRole, FileState
from services.catalog.domain.production_transcript import TranscriptSource
from services.catalog.handlers.routes.courses import CoursePage, InstructorText, MindMapText, course_page
from services.catalog.handlers.routes.fields import (
    ContentId,
    CourseId,
    Digits,
    FileId,
    Limit,
    Line,
    ProductionId,
    ReviewerName,
    Text,
)
from services.catalog.handlers.routes.publishing import ChapterText, KeyPointText, QuestionText, WatchText
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Stored

MAX_SIGNED = 20
"""Parts of a file that are signed at a time."""
MAX_CORRECTIONS = 200

Revision = Annotated[int, Field(strict=True, ge=0, le=999_999_999, description="of the section, as it was read")]
Part = Annotated[StrictInt, Field(ge=1, le=MOST_PARTS)]
Reason = Annotated[StrictStr, Field(min_length=1, max_length=500, description="for the audit log")]


class StartRequest(Request):
    """Begins a production of a course, of a new one or of one that is published."""

    course_id: CourseId
    title: Annotated[StrictStr, Field(min_length=1, max_length=limits.MAX_TITLE)] | None = Field(
        default=None, description="of a new course; without one, its id. One that is published has its own"
    )
    language: Language = Field(description="that is spoken")
    from_course: StrictBool = Field(default=False, description="begin with the facts and blocks that are published")


class FactsText(Request):
    """The members of the course document but its blocks, as far as they are known."""

    content_id: ContentId | None = None
    title: Line | None = None
    title_en: Line | None = None
    subtitle: Line | None = None
    hours: Digits | None = None
    category: Annotated[StrictStr, Field(max_length=20)] | None = None
    eligible_credentials: list[Annotated[StrictStr, Field(max_length=20)]] | None = Field(default=None, max_length=20)
    published_on: Annotated[StrictStr, Field(max_length=10)] | None = None
    price_fen: StrictInt | None = None
    member_price_fen: StrictInt | None = None
    member_recommended: StrictBool | None = None
    member_library: StrictBool | None = None
    watch: WatchText | None = None
    instructors: list[InstructorText] | None = Field(default=None, max_length=limits.MAX_INSTRUCTORS)


class FactsRequest(Request):
    """Replaces the facts. What is missing or wrong is kept and listed; it only keeps the course from publication."""

    revision: Revision
    facts: FactsText


class FileRequest(Request):
    """Announces a file. What is wrong with its name or size is refused before anything of it is sent."""

    role: FileRole
    name: Annotated[StrictStr, Field(min_length=1, max_length=MAX_FILE_NAME)]
    bytes: StrictInt = Field(ge=0, le=2**43, description=f"a recording has at most {LIMITS['recording'].most_bytes}")
    instructor: Line | None = Field(default=None, description="of a portrait: whose it is, as the facts name them")


class PartsRequest(Request):
    """Asks to send these parts."""

    numbers: list[Part] = Field(min_length=1, max_length=MAX_SIGNED)


class RunRequest(Request):
    """Runs the steps from this one on, or from the first that is not done."""

    first: Step | None = Field(default=None, alias="from")


class CancelRequest(Request):
    """Ends a production without a publication."""

    reason: Reason


class Correction(Request):
    """Another text for a sentence, which keeps its time."""

    number: StrictInt = Field(ge=1, le=999_999)
    text: Annotated[StrictStr, Field(min_length=1, max_length=limits.MAX_LINE * 2)]


class TranscriptRequest(Request):
    """Corrects sentences of the transcript."""

    revision: Revision
    corrections: list[Correction] = Field(min_length=1, max_length=MAX_CORRECTIONS)


BlockValue = (
    Annotated[list[Line], Field(max_length=limits.MAX_KEYWORDS)]
    | Text
    | Annotated[list[ChapterText], Field(max_length=limits.MAX_CHAPTERS)]
    | MindMapText
    | Annotated[list[KeyPointText], Field(max_length=limits.MAX_KEY_POINTS)]
    | Annotated[list[QuestionText], Field(max_length=limits.MAX_QUESTIONS)]
)
"""A block as the course document has it: keywords, abstract, chapters, mind map, key points, questions."""


class BlockDecision(Request):
    """What a person decides on a block: takes the draft, writes it anew, leaves it out, or opens it again."""

    revision: Revision
    decision: Decision
    value: BlockValue | None = Field(default=None, description="of an edit: the block as the course document has it")
    reviewer: ReviewerName | None = Field(
        default=None, description="who takes what a machine drafted, or edits it and leaves any of it; learners read it"
    )
    marks_seen: StrictBool = Field(
        default=False,
        description="whether a person looked at the marks of what they take or leave as it is",
    )


class DraftRequest(Request):
    """Asks for another draft of a block, in place of what it says at this revision."""

    revision: Revision


class PublicationRequest(Request):
    """Publishes. `expected_publication` is the current one's number; without it, of when the production began."""

    reason: Reason
    expected_publication: StrictInt | None = Field(default=None, ge=0, le=999_999)


class Message(Answer):
    """What is wrong, and what to do."""

    message: str
    message_en: str


class Hindrance(Message):
    """The same, with a stable code."""

    code: str


class ProductionStep(Answer):
    """How a step stands. A step that another file outdated waits again."""

    step: Step
    state: StepState
    started_at: datetime | None
    ended_at: datetime | None
    percent: int | None = Field(description="of a step under way, where it can be told")
    problem: Hindrance | None


class ProductionFileAnswer(Answer):
    """A file that an editor brings. All parts but the last have `part_bytes`."""

    file_id: str
    role: FileRole
    name: str
    bytes: int
    state: FileState
    part_bytes: int
    parts_here: list[int] = Field(description="numbers of the parts that arrived, while the file is uploaded")
    problem: Hindrance | None = Field(description="of a file that is here: what to look at")
    instructor: str | None = Field(description="whose portrait it is")
    picture_url: str | None = Field(description="of a cover or portrait that is here, good for an hour")


class FactFault(Message):
    """What of the facts keeps the course from publication."""

    pointer: str


class FactsAnswer(Answer):
    """The facts as they are kept."""

    revision: int
    facts: FactsText
    faults: list[FactFault]
    changed_at: datetime


class BlockMarkAnswer(Message):
    """What a person must look at, in a part (from 0) or in the whole block."""

    part: int | None


class BlockSourceAnswer(Answer):
    """What a part (from 0) of a draft rests on; `said` is cut where it is long."""

    part: int
    start_ms: int
    end_ms: int
    said: str


class BlockAnswer(Answer):
    """A block of the course's summary. One that was dropped keeps its value, to be opened again."""

    block: Block
    revision: int
    state: BlockState
    made_by: str | None = Field(description="null: a person wrote it, and nothing of a draft is left")
    edited: bool = Field(description="a person wrote it, or changed what was drafted")
    taken: list[str] = Field(
        description="how sentences of an edit begin that are still the same as a draft's, or close"
    )
    reviewer: str | None
    reviewed_at: datetime | None
    value: BlockValue | None
    marks: list[BlockMarkAnswer] = Field(description="that nobody has said to have looked at")
    sources: list[BlockSourceAnswer]


class RenditionAnswer(Answer):
    """The picture in one size, or the sound alone."""

    name: str
    width: int | None
    height: int | None
    bits_per_second: int


class ProductionMedia(Answer):
    """The lecture as it was packaged. Addresses are good for an hour."""

    duration_ms: int
    renditions: list[RenditionAnswer]
    poster_url: str | None = Field(description="null: the published media are kept, which have no pictures")
    preview_url: str | None = Field(description="of a small recording to look at; null as well")
    previews: list[str]


class LackAnswer(Message):
    """What keeps a production from being published."""

    part: str


class DoubtAnswer(Message):
    """What a person should look at before publishing, though it keeps nothing from it."""

    part: str


class PublishedAnswer(Answer):
    """What came of a production."""

    publication: int = Field(description="of the course, which is current after it")
    published_at: datetime
    changed: bool = Field(description="false: the course said all of it already, and has no new publication")


class ProductionLineAnswer(Answer):
    """A production in the list."""

    production_id: str
    course_id: str
    title: str
    state: ProductionState
    step: Step | None = Field(description="that runs, or failed")
    changed_at: datetime
    started_by_me: bool


class ProductionsAnswer(Answer):
    """A page of productions, the newest first."""

    productions: list[ProductionLineAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


class ProductionAnswer(Answer):
    """A production with all that belongs to it but its transcript."""

    production_id: str
    course_id: str
    title: str
    language: Language
    state: ProductionState
    base_publication: int = Field(description="of the course when the production began; 0: none")
    steps: list[ProductionStep]
    files: list[ProductionFileAnswer]
    facts: FactsAnswer
    blocks: list[BlockAnswer]
    media: ProductionMedia | None
    kept_ms: int | None = Field(description="how long the published recording plays; null: it is not kept")
    missing: list[LackAnswer] = Field(description="empty: it can be published")
    doubts: list[DoubtAnswer]
    published: PublishedAnswer | None
    started_at: datetime
    changed_at: datetime


class SignedPart(Answer):
    """An HTTP PUT to `url` with exactly these headers, within an hour."""

    number: int
    url: str
    headers: dict[str, str]


class SignedParts(Answer):
    """Permissions to send parts."""

    parts: list[SignedPart]


class RemovedFile(Answer):
    """A file is gone."""

    file_id: str


class SentenceAnswer(Answer):
    """A sentence (numbered from 1) with its time."""

    number: int
    start_ms: int
    end_ms: int
    text: str


class TranscriptAnswer(Answer):
    """What is said in the lecture. Without a transcript, revision 0 and no sentences."""

    revision: int
    language: Language
    source: TranscriptSource
    sentences: list[SentenceAnswer]


class ProductionPreview(Answer):
    """The course page as it would be published with what is decided.

    What is not published yet has addresses that are good for an hour: a small recording, the cover and the portraits.
    """

    page: CoursePage
    preview_url: str | None = Field(description="null: the published media are kept")
    cover_url: str | None
    portraits: dict[str, str] = Field(description="addresses by the instructors' names")


def add_production_routes(api: HttpApi, ctx: ProductionContext) -> None:
    """Productions."""
    _add_way(api, ctx)
    _add_files(api, ctx)
    _add_texts(api, ctx)
    _add_end(api, ctx)


def _add_way(api: HttpApi, ctx: ProductionContext) -> None:
    """How a production goes on."""
    editor = api.secured(Role.EDITOR)

    @editor.route("POST /v1/catalog/productions", "start_production", idempotent=True)
    def start(request: StartRequest) -> ProductionAnswer:
        """Begin a production of a course."""
        given = request.course_id, request.title or request.course_id, request.language
        return _production(ctx, start_production(ctx, api.call(), *given, from_course=request.from_course))

    @editor.route("GET /v1/catalog/productions", "list_productions")
    def listed(
        after: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$", description="the earlier page's `after`")] = "",
        limit: Limit = 20,
    ) -> ProductionsAnswer:
        """All productions, the newest first, a page at a time."""
        page, me = list_productions(ctx, after, limit), api.call().caller_id
        lines = [ProductionLineAnswer.of(line, started_by_me=line.started_by == me) for line in page.items]
        return ProductionsAnswer(productions=lines, after=page.after)

    @editor.route("GET /v1/catalog/productions/<production_id>", "read_production")
    def read(production_id: ProductionId) -> ProductionAnswer:
        """A production with its files, facts and blocks."""
        return _production(ctx, production_id)

    @editor.route("POST /v1/catalog/productions/<production_id>/runs", "start_run")
    def run(production_id: ProductionId, request: RunRequest) -> ProductionAnswer:
        """Run the steps from one on, or from the first that is not done."""
        start_run(ctx, api.call(), production_id, request.first)
        return _production(ctx, production_id)

    @editor.route("POST /v1/catalog/productions/<production_id>/blocks/<block>/drafts", "draft_block_again")
    def draft(production_id: ProductionId, block: Block, request: DraftRequest) -> ProductionAnswer:
        """Have one block drafted again, in place of what stands there."""
        draft_block_again(ctx, api.call(), production_id, block, request.revision)
        return _production(ctx, production_id)


def _add_files(api: HttpApi, ctx: ProductionContext) -> None:
    """What an editor brings."""
    editor = api.secured(Role.EDITOR)

    @editor.route("POST /v1/catalog/productions/<production_id>/files", "add_file", idempotent=True)
    def add(production_id: ProductionId, request: FileRequest) -> ProductionFileAnswer:
        """Announce a file, whose parts can then be sent."""
        announced = Announcement(request.role, request.name, request.bytes, request.instructor)
        return _file(add_file(ctx, api.call(), production_id, announced))

    @editor.route("POST /v1/catalog/productions/<production_id>/files/<file_id>/parts", "sign_parts")
    def sign(production_id: ProductionId, file_id: FileId, request: PartsRequest) -> SignedParts:
        """Ask to send parts of a file."""
        signed = sign_parts(ctx, production_id, file_id, request.numbers)
        return SignedParts(parts=[SignedPart.of(upload, number=number) for number, upload in signed])

    @editor.route("POST /v1/catalog/productions/<production_id>/files/<file_id>/completion", "complete_file")
    def complete(production_id: ProductionId, file_id: FileId) -> ProductionFileAnswer:
        """Put a file's parts together, and see what it is; safe to repeat."""
        return _file(complete_file(ctx, production_id, file_id))

    @editor.route("DELETE /v1/catalog/productions/<production_id>/files/<file_id>", "remove_file")
    def remove(production_id: ProductionId, file_id: FileId) -> RemovedFile:
        """Take a file away; safe to repeat."""
        remove_file(ctx, api.call(), production_id, file_id)
        return RemovedFile(file_id=file_id)


def _add_texts(api: HttpApi, ctx: ProductionContext) -> None:
    """What people write and decide."""
    editor = api.secured(Role.EDITOR)

    @editor.route("PUT /v1/catalog/productions/<production_id>/facts", "write_facts")
    def facts(production_id: ProductionId, request: FactsRequest) -> FactsAnswer:
        """Keep the facts of the course."""
        document = request.facts.model_dump(mode="json", exclude_none=True)
        return _facts(write_facts(ctx, api.call(), production_id, request.revision, document))

    @editor.route("GET /v1/catalog/productions/<production_id>/transcript", "read_transcript")
    def transcript(production_id: ProductionId) -> TranscriptAnswer:
        """What is said in the lecture, sentence by sentence."""
        return _transcript(read_transcript(ctx, production_id))

    @editor.route("PUT /v1/catalog/productions/<production_id>/transcript", "correct_transcript")
    def correct(production_id: ProductionId, request: TranscriptRequest) -> TranscriptAnswer:
        """Give sentences another text; they keep their times."""
        texts = {correction.number: correction.text for correction in request.corrections}
        return _transcript(correct_transcript(ctx, api.call(), production_id, request.revision, texts))

    @editor.route("PUT /v1/catalog/productions/<production_id>/blocks/<block>", "decide_block")
    def decide(production_id: ProductionId, block: Block, request: BlockDecision) -> BlockAnswer:
        """Take, edit, drop or open again what stands in a block."""
        decided = request.model_dump(mode="json", include={"value"}, exclude_none=True).get("value")
        verdict = Verdict(request.decision, decided, request.reviewer, marks_seen=request.marks_seen)
        return _block(decide_block(ctx, api.call(), production_id, block, request.revision, verdict))


def _add_end(api: HttpApi, ctx: ProductionContext) -> None:
    """How a production ends."""
    editor = api.secured(Role.EDITOR)

    @editor.route("POST /v1/catalog/productions/<production_id>/cancellation", "cancel_production")
    def cancel(production_id: ProductionId, request: CancelRequest) -> ProductionAnswer:
        """End a production without a publication; safe to repeat."""
        cancel_production(ctx, api.call(), production_id, request.reason)
        return _production(ctx, production_id)

    @editor.route("GET /v1/catalog/productions/<production_id>/preview", "preview_production")
    def preview(production_id: ProductionId) -> ProductionPreview:
        """The course page as it would be published."""
        found = preview_production(ctx, production_id)
        return ProductionPreview.of(found, page=course_page(found.details))

    @editor.route("POST /v1/catalog/productions/<production_id>/publication", "publish_production")
    def publish(production_id: ProductionId, request: PublicationRequest) -> ProductionAnswer:
        """Publish the course with all that was decided; safe to repeat."""
        publish_production(ctx, api.call(), production_id, request.reason, request.expected_publication)
        return _production(ctx, production_id)


def _production(ctx: ProductionContext, production_id: ids.ProductionId) -> ProductionAnswer:
    found = read_production(ctx, production_id)
    return ProductionAnswer.of(
        found.production,
        files=[_file(file) for file in found.files],
        facts=_facts(found.facts),
        blocks=[_block(block) for block in found.blocks],
        media=found.media,
        kept_ms=found.production.kept_ms,
        missing=found.missing,
        doubts=found.doubts,
    )


def _facts(facts: FactsState) -> FactsAnswer:
    faults = [FactFault.of(fault) for fault in facts.faults]
    return FactsAnswer.of(
        facts.stored.value, revision=facts.stored.version, facts=facts.stored.value.document, faults=faults
    )


def _file(file: FileOnItsWay) -> ProductionFileAnswer:
    return ProductionFileAnswer.of(file.file, parts_here=list(file.parts_here), picture_url=file.picture_url)


def _block(block: Stored[ProductionBlock]) -> BlockAnswer:
    return BlockAnswer.of(
        block.value, revision=block.version, value=block.value.document, marks=list(block.value.open_marks)
    )


def _transcript(found: TranscriptState) -> TranscriptAnswer:
    sentences = [SentenceAnswer.of(sentence, number=number) for number, sentence in enumerate(found.sentences, start=1)]
    return TranscriptAnswer.of(found, sentences=sentences)
