"""Exports for finance: asking for one, how it stands, and links to its files."""

from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictStr

from services.kit.bodies import Day, Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context, FinanceContext
from services.orders.app.finance.exports import link_file, list_exports, read_export, request_export
from services.orders.domain import ids
from services.orders.domain.export import MAX_DAYS, Export, ExportState, Manifest
from services.orders.handlers.routes.fields import MONTH, NUMBER, Reason
from services.orders.handlers.routes.finance.files import FileName, KeptFileAnswer, LinkAnswer, kept_file, link_answer

ExportId = Annotated[ids.ExportId, Field(strict=True, pattern=NUMBER, description="the export's id")]
Month = Annotated[StrictStr, Field(pattern=MONTH, description="when they were asked for, UTC: 2026-11")]


class ExportRequest(Request):
    """Ask for an export of civil days."""

    first_day: Day = Field(description="Asia/Shanghai")
    last_day: Day = Field(description=f"included; at most {MAX_DAYS} days, none after today")
    reason: Reason


class ExportedTableAnswer(BaseModel):
    """One table, as CSV and as XLSX, each in as many files as it takes."""

    name: str
    title: str = Field(description="in Chinese")
    rows: int = Field(description="without the headings")
    totals_fen: dict[str, int] = Field(description="control totals, fen, by the English name of the column")
    files: list[KeptFileAnswer]


class ManifestAnswer(BaseModel):
    """What the export holds."""

    tables: list[ExportedTableAnswer]
    documents: list[KeptFileAnswer] = Field(description="the report, the summary of revenue, the manifest as JSON")


class ExportAnswer(BaseModel):
    """An export. Ask again every few seconds until its state is `done` or `failed`."""

    export_id: str
    first_day: date
    last_day: date
    requested_by: str = Field(description="the opaque id of who asked, or `schedule`")
    requested_at: datetime
    reason: str
    state: ExportState = Field(description="`failed`: too much for one run; ask for fewer days")
    finished_at: datetime | None
    manifest: ManifestAnswer | None = Field(description="of one that is done")


class ExportsAnswer(BaseModel):
    """Exports, newest first."""

    exports: list[ExportAnswer]


def add_export_routes(app: APIGatewayHttpResolver, ctx: FinanceContext) -> None:
    """The routes."""
    _add_requesting(app, ctx)
    _add_reading(app, ctx)


def _add_requesting(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.post(
        "/v1/orders/exports",
        status_code=202,
        operation_id="request_export",
        summary="Ask for an export of orders, payments and refunds on some days",
        **secured(Role.FINANCE, idempotent=True, function="finance"),
    )
    def ask(request: Annotated[ExportRequest, Body()]) -> ExportAnswer:
        asked = request_export(ctx, call_of(app), request.first_day, request.last_day, request.reason)
        return _answer(asked)


def _add_reading(app: APIGatewayHttpResolver, ctx: FinanceContext) -> None:
    finance = secured(Role.FINANCE, function="finance")

    @app.get(
        "/v1/orders/exports",
        operation_id="list_exports",
        summary="The exports asked for in a month",
        **finance,
    )
    def listed(month: Annotated[Month | None, Query(description="default: this month")] = None) -> ExportsAnswer:
        wanted = month or f"{ctx.clock.now():%Y-%m}"
        return ExportsAnswer(exports=[_answer(export) for export in list_exports(ctx, wanted.replace("-", ""))])

    @app.get(
        "/v1/orders/exports/<export_id>",
        operation_id="read_export",
        summary="How an export stands, and what it holds",
        **finance,
    )
    def read(export_id: Annotated[ExportId, Path()]) -> ExportAnswer:
        return _answer(read_export(ctx, export_id))

    @app.get(
        "/v1/orders/exports/<export_id>/files/<file_name>",
        operation_id="link_export_file",
        summary="A link to a file of an export, which ends after some minutes",
        **finance,
    )
    def link(export_id: Annotated[ExportId, Path()], file_name: Annotated[FileName, Path()]) -> LinkAnswer:
        return link_answer(link_file(ctx, call_of(app), export_id, file_name))


def _answer(export: Export) -> ExportAnswer:
    return ExportAnswer(
        export_id=export.export_id,
        first_day=export.first_day,
        last_day=export.last_day,
        requested_by=export.requested_by,
        requested_at=export.requested_at,
        reason=export.reason,
        state=export.state,
        finished_at=export.finished_at,
        manifest=_manifest(export.manifest) if export.manifest else None,
    )


def _manifest(manifest: Manifest) -> ManifestAnswer:
    tables = [
        ExportedTableAnswer(
            name=table.name,
            title=table.title,
            rows=table.rows,
            totals_fen=table.totals_fen,
            files=[kept_file(file) for file in table.files],
        )
        for table in manifest.tables
    ]
    return ManifestAnswer(tables=tables, documents=[kept_file(file) for file in manifest.documents])
