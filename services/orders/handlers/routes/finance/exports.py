"""Exports for finance: asking for one, how it stands, and links to its files."""

from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictStr

from services.kit.bodies import Answer, Day, Request
from services.kit.days import civil_day
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import FinanceContext
from services.orders.app.finance.exports import link_file, list_exports, read_export, request_export
from services.orders.domain import ids
from services.orders.domain.export import MAX_DAYS, ExportState
from services.orders.handlers.routes.fields import MONTH, NUMBER, Reason
from services.orders.handlers.routes.finance.files import FileName, KeptFileAnswer, LinkAnswer, link_answer

ExportId = Annotated[ids.ExportId, Field(strict=True, pattern=NUMBER, description="the export's id")]
Month = Annotated[StrictStr, Field(pattern=MONTH, description="when they were asked for, Asia/Shanghai: 2026-11")]


class ExportRequest(Request):
    """Ask for an export of civil days."""

    first_day: Day = Field(description="Asia/Shanghai")
    last_day: Day = Field(description=f"included; at most {MAX_DAYS} days, none after today")
    reason: Reason


class ExportedTableAnswer(Answer):
    """One table, as CSV and as XLSX, each in as many files as it takes."""

    name: str
    title: str = Field(description="in Chinese")
    rows: int = Field(description="without the headings")
    totals_fen: dict[str, int] = Field(description="control totals, fen, by the English name of the column")
    files: list[KeptFileAnswer]


class ManifestAnswer(Answer):
    """What the export holds."""

    tables: list[ExportedTableAnswer]
    documents: list[KeptFileAnswer] = Field(description="the report, the summary of revenue, the manifest as JSON")


class ExportAnswer(Answer):
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


class ExportsAnswer(Answer):
    """Exports, newest first."""

    exports: list[ExportAnswer]


def add_export_routes(api: HttpApi, ctx: FinanceContext) -> None:
    """The routes."""
    finance = api.secured(Role.FINANCE)

    @finance.route("POST /v1/orders/exports", "request_export", status_code=202, idempotent=True)
    def ask(request: ExportRequest) -> ExportAnswer:
        """Ask for an export of orders, payments and refunds on some days."""
        asked = request_export(ctx, api.call(), request.first_day, request.last_day, request.reason)
        return ExportAnswer.of(asked)

    @finance.route("GET /v1/orders/exports", "list_exports")
    def listed(month: Annotated[Month | None, Query(description="default: this month")] = None) -> ExportsAnswer:
        """The exports asked for in a month."""
        wanted = date.fromisoformat(f"{month}-01") if month else civil_day(ctx.clock.now()).replace(day=1)
        return ExportsAnswer.of(exports=list_exports(ctx, wanted))

    @finance.route("GET /v1/orders/exports/<export_id>", "read_export")
    def read(export_id: ExportId) -> ExportAnswer:
        """How an export stands, and what it holds."""
        return ExportAnswer.of(read_export(ctx, export_id))

    @finance.route("GET /v1/orders/exports/<export_id>/files/<file_name>", "link_export_file")
    def link(export_id: ExportId, file_name: FileName) -> LinkAnswer:
        """A link to a file of an export, which ends after some minutes."""
        return link_answer(link_file(ctx, api.call(), export_id, file_name))
