"""Invoices (发票) as finance works through them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictInt, StrictStr

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.correct_invoice import Correction, correct_as_finance
from services.orders.app.invoices.issue_invoice import (
    correct_number,
    invoices_of,
    issue_invoice,
    red_letter,
    reject_request,
    sign_upload,
)
from services.orders.domain.invoice import Document, InvoiceKind, InvoiceStatus
from services.orders.handlers.routes.fields import MONTH, NUMBER, InvoiceId, Reason
from services.orders.handlers.routes.invoices.own import KIND, BuyerRequest, InvoiceAnswer, invoice_answer

MAX_INVOICES = 100
MAX_PDF_BYTES = 5 * 1024 * 1024
"""Far more than a PDF of an invoice has."""
Month = Annotated[str, Query(pattern=MONTH, description="2026-11, Asia/Shanghai")]
TaxNumber = Annotated[
    StrictStr,
    Field(
        pattern=r"^([0-9]{8}|[0-9]{20}|([0-9]{10}|[0-9]{12})-[0-9]{8})$",
        description="发票号码: 20 digits; of an earlier invoice 发票代码 (10 or 12 digits), a hyphen and 8 digits",
    ),
]


class DocumentRequest(Request):
    """The PDF of an invoice."""

    sha256: StrictStr = Field(pattern=r"^[0-9a-f]{64}$", description="hexadecimal")
    size: StrictInt = Field(ge=1, le=MAX_PDF_BYTES, description="bytes")

    def document(self) -> Document:
        """As the use cases take it."""
        return Document(self.sha256, self.size)


class IssueRequest(DocumentRequest):
    """An invoice is issued, and its PDF is uploaded."""

    number: TaxNumber


class RejectRequest(Request):
    """A request is turned down."""

    reason: Reason


class RedLetterRequest(Request):
    """An invoice is red-lettered, in whole or in part."""

    number: TaxNumber
    amount_fen: StrictInt | None = Field(
        default=None,
        ge=1,
        le=10**12,
        description="what the red letter is for: refused if that is not `red_due_fen`; null: whatever is due",
    )


class NumberCorrectionRequest(Request):
    """A number was mistyped."""

    wrong: StrictStr = Field(pattern=r"^[0-9-]{1,32}$", description="as it stands: the invoice's or a red letter's")
    number: TaxNumber
    reason: Reason


class CorrectionRequest(Request):
    """An issued invoice is wrong."""

    buyer: BuyerRequest | None = Field(default=None, description="the right one; null: it is right")
    kind: InvoiceKind | None = Field(default=None, description=f"{KIND}; null: as it was")
    reason: Reason


class InvoiceUploadAnswer(Answer):
    """Where and how to put the PDF: an HTTP PUT to `url` with exactly these headers, within 15 minutes."""

    url: str
    headers: dict[str, str]


class StaffInvoiceAnswer(InvoiceAnswer):
    """An invoice as finance sees it."""

    learner_id: str


class StaffInvoicesAnswer(Answer):
    """A page of a month's invoices."""

    invoices: list[StaffInvoiceAnswer]
    after: str | None = Field(description="ask for what comes after this next; null: there is no more")


def add_invoice_staff_routes(api: HttpApi, ctx: InvoiceContext) -> None:
    """Finance's routes."""
    finance = api.secured(Role.FINANCE)

    @finance.route("GET /v1/orders/finance/invoices", "list_invoices_of_month")
    def of_month(
        month: Month,
        status: Annotated[InvoiceStatus | None, Query(description="of this status only")] = None,
        after: Annotated[str, Query(pattern=f"^$|{NUMBER}", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_INVOICES)] = MAX_INVOICES,
    ) -> StaffInvoicesAnswer:
        """The invoices requested in a month, a page at a time."""
        page = invoices_of(ctx, month, status, after, limit)
        answers = [StaffInvoiceAnswer.of(found.invoice, **dict(invoice_answer(found))) for found in page.items]
        return StaffInvoicesAnswer(invoices=answers, after=page.after)

    @finance.route("POST /v1/orders/finance/invoices/<invoice_id>/document-uploads", "upload_invoice")
    def upload(invoice_id: InvoiceId, request: DocumentRequest) -> InvoiceUploadAnswer:
        """Permission to upload the PDF of a requested invoice."""
        return InvoiceUploadAnswer.of(sign_upload(ctx, invoice_id, request.document()))

    @finance.route("POST /v1/orders/finance/invoices/<invoice_id>/issue", "issue_invoice")
    def issue(invoice_id: InvoiceId, request: IssueRequest) -> InvoiceAnswer:
        """Mark an invoice as issued, with its uploaded PDF; the same again changes nothing."""
        document = request.document()
        return invoice_answer(issue_invoice(ctx, api.call(), invoice_id, request.number, document))

    @finance.route("POST /v1/orders/finance/invoices/<invoice_id>/rejection", "reject_invoice")
    def reject(invoice_id: InvoiceId, request: RejectRequest) -> InvoiceAnswer:
        """Turn a request down; the learner reads why."""
        return invoice_answer(reject_request(ctx, api.call(), invoice_id, request.reason))

    @finance.route("POST /v1/orders/finance/invoices/<invoice_id>/red-letter", "red_letter_invoice")
    def red(invoice_id: InvoiceId, request: RedLetterRequest) -> InvoiceAnswer:
        """Note that what is due of an invoice is red-lettered."""
        return invoice_answer(red_letter(ctx, api.call(), invoice_id, request.number, request.amount_fen))

    @finance.route("POST /v1/orders/finance/invoices/<invoice_id>/number-correction", "correct_invoice_number")
    def renumber(invoice_id: InvoiceId, request: NumberCorrectionRequest) -> InvoiceAnswer:
        """Put right a number that was mistyped; the wrong one is free again. The same again changes nothing."""
        found = correct_number(ctx, api.call(), invoice_id, request.wrong, request.number, request.reason)
        return invoice_answer(found)

    @finance.route(
        "POST /v1/orders/finance/invoices/<invoice_id>/correction",
        "correct_invoice_as_finance",
        status_code=201,
        idempotent=True,
    )
    def correct(invoice_id: InvoiceId, request: CorrectionRequest) -> InvoiceAnswer:
        """Have an issued invoice red-lettered and another one issued in its place; the order stays as it is."""
        correction = Correction(invoice_id, request.buyer.buyer() if request.buyer else None, request.kind)
        return invoice_answer(correct_as_finance(ctx, api.call(), correction, request.reason))
