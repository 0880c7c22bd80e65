"""Invoices (发票) as learners ask for them and download them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import InvoiceContext
from services.orders.app.invoices.correct_invoice import Correction, correct_own_invoice
from services.orders.app.invoices.issue_invoice import file_key
from services.orders.app.invoices.problems import INVOICE_NOT_ISSUED
from services.orders.app.invoices.request_invoice import (
    InvoiceDraft,
    InvoiceWithBuyer,
    cancel_request,
    invoices_of_order,
    own_invoice,
    request_invoice,
)
from services.orders.domain.invoice import Buyer, BuyerKind, Invoice, InvoiceKind, InvoiceStatus
from services.orders.handlers.routes.fields import InvoiceId, OrderId, learner_id

Title = Annotated[
    StrictStr,
    Field(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,98}[^\s\x00-\x1f\x7f])?$", description="抬头: the name"),
]
Email = Annotated[
    StrictStr,
    Field(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}$", max_length=254),
]


KIND = "普通发票, or 增值税专用发票: a special one is for companies with a tax id only"


class BuyerRequest(Request):
    """Whom an invoice is to be made out to."""

    buyer_kind: BuyerKind
    title: Title
    tax_id: StrictStr | None = Field(
        default=None,
        pattern=r"^[0-9A-Z]{18}([0-9]{2})?$",
        description="税号, of a company: its unified social credit code; or a sole trader's by an identity number",
    )
    email: Email | None = Field(default=None, description="where finance can reach the buyer")

    def buyer(self) -> Buyer:
        """As the use cases take it."""
        return Buyer(self.buyer_kind, self.title, self.tax_id, self.email)


class InvoiceRequest(BuyerRequest):
    """Ask for an invoice of a paid order."""

    kind: InvoiceKind = Field(default=InvoiceKind.ORDINARY, description=KIND)
    amount_fen: StrictInt | None = Field(
        default=None, ge=1, le=10**12, description="at most what is left; null: all that is left"
    )


class CorrectBuyerRequest(BuyerRequest):
    """What is right of an invoice that is wrong."""

    kind: InvoiceKind | None = Field(default=None, description=f"{KIND}; null: as it was")


class BuyerAnswer(Answer):
    """Whom an invoice is made out to."""

    kind: BuyerKind
    title: str
    tax_id: str | None
    email: str | None


class InvoiceItemAnswer(Answer):
    """A line of an invoice; net and tax come to the amount."""

    number: int = Field(description="of the order's line")
    title: str = Field(description="项目名称: the tax class between asterisks, then what was bought")
    code: str = Field(description="商品和服务税收分类编码, 19 digits")
    rate_percent: int = Field(description="of VAT, by the rules of the day of issue, or of today before it")
    net_fen: int
    tax_fen: int
    amount_fen: int = Field(description="with the tax")


class RedLetterAnswer(Answer):
    """A red letter (红字发票) of an invoice."""

    number: str
    lines: list[int] = Field(
        description="numbers of the lines that it takes back; empty: all of an invoice without lines"
    )
    amount_fen: int
    at: datetime


class CorrectedNumberAnswer(Answer):
    """A number that finance had mistyped, of the invoice or of a red letter."""

    wrong: str
    right: str
    at: datetime


class InvoiceAnswer(Answer):
    """An invoice. `red_needed`: its order was refunded, or another invoice takes its place.

    Red-lettered in part it is `issued` again, and `standing_fen` of it count. `red_lettered`: none of it counts.
    """

    invoice_id: str
    order_id: str
    status: InvoiceStatus
    kind: InvoiceKind = Field(description=KIND)
    amount_fen: int
    net_fen: int | None = Field(description="without VAT; null where `items` is empty")
    tax_fen: int | None = Field(description="the VAT in `amount_fen`; null where `items` is empty")
    items: list[InvoiceItemAnswer] = Field(description="its lines; empty where it is from before they were kept")
    buyer: BuyerAnswer | None = Field(description="null once it was erased")
    requested_at: datetime
    issued_at: datetime | None
    number: str = Field(
        description="发票号码, the tax authority's; of earlier ones behind 发票代码 and a hyphen; empty until issued"
    )
    red_number: str = Field(description="number of the last red letter (红字发票); empty where there is none")
    red_lettered_at: datetime | None = Field(description="of the last red letter")
    red_letters: list[RedLetterAnswer] = Field(description="all of them, the first one first")
    corrected_numbers: list[CorrectedNumberAnswer] = Field(description="that were mistyped; all others are right")
    red_due_fen: int = Field(description="what finance is to red-letter now; 0 unless it is `red_needed`")
    red_due_lines: list[int] = Field(description="the numbers of the lines that are to be red-lettered now")
    standing_fen: int = Field(description="what of it counts: `amount_fen` less the red letters")
    note: str = Field(description="of a cancelled one: why; empty otherwise")
    corrects: str | None = Field(description="the invoice whose place it takes; issued once that is red-lettered")
    corrected_by: str | None = Field(description="the invoice that takes its place")


class InvoicesAnswer(Answer):
    """An order's invoices, oldest first."""

    invoices: list[InvoiceAnswer]
    left_fen: int = Field(description="what can still be invoiced: paid less refunded less invoiced")


class DownloadAnswer(Answer):
    """Where the PDF can be read for the next five minutes."""

    url: str


def add_invoice_routes(api: HttpApi, ctx: InvoiceContext) -> None:
    """The learners' routes."""
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/orders/orders/<order_id>/invoices", "request_invoice", status_code=201, idempotent=True)
    def ask(order_id: OrderId, request: InvoiceRequest) -> InvoiceAnswer:
        """Ask for an invoice of an own paid order."""
        draft = InvoiceDraft(order_id, request.amount_fen, request.buyer(), request.kind)
        return invoice_answer(request_invoice(ctx, api.call(), draft))

    @learner.route("POST /v1/orders/invoices/<invoice_id>/cancellation", "cancel_invoice")
    def cancel(invoice_id: InvoiceId) -> InvoiceAnswer:
        """Take an own request back before it is issued."""
        return invoice_answer(cancel_request(ctx, api.call(), invoice_id))

    @learner.route(
        "POST /v1/orders/invoices/<invoice_id>/correction", "correct_invoice", status_code=201, idempotent=True
    )
    def correct(invoice_id: InvoiceId, request: CorrectBuyerRequest) -> InvoiceAnswer:
        """Ask for an own issued invoice anew, made out to the right buyer. Finance red-letters the old one first."""
        correction = Correction(invoice_id, request.buyer(), request.kind)
        return invoice_answer(correct_own_invoice(ctx, api.call(), correction))

    @learner.route("GET /v1/orders/orders/<order_id>/invoices", "list_invoices")
    def of_order(order_id: OrderId) -> InvoicesAnswer:
        """The invoices of an own order, and what can still be invoiced."""
        found, left = invoices_of_order(ctx, learner_id(api), order_id)
        return InvoicesAnswer(invoices=[invoice_answer(invoice) for invoice in found], left_fen=left)

    @learner.route("GET /v1/orders/invoices/<invoice_id>", "read_invoice")
    def read(invoice_id: InvoiceId) -> InvoiceAnswer:
        """How an own invoice stands."""
        return invoice_answer(own_invoice(ctx, learner_id(api), invoice_id))

    @learner.route("GET /v1/orders/invoices/<invoice_id>/document", "download_invoice")
    def download(invoice_id: InvoiceId) -> DownloadAnswer:
        """Where an own issued invoice can be downloaded."""
        return DownloadAnswer(url=_link(ctx, own_invoice(ctx, learner_id(api), invoice_id).invoice))


def _link(ctx: InvoiceContext, invoice: Invoice) -> str:
    if invoice.document is None:
        raise INVOICE_NOT_ISSUED.problem()
    return ctx.files.link(file_key(invoice.invoice_id, invoice.document))


def invoice_answer(found: InvoiceWithBuyer) -> InvoiceAnswer:
    """An invoice with whom it is made out to."""
    invoice = found.invoice
    due = [line.number for line in invoice.red_due_lines]
    return InvoiceAnswer.of(invoice, found, red_letters=list(invoice.letters), red_due_lines=due)
