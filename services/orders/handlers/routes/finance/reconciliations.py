"""Reconciliation for finance: asking for one, what it found, and links to its report."""

import base64
from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictStr

from services.kit.bodies import Day, Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import FinanceContext
from services.orders.app.finance.request_check import link_check_file, list_checks, read_check, request_check
from services.orders.domain import ids
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.reconciliation import Totals
from services.orders.domain.statement_check import CheckResult, CheckState, Finding, ReportedDifference, StatementCheck
from services.orders.handlers.routes.fields import MONTH, Reason
from services.orders.handlers.routes.finance.files import FileName, KeptFileAnswer, LinkAnswer, kept_file, link_answer

MAX_STATEMENT = 1024 * 1024
"""Characters of an uploaded statement in base64: compressed, a day of some 50,000 movements. Others are fetched."""


CheckId = Annotated[
    ids.CheckId,
    Field(
        strict=True, pattern=r"^[0-9]{8}-(wechat|alipay)-[0-9]{14}[0-9a-f]{18}$", description="the reconciliation's id"
    ),
]
Statement = Annotated[
    StrictStr,
    Field(
        min_length=1,
        max_length=MAX_STATEMENT,
        pattern=r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    ),
]


class ReconciliationRequest(Request):
    """Compare a provider's statement of a day with our cash book."""

    provider: ProviderName
    day: Day = Field(description="Asia/Shanghai; none after today")
    reason: Reason
    statement: Statement | None = Field(
        default=None,
        description="in base64, the file as it was downloaded there (WeChat Pay's may be in gzip); null: it is fetched",
    )


class TotalsAnswer(BaseModel):
    """Movements of one kind on one side."""

    count: int
    amount_fen: int


class DifferenceAnswer(BaseModel):
    """A movement that the two sides do not tell alike."""

    finding: Finding
    kind: LineKind
    reference: str = Field(description="the payment's number or the refund's")
    at: datetime
    ours_fen: int | None
    theirs_fen: int | None


class ReconciliationResultAnswer(BaseModel):
    """What was found."""

    clean: bool
    matched: dict[LineKind, TotalsAnswer]
    ours: dict[LineKind, TotalsAnswer]
    theirs: dict[LineKind, TotalsAnswer]
    counts: dict[Finding, int]
    differences: list[DifferenceAnswer] = Field(description="the first 200; all of them are in the list")
    files: list[KeptFileAnswer] = Field(description="the report on one page, and the list of differences")


class ReconciliationAnswer(BaseModel):
    """A reconciliation. Ask again every few seconds while its state is `requested`."""

    reconciliation_id: str
    provider: ProviderName
    day: date
    requested_by: str = Field(description="the opaque id of who asked, or `schedule`")
    requested_at: datetime
    reason: str
    uploaded: bool = Field(description="whether finance brought the statement")
    state: CheckState = Field(
        description="`not_ready`: the provider has not made the statement yet; `unreadable`: the upload is no whole "
        "statement of this account; `no_account`: we have none there"
    )
    finished_at: datetime | None
    result: ReconciliationResultAnswer | None = Field(description="of one that is done")


class ReconciliationsAnswer(BaseModel):
    """Reconciliations, the newest day first."""

    reconciliations: list[ReconciliationAnswer]


def add_reconciliation_routes(app: APIGatewayHttpResolver, ctx: FinanceContext) -> None:
    """The routes."""
    _add_requesting(app, ctx)
    _add_reading(app, ctx)


def _add_requesting(app: APIGatewayHttpResolver, ctx: FinanceContext) -> None:
    @app.post(
        "/v1/orders/reconciliations",
        status_code=202,
        operation_id="request_reconciliation",
        summary="Have a provider's statement of a day compared with our records",
        **secured(Role.FINANCE, idempotent=True, function="finance"),
    )
    def ask(request: Annotated[ReconciliationRequest, Body()]) -> ReconciliationAnswer:
        statement = base64.b64decode(request.statement) if request.statement else None
        asked = request_check(ctx, call_of(app), request.provider, request.day, statement, request.reason)
        return _answer(asked)


def _add_reading(app: APIGatewayHttpResolver, ctx: FinanceContext) -> None:
    finance = secured(Role.FINANCE, function="finance")

    @app.get(
        "/v1/orders/reconciliations",
        operation_id="list_reconciliations",
        summary="The reconciliations of a month's days",
        **finance,
    )
    def listed(
        month: Annotated[str, Query(pattern=MONTH, description="civil month in Asia/Shanghai, such as 2026-11")],
    ) -> ReconciliationsAnswer:
        found = list_checks(ctx, month.replace("-", ""))
        return ReconciliationsAnswer(reconciliations=[_answer(check) for check in found])

    @app.get(
        "/v1/orders/reconciliations/<reconciliation_id>",
        operation_id="read_reconciliation",
        summary="What a reconciliation found",
        **finance,
    )
    def read(reconciliation_id: Annotated[CheckId, Path()]) -> ReconciliationAnswer:
        return _answer(read_check(ctx, reconciliation_id))

    @app.get(
        "/v1/orders/reconciliations/<reconciliation_id>/files/<file_name>",
        operation_id="link_reconciliation_file",
        summary="A link to a reconciliation's report or list, which ends after some minutes",
        **finance,
    )
    def link(reconciliation_id: Annotated[CheckId, Path()], file_name: Annotated[FileName, Path()]) -> LinkAnswer:
        return link_answer(link_check_file(ctx, call_of(app), reconciliation_id, file_name))


def _answer(check: StatementCheck) -> ReconciliationAnswer:
    return ReconciliationAnswer(
        reconciliation_id=check.check_id,
        provider=check.provider,
        day=check.day,
        requested_by=check.requested_by,
        requested_at=check.requested_at,
        reason=check.reason,
        uploaded=check.statement_key is not None,
        state=check.state,
        finished_at=check.finished_at,
        result=_result(check.result) if check.result else None,
    )


def _result(result: CheckResult) -> ReconciliationResultAnswer:
    return ReconciliationResultAnswer(
        clean=result.is_clean,
        matched=_totals(result.matched),
        ours=_totals(result.ours),
        theirs=_totals(result.theirs),
        counts=result.counts,
        differences=[_difference(found) for found in result.first],
        files=[kept_file(file) for file in result.files],
    )


def _totals(totals: dict[LineKind, Totals]) -> dict[LineKind, TotalsAnswer]:
    return {kind: TotalsAnswer(count=total.count, amount_fen=total.amount_fen) for kind, total in totals.items()}


def _difference(found: ReportedDifference) -> DifferenceAnswer:
    told = found.difference
    return DifferenceAnswer(
        finding=found.finding,
        kind=told.kind,
        reference=told.reference,
        at=told.at,
        ours_fen=told.ours_fen,
        theirs_fen=told.theirs_fen,
    )
