"""Declaring hours: learners declare; the records officer closes batches and imports the certifying body's answers."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictStr

from services.credits.app.context import RecordsContext
from services.credits.app.declarations.declare_hours import DeclaredEntry, declare_hours, read_declarations
from services.credits.app.declarations.export_batch import close_batch, file_link, list_batches, read_holders
from services.credits.app.declarations.import_results import import_results
from services.credits.app.declarations.items import Batch
from services.credits.app.texts.declarations import STATE_TEXTS
from services.credits.app.texts.wording import hours_text
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import DeclarationState, batch_id
from services.credits.domain.ids import LearnerId
from services.credits.handlers.routes.fields import Hours, PeriodSpan, Reason500, span
from services.kit.bodies import Day, Request
from services.kit.http import call_of, caller, secured
from services.kit.identity import Role

SignedHours = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="exact decimal")]
BatchNumber = Annotated[int, Field(ge=1, le=999_999, description="the batch's number")]
MAX_HOLDERS = 200


class DeclareRequest(Request):
    """Declare what was awarded to a certificate in one period."""

    credential: Credential
    period_start: Day = Field(description="first day of the period, Asia/Shanghai")


class DeclarationAnswer(BaseModel):
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


class DeclarationsAnswer(BaseModel):
    """Declarations, in the order of the ledger."""

    declarations: list[DeclarationAnswer]


class CloseRequest(Request):
    """Close the open batch of a certificate."""

    credential: Credential
    reason: Reason500


class BatchFileAnswer(BaseModel):
    """The file that the certifying body gets, and what its lines add up to."""

    sha256: str = Field(description="of the file's bytes, hexadecimal")
    bytes: int
    rows: int
    declared_rows: int
    declared_hours: SignedHours
    counter_rows: int
    counter_hours: SignedHours
    net_hours: SignedHours


class BatchAnswer(BaseModel):
    """A closed batch."""

    batch_id: str
    credential: Credential
    number: int
    closed_at: datetime
    file: BatchFileAnswer | None = Field(description="null while it is being written: close again to finish it")


class BatchesAnswer(BaseModel):
    """The closed batches of a certificate, newest first."""

    batches: list[BatchAnswer]


class FileAnswer(BaseModel):
    """Where the file is, for some minutes."""

    url: str
    sha256: str


class HolderAnswer(BaseModel):
    """Whose lines these are."""

    learner_id: str
    certificate_number: str | None = Field(description="null: the person was erased")


class HoldersAnswer(BaseModel):
    """The holders of some lines."""

    holders: list[HolderAnswer]
    after: str | None = Field(description="ask for what comes after this line next; null: there is no more")


class ResultsRequest(Request):
    """What the certifying body answered."""

    csv: StrictStr = Field(
        min_length=1,
        max_length=900_000,
        description="the batch's file, or its column line_id, with `result` (accepted, denied) and `reason` filled in",
    )
    reason: Reason500


class ResultsAnswer(BaseModel):
    """How the batch stands."""

    added: int = Field(description="answers that this import added")
    accepted: int
    denied: int
    unanswered: int


def add_declaration_routes(app: APIGatewayHttpResolver, ctx: RecordsContext) -> None:
    """The learners' routes and the records officer's."""
    _add_learner_routes(app, ctx)
    _add_batch_routes(app, ctx)
    _add_result_routes(app, ctx)


def _add_learner_routes(app: APIGatewayHttpResolver, ctx: RecordsContext) -> None:
    learner = secured(Role.LEARNER, function="records")
    path = "/v1/credits/declarations"

    @app.get(path, summary="The caller's declarations", operation_id="read_declarations", **learner)
    def declarations() -> DeclarationsAnswer:
        return _declarations(read_declarations(ctx.store, LearnerId(caller(app).id)))

    @app.post(
        path,
        summary="Declare what was awarded to a certificate in one period; safe to repeat",
        operation_id="declare_hours",
        **learner,
    )
    def declare(request: Annotated[DeclareRequest, Body()]) -> DeclarationsAnswer:
        return _declarations(declare_hours(ctx, call_of(app), request.credential, request.period_start))


def _add_batch_routes(app: APIGatewayHttpResolver, ctx: RecordsContext) -> None:
    officer = secured(Role.RECORDS, function="records")

    @app.post(
        "/v1/credits/batches",
        summary="Close the open batch of a certificate, which exports it; finishes one that was interrupted",
        operation_id="close_batch",
        **secured(Role.RECORDS, idempotent=True, function="records"),
    )
    def close(request: Annotated[CloseRequest, Body()]) -> BatchAnswer:
        return _batch(close_batch(ctx, call_of(app), request.credential, request.reason))

    @app.get(
        "/v1/credits/batches/<credential>",
        summary="The closed batches of a certificate",
        operation_id="list_batches",
        **officer,
    )
    def batches(credential: Annotated[Credential, Path()]) -> BatchesAnswer:
        return BatchesAnswer(batches=[_batch(batch) for batch in list_batches(ctx.store, credential)])

    @app.get(
        "/v1/credits/batches/<credential>/<number>/file",
        summary="Where a batch's file can be fetched",
        operation_id="read_batch_file",
        **officer,
    )
    def file(credential: Annotated[Credential, Path()], number: Annotated[BatchNumber, Path()]) -> FileAnswer:
        url, sha256 = file_link(ctx, credential, number)
        return FileAnswer(url=url, sha256=sha256)

    @app.get(
        "/v1/credits/batches/<credential>/<number>/holders",
        summary="Whose lines a batch has, a page at a time",
        operation_id="read_batch_holders",
        **officer,
    )
    def holders(
        credential: Annotated[Credential, Path()],
        number: Annotated[BatchNumber, Path()],
        after: Annotated[str, Query(pattern=r"^[0-9a-z-]{0,64}$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_HOLDERS, description="of lines")] = MAX_HOLDERS,
    ) -> HoldersAnswer:
        page = read_holders(ctx.store, credential, number, after, limit)
        found = [HolderAnswer(learner_id=h.learner_id, certificate_number=h.certificate_number) for h in page.items]
        return HoldersAnswer(holders=found, after=page.after)


def _add_result_routes(app: APIGatewayHttpResolver, ctx: RecordsContext) -> None:
    @app.post(
        "/v1/credits/batches/<credential>/<number>/results",
        summary="Import what the certifying body answered: the whole file or nothing; safe to repeat",
        operation_id="import_results",
        **secured(Role.RECORDS, function="records"),
    )
    def results(
        credential: Annotated[Credential, Path()],
        number: Annotated[BatchNumber, Path()],
        request: Annotated[ResultsRequest, Body()],
    ) -> ResultsAnswer:
        done = import_results(ctx, call_of(app), credential, number, request.csv, request.reason)
        return ResultsAnswer(added=done.added, accepted=done.accepted, denied=done.denied, unanswered=done.unanswered)


def _declarations(found: list[DeclaredEntry]) -> DeclarationsAnswer:
    return DeclarationsAnswer(declarations=[_declaration(declared) for declared in found])


def _declaration(declared: DeclaredEntry) -> DeclarationAnswer:
    declaration, result, text = declared.declaration, declared.result, STATE_TEXTS[declared.state]
    submission = declaration.counter or declaration.last
    return DeclarationAnswer(
        entry_id=declaration.entry_id,
        number=declaration.entry_number,
        credential=declaration.credential,
        period=span(declaration.period),
        hours=hours_text(declaration.hours),
        state=declared.state,
        text=text.zh,
        text_en=text.en,
        batch_id=batch_id(declaration.credential, submission.batch),
        times_declared=len(declaration.submissions),
        answered_at=result.at if result else None,
        reason=result.reason if result else "",
    )


def _batch(batch: Batch) -> BatchAnswer:
    return BatchAnswer(
        batch_id=batch_id(batch.credential, batch.number),
        credential=batch.credential,
        number=batch.number,
        closed_at=batch.closed_at,
        file=_file(batch),
    )


def _file(batch: Batch) -> BatchFileAnswer | None:
    if batch.file is None:
        return None
    totals = batch.file.totals
    return BatchFileAnswer(
        sha256=batch.file.sha256,
        bytes=batch.file.size,
        rows=totals.rows,
        declared_rows=totals.declared_rows,
        declared_hours=hours_text(totals.declared_hours),
        counter_rows=totals.counter_rows,
        counter_hours=hours_text(totals.counter_hours),
        net_hours=hours_text(totals.net_hours),
    )
