"""Reconciliation for finance: asking for one, what it found, and links to its report."""

import base64
from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictStr

from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import FinanceContext
from services.orders.app.finance.request_check import link_check_file, list_checks, read_check, request_check
from services.orders.app.finance.resolve_difference import CheckView, resolve_difference, view_check
from services.orders.domain import ids
from services.orders.domain.payment import LineKind, ProviderName
from services.orders.domain.reconciliation import Particular
from services.orders.domain.statement_check import (
    CheckResult,
    CheckState,
    Finding,
    ReportedDifference,
    Resolution,
    StatementCheck,
)
from services.orders.handlers.routes.fields import MONTH, Reason
from services.orders.handlers.routes.finance.files import FileName, KeptFileAnswer, LinkAnswer, link_answer

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


class ResolutionRequest(Request):
    """A difference was found out about."""

    kind: LineKind
    reference: StrictStr = Field(min_length=1, max_length=256, description="the payment's number or the refund's")
    reason: Reason


class TotalsAnswer(Answer):
    """Movements of one kind on one side."""

    count: int
    amount_fen: int
    fee_fen: int = Field(description="what the provider keeps of it, as far as statements have told; of refunds: gives")


class DiscrepancyAnswer(Answer):
    """What the two sides tell differently of one movement: numbers, civil days, or a fee in fen."""

    what: Particular
    ours: str
    theirs: str


class ResolutionAnswer(Answer):
    """What finance says of a difference."""

    at: datetime
    by: str = Field(description="the opaque id of who says it")
    reason: str


class DifferenceAnswer(Answer):
    """A movement that the two sides do not tell alike."""

    finding: Finding = Field(description="`amount_differs`: the amount, or else what `particulars` names")
    kind: LineKind
    reference: str = Field(description="the payment's number or the refund's")
    at: datetime
    ours_fen: int | None
    theirs_fen: int | None
    fee_fen: int | None = Field(description="as the statement has it")
    order_id: str | None = Field(description="null where we know of no such movement")
    trade_no: str = Field(description="the provider's number of the payment")
    particulars: list[DiscrepancyAnswer] = Field(description="what is told differently, besides the amount")
    resolution: ResolutionAnswer | None = Field(description="null until finance has found out about it")


class ReconciliationResultAnswer(Answer):
    """What was found."""

    clean: bool
    matched: dict[LineKind, TotalsAnswer]
    ours: dict[LineKind, TotalsAnswer]
    theirs: dict[LineKind, TotalsAnswer]
    counts: dict[Finding, int]
    differences: list[DifferenceAnswer] = Field(description="the first 200; all of them are in the list")
    files: list[KeptFileAnswer] = Field(description="the report on one page, and the list of differences")


class ReconciliationAnswer(Answer):
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


class ReconciliationsAnswer(Answer):
    """Reconciliations, the newest day first."""

    reconciliations: list[ReconciliationAnswer]


def add_reconciliation_routes(api: HttpApi, ctx: FinanceContext) -> None:
    """The routes."""
    finance = api.secured(Role.FINANCE)

    def answer(check: StatementCheck) -> ReconciliationAnswer:
        return _view(view_check(ctx, check))

    @finance.route("POST /v1/orders/reconciliations", "request_reconciliation", status_code=202, idempotent=True)
    def ask(request: ReconciliationRequest) -> ReconciliationAnswer:
        """Have a provider's statement of a day compared with our records."""
        statement = base64.b64decode(request.statement) if request.statement else None
        asked = request_check(ctx, api.call(), request.provider, request.day, statement, request.reason)
        return answer(asked)

    @finance.route("GET /v1/orders/reconciliations", "list_reconciliations")
    def listed(
        month: Annotated[str, Query(pattern=MONTH, description="civil month in Asia/Shanghai, such as 2026-11")],
    ) -> ReconciliationsAnswer:
        """The reconciliations of a month's days."""
        found = list_checks(ctx, month.replace("-", ""))
        return ReconciliationsAnswer(reconciliations=[answer(check) for check in found])

    @finance.route("GET /v1/orders/reconciliations/<reconciliation_id>", "read_reconciliation")
    def read(reconciliation_id: CheckId) -> ReconciliationAnswer:
        """What a reconciliation found."""
        return answer(read_check(ctx, reconciliation_id))

    @finance.route("POST /v1/orders/reconciliations/<reconciliation_id>/resolutions", "resolve_difference")
    def resolve(reconciliation_id: CheckId, request: ResolutionRequest) -> ReconciliationAnswer:
        """Say that a difference was found out about, and how; whoever says it first is kept."""
        kind, reference = request.kind, request.reference
        return _view(resolve_difference(ctx, api.call(), reconciliation_id, kind, reference, request.reason))

    @finance.route("GET /v1/orders/reconciliations/<reconciliation_id>/files/<file_name>", "link_reconciliation_file")
    def link(reconciliation_id: CheckId, file_name: FileName) -> LinkAnswer:
        """A link to a reconciliation's report or list, which ends after some minutes."""
        return link_answer(link_check_file(ctx, api.call(), reconciliation_id, file_name))


def _view(view: CheckView) -> ReconciliationAnswer:
    check = view.check
    result = _result(view, check.result) if check.result else None
    return ReconciliationAnswer.of(
        check, reconciliation_id=check.check_id, uploaded=check.statement_key is not None, result=result
    )


def _result(view: CheckView, result: CheckResult) -> ReconciliationResultAnswer:
    differences = [_difference(found, view.resolution(found)) for found in result.first]
    return ReconciliationResultAnswer.of(result, clean=result.is_clean, differences=differences)


def _difference(found: ReportedDifference, resolution: Resolution | None) -> DifferenceAnswer:
    particulars = [DiscrepancyAnswer.of(one) for one in found.difference.particulars]
    resolved = ResolutionAnswer.of(resolution) if resolution else None
    return DifferenceAnswer.of(found, found.difference, particulars=particulars, resolution=resolved)
