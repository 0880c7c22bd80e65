"""Declaring hours: learners declare; the records officer closes batches and imports the certifying body's answers."""

from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator, Field, StrictStr

from services.credits.app.context import RecordsContext
from services.credits.app.declarations.declare_hours import (
    MAX_DECLARATIONS,
    DeclaredEntry,
    declare_hours,
    read_declarations,
    read_open_hours,
)
from services.credits.app.declarations.export_batch import close_batch, file_link, list_batches, read_holders
from services.credits.app.declarations.import_results import import_results
from services.credits.app.declarations.items import Batch
from services.credits.app.texts.declarations import STATE_TEXTS
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import DeclarationState, batch_id
from services.credits.handlers.routes.fields import (
    Hours,
    LearnerId,
    Number,
    PeriodSpan,
    Reason,
    learner_id,
    written_hours,
)
from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page

SignedHours = Annotated[
    str, BeforeValidator(written_hours), Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="exact decimal")
]
BatchNumber = Annotated[int, Field(ge=1, le=999_999, description="the batch's number")]
MAX_HOLDERS = 200
Listed = Annotated[int, Query(ge=1, le=MAX_DECLARATIONS)]


class DeclareRequest(Request):
    """Declare what was awarded to a certificate in one period."""

    credential: Credential
    period_start: Day = Field(description="first day of the period, Asia/Shanghai")


class DeclarationAnswer(Answer):
    """The declaration of one entry of the ledger."""

    entry_id: str
    number: int = Field(description="place of the entry in the ledger")
    credential: Credential
    period: PeriodSpan
    hours: Hours
    state: DeclarationState
    text: str
    text_en: str
    batch_id: str = Field(description="the batch that it leaves or left with")
    times_declared: int
    answered_at: datetime | None
    reason: str = Field(description="the certifying body's own words; empty where it gave none")


class DeclarationsAnswer(Answer):
    """Declarations, in the order of the ledger."""

    declarations: list[DeclarationAnswer]
    after: int | None = Field(description="ask for what comes after this number next; null: there is no more")


class OpenHoursAnswer(Answer):
    """What of a certificate's period may be declared now: it counts, and is not declared, or was denied."""

    credential: Credential
    period_start: date
    entries: int = Field(description="how many, awards and grants")
    hours: Hours


class OwnDeclarationsAnswer(DeclarationsAnswer):
    """A page of a learner's, and what may be declared beside all of them."""

    declarable: list[OpenHoursAnswer] = Field(description="by certificate and period; empty where there is nothing")


class CloseRequest(Request):
    """Close the open batch of a certificate."""

    credential: Credential
    reason: Reason


class BatchFileAnswer(Answer):
    """The file that the certifying body gets, and what its lines add up to."""

    sha256: str = Field(description="of the file's bytes, hexadecimal")
    bytes: int
    rows: int
    declared_rows: int
    declared_hours: SignedHours
    counter_rows: int
    counter_hours: SignedHours
    net_hours: SignedHours


class BatchAnswer(Answer):
    """A closed batch."""

    batch_id: str
    credential: Credential
    number: int
    closed_at: datetime
    file: BatchFileAnswer | None = Field(description="null while it is being written: close again to finish it")


class BatchesAnswer(Answer):
    """The closed batches of a certificate, newest first."""

    batches: list[BatchAnswer]


class FileAnswer(Answer):
    """Where the file is, for some minutes."""

    url: str
    sha256: str


class HolderAnswer(Answer):
    """Whose lines these are."""

    learner_id: str
    certificate_number: str | None = Field(description="null: the person was erased")


class HoldersAnswer(Answer):
    """The holders of some lines."""

    holders: list[HolderAnswer]
    after: str | None = Field(description="ask for what comes after this line next; null: there is no more")


class ResultsRequest(Request):
    """What the certifying body answered."""

    READ_BY_LINE = frozenset({"csv"})
    csv: StrictStr = Field(
        min_length=1,
        max_length=900_000,
        description="the batch's file, or its column line_id, with `result` (accepted, denied) and `reason` filled in",
    )
    reason: Reason


class ResultsAnswer(Answer):
    """How the batch stands."""

    added: int = Field(description="answers that this import added")
    accepted: int
    denied: int
    unanswered: int


def add_declaration_routes(api: HttpApi, ctx: RecordsContext) -> None:
    """The learners' routes and the records officer's."""
    _add_learner_routes(api, ctx)
    _add_officer_routes(api, ctx)


def _add_learner_routes(api: HttpApi, ctx: RecordsContext) -> None:
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/credits/declarations", "read_declarations")
    def declarations(after: Number = 0, limit: Listed = MAX_DECLARATIONS) -> OwnDeclarationsAnswer:
        """The caller's declarations, a page at a time, and what may be declared."""
        page = _declarations(read_declarations(ctx.store, learner_id(api), after, limit))
        may_be = read_open_hours(ctx.store, learner_id(api))
        declarable = [OpenHoursAnswer.of(open_hours, entries=len(open_hours.entries)) for open_hours in may_be]
        return OwnDeclarationsAnswer.of(page, declarable=declarable)

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT, Role.RECORDS, Role.REVIEWER).route(
        "GET /v1/credits/learners/<learner_id>/declarations", "read_learner_declarations"
    )
    def of_learner(learner_id: LearnerId, after: Number = 0, limit: Listed = MAX_DECLARATIONS) -> DeclarationsAnswer:
        """A learner's declarations, a page at a time."""
        return _declarations(read_declarations(ctx.store, learner_id, after, limit))

    @learner.route("POST /v1/credits/declarations", "declare_hours")
    def declare(request: DeclareRequest) -> DeclarationsAnswer:
        """Declare what was awarded to a certificate in one period; safe to repeat."""
        return _declarations(Page(declare_hours(ctx, api.call(), request.credential, request.period_start), None))


def _add_officer_routes(api: HttpApi, ctx: RecordsContext) -> None:
    officer = api.secured(Role.RECORDS)

    @officer.route("POST /v1/credits/batches", "close_batch", idempotent=True)
    def close(request: CloseRequest) -> BatchAnswer:
        """Close the open batch of a certificate, which exports it; finishes one that was interrupted."""
        return _batch(close_batch(ctx, api.call(), request.credential, request.reason))

    @officer.route("GET /v1/credits/batches/<credential>", "list_batches")
    def batches(credential: Credential) -> BatchesAnswer:
        """The closed batches of a certificate."""
        return BatchesAnswer(batches=[_batch(batch) for batch in list_batches(ctx.store, credential)])

    @officer.route("GET /v1/credits/batches/<credential>/<number>/file", "read_batch_file")
    def file(credential: Credential, number: BatchNumber) -> FileAnswer:
        """Where a batch's file can be fetched."""
        url, sha256 = file_link(ctx, credential, number)
        return FileAnswer(url=url, sha256=sha256)

    @officer.route("GET /v1/credits/batches/<credential>/<number>/holders", "read_batch_holders")
    def holders(
        credential: Credential,
        number: BatchNumber,
        after: Annotated[str, Query(pattern=r"^[0-9a-z-]{0,64}$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_HOLDERS, description="of lines")] = MAX_HOLDERS,
    ) -> HoldersAnswer:
        """Whose lines a batch has, a page at a time."""
        page = read_holders(ctx.store, credential, number, after, limit)
        return HoldersAnswer.of(page, holders=page.items)

    @officer.route("POST /v1/credits/batches/<credential>/<number>/results", "import_results")
    def results(credential: Credential, number: BatchNumber, request: ResultsRequest) -> ResultsAnswer:
        """Import what the certifying body answered: the whole file or nothing; safe to repeat."""
        return ResultsAnswer.of(import_results(ctx, api.call(), credential, number, request.csv, request.reason))


def _declarations(page: Page[DeclaredEntry]) -> DeclarationsAnswer:
    declarations = [_declaration(declared) for declared in page.items]
    return DeclarationsAnswer(declarations=declarations, after=declarations[-1].number if page.after else None)


def _declaration(declared: DeclaredEntry) -> DeclarationAnswer:
    declaration, result, text = declared.declaration, declared.result, STATE_TEXTS[declared.state]
    submission = declaration.counter or declaration.last
    return DeclarationAnswer.of(
        declaration,
        declared,
        number=declaration.entry_number,
        text=text.zh,
        text_en=text.en,
        batch_id=batch_id(declaration.credential, submission.batch),
        times_declared=len(declaration.submissions),
        answered_at=result.at if result else None,
        reason=result.reason if result else "",
    )


def _batch(batch: Batch) -> BatchAnswer:
    file = batch.file and BatchFileAnswer.of(batch.file, batch.file.totals, bytes=batch.file.size)
    return BatchAnswer.of(batch, batch_id=batch_id(batch.credential, batch.number), file=file)
