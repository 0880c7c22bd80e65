"""Invoices (发票) as finance works through them."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictInt, StrictStr

from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context, InvoiceContext
from services.orders.app.invoices.issue_invoice import (
    invoices_of,
    issue_invoice,
    red_letter,
    reject_request,
    sign_upload,
)
from services.orders.domain.invoice import Document, InvoiceStatus
from services.orders.handlers.routes.fields import MONTH, NUMBER, InvoiceId, Reason
from services.orders.handlers.routes.invoices.own import InvoiceAnswer, invoice_answer
from services.orders.handlers.routes.refunds import FUNCTION

MAX_INVOICES = 100
MAX_PDF_BYTES = 5 * 1024 * 1024
"""Far more than a PDF of an invoice has."""
Month = Annotated[str, Query(pattern=MONTH, description="2026-11, Asia/Shanghai")]
TaxNumber = Annotated[
    StrictStr,
    Field(pattern=r"^([0-9]{8}|[0-9]{20})$", description="发票号码: 8 digits, or 20 where it is digital"),
]
_FINANCE = secured(Role.FINANCE, function=FUNCTION)


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
    """An invoice is red-lettered."""

    number: TaxNumber


class InvoiceUploadAnswer(BaseModel):
    """Where and how to put the PDF: an HTTP PUT to `url` with exactly these headers, within 15 minutes."""

    url: str
    headers: dict[str, str]


class StaffInvoiceAnswer(InvoiceAnswer):
    """An invoice as finance sees it."""

    learner_id: str


class StaffInvoicesAnswer(BaseModel):
    """A page of a month's invoices."""

    invoices: list[StaffInvoiceAnswer]
    after: str | None = Field(description="ask for what comes after this next; null: there is no more")


def add_invoice_staff_routes(app: APIGatewayHttpResolver, ctx: InvoiceContext) -> None:
    """Finance's routes."""
    _add_list(app, ctx)
    _add_issuing(app, ctx)
    _add_ends(app, ctx)


def _add_list(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.get(
        "/v1/orders/finance/invoices",
        operation_id="list_invoices_of_month",
        summary="The invoices requested in a month, a page at a time",
        **_FINANCE,
    )
    def of_month(
        month: Month,
        status: Annotated[InvoiceStatus | None, Query(description="of this status only")] = None,
        after: Annotated[str, Query(pattern=f"^$|{NUMBER}", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_INVOICES)] = MAX_INVOICES,
    ) -> StaffInvoicesAnswer:
        page = invoices_of(ctx, month, status, after, limit)
        answers = [
            StaffInvoiceAnswer(**invoice_answer(found).model_dump(), learner_id=found.invoice.learner_id)
            for found in page.items
        ]
        return StaffInvoicesAnswer(invoices=answers, after=page.after)


def _add_issuing(app: APIGatewayHttpResolver, ctx: InvoiceContext) -> None:
    @app.post(
        "/v1/orders/finance/invoices/<invoice_id>/document-uploads",
        operation_id="upload_invoice",
        summary="Permission to upload the PDF of a requested invoice",
        **_FINANCE,
    )
    def upload(
        invoice_id: Annotated[InvoiceId, Path()], request: Annotated[DocumentRequest, Body()]
    ) -> InvoiceUploadAnswer:
        signed = sign_upload(ctx, invoice_id, request.document())
        return InvoiceUploadAnswer(url=signed.url, headers=dict(signed.headers))

    @app.post(
        "/v1/orders/finance/invoices/<invoice_id>/issue",
        operation_id="issue_invoice",
        summary="Mark an invoice as issued, with its uploaded PDF; the same again changes nothing",
        **_FINANCE,
    )
    def issue(invoice_id: Annotated[InvoiceId, Path()], request: Annotated[IssueRequest, Body()]) -> InvoiceAnswer:
        document = request.document()
        return invoice_answer(issue_invoice(ctx, call_of(app), invoice_id, request.number, document))


def _add_ends(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.post(
        "/v1/orders/finance/invoices/<invoice_id>/rejection",
        operation_id="reject_invoice",
        summary="Turn a request down; the learner reads why",
        **_FINANCE,
    )
    def reject(invoice_id: Annotated[InvoiceId, Path()], request: Annotated[RejectRequest, Body()]) -> InvoiceAnswer:
        return invoice_answer(reject_request(ctx, call_of(app), invoice_id, request.reason))

    @app.post(
        "/v1/orders/finance/invoices/<invoice_id>/red-letter",
        operation_id="red_letter_invoice",
        summary="Note that an invoice whose order was refunded is red-lettered",
        **_FINANCE,
    )
    def red(invoice_id: Annotated[InvoiceId, Path()], request: Annotated[RedLetterRequest, Body()]) -> InvoiceAnswer:
        return invoice_answer(red_letter(ctx, call_of(app), invoice_id, request.number))
