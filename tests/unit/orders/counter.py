"""A shop with a provider in memory, for tests that need many orders: the real use cases, no HTTP."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from services.kit.days import civil_day
from services.kit.identity import Principal, Role
from services.kit.store import Change, Put
from services.kit.store.codec import decode
from services.orders.app.context import InvoiceContext, PaymentContext
from services.orders.app.invoices.issue_invoice import file_key, issue_invoice, red_letter
from services.orders.app.invoices.items import stored_invoices
from services.orders.app.invoices.request_invoice import InvoiceDraft, after_refund, invoices_of_order, request_invoice
from services.orders.app.items import new_number
from services.orders.app.ordering.items import order_key, read_order
from services.orders.app.payments.settle_payment import settle_payment
from services.orders.app.payments.start_payment import start_payment
from services.orders.app.refunds.items import refund_key
from services.orders.app.refunds.send_refund import send_refund
from services.orders.domain.ids import InvoiceId, LearnerId, PaymentNumber, RefundId, RevocationId
from services.orders.domain.invoice import Buyer, BuyerKind, Document, Invoice, InvoiceStatus
from services.orders.domain.order import Line, Order, OrderState
from services.orders.domain.payment import (
    LineKind,
    MalformedStatement,
    Method,
    Notification,
    Payer,
    Payment,
    ProviderName,
    ProviderRefused,
    RawNotification,
    RefundOrder,
    RefundState,
    RefundTrade,
    StatementLine,
    Target,
    Trade,
    TradeState,
)
from services.orders.domain.refund import Cause, Decision, Refund, RefundLine, RefundStatus
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.unit.orders.shop import place
from tests.unit.orders.world import MEMBER, World, a_call

FINANCE = Principal("finance-1", frozenset({Role.FINANCE}))
BUYER = Buyer(BuyerKind.COMPANY, "北京某某咨询有限公司", "91110000600037341L", "finance@example.com")
PDF = b"%PDF-1.7 an invoice"


@dataclass(frozen=True)
class Statement:
    """What a person downloads."""

    lines: list[StatementLine]


@dataclass
class MemoryProvider:
    """Moves money at once. Its books are what its statement says; `at` is its clock."""

    world: World
    trades: dict[str, Trade] = field(default_factory=dict)
    lines: list[StatementLine] = field(default_factory=list)

    def create(self, payment: Payment, notify_url: str, payer: Payer) -> Target:
        """Opens the payment."""
        self.trades[payment.number] = Trade(payment.number, TradeState.UNPAID)
        return Target(qr_content=payment.number)

    def pay(self, payment: Payment) -> None:
        """The payer pays."""
        now, number = self.world.clock.now(), payment.number
        self.trades[number] = Trade(number, TradeState.PAID, f"T{number}", payment.amount_fen, "CNY", now)
        line = StatementLine(LineKind.PAYMENT, number, f"T{number}", "", payment.amount_fen, now)
        self.lines.append(replace(line, fee_fen=fee_of(line.amount_fen)))

    def close(self, number: str) -> None:
        """Makes it unpayable."""
        if self.trades[number].state is TradeState.PAID:
            raise ProviderRefused("ORDERPAID")
        self.trades[number] = Trade(PaymentNumber(number), TradeState.CLOSED)

    def find(self, number: str) -> Trade:
        """How it stands."""
        return self.trades[number]

    def refund(self, order: RefundOrder) -> RefundTrade:
        """Sends money back, once per number."""
        now = self.world.clock.now()
        known = [line for line in self.lines if line.refund_number == order.refund_number]
        if not known:
            self.lines.append(
                StatementLine(
                    kind=LineKind.REFUND,
                    number=order.number,
                    transaction_id=order.transaction_id,
                    refund_number=order.refund_number,
                    amount_fen=order.amount_fen,
                    at=now,
                    fee_fen=fee_of(order.amount_fen),
                    refund_no=f"R{order.refund_number}",
                )
            )
        return RefundTrade(RefundState.SUCCEEDED, known[0].at if known else now, f"R{order.refund_number}")

    def find_refund(self, order: RefundOrder) -> RefundTrade:
        """How it stands."""
        return self.refund(order)

    def notification(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Tells nobody."""
        return None

    def statement(self, day: date) -> list[StatementLine]:
        """Its books."""
        return [line for line in self.lines if civil_day(line.at) == day]

    def read_statement(self, content: bytes) -> list[StatementLine]:
        """A `Statement` as JSON."""
        try:
            return decode(content.decode(), Statement).lines
        except ValueError as error:
            raise MalformedStatement from error


def tax_number(first: int, made_of: str) -> str:
    """A number as the tax authority gives them, another one for each id."""
    return f"{first}{int(made_of[-12:], 16):019d}"


def fee_of(amount_fen: int) -> int:
    """What the provider keeps of a payment, or gives back with a refund: 0.60 %, rounded down."""
    return amount_fen * 6 // 1000


class Counter:
    """Sells and takes back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.provider = MemoryProvider(world)
        self.ctx = PaymentContext(
            **vars(world.ctx), provider=lambda name: self.provider if name is ProviderName.WECHAT else None
        )

    def sell(self, *lines: Line, learner_id: LearnerId = MEMBER) -> Order:
        """An order, paid at once."""
        order = place(self.world, *lines, learner_id=learner_id)
        self.pay(order)
        return read_order(self.world.ctx, order.order_id).value

    def start(self, order: Order, method: Method = Method.WECHAT_NATIVE) -> Payment:
        """Starts a payment."""
        return start_payment(self.ctx, a_call(order.learner_id), order.order_id, method, "https://here/", "203.0.113.7")

    def pay(self, order: Order) -> Payment:
        """Pays the order by its QR code."""
        payment = self.start(order)
        self.settle(payment)
        return payment

    def settle(self, payment: Payment) -> None:
        """The payer pays, and we hear of it."""
        self.provider.pay(payment)
        settle_payment(self.ctx, payment.number)

    def pay_twice(self, order: Order) -> None:
        """Pays it by two methods, the second of which goes back."""
        native, h5 = self.start(order), self.start(order, Method.WECHAT_H5)
        self.settle(native)
        self.settle(h5)
        due = [event for event in self.world.store.outbox if event.type == "orders.refund_due.v1"]
        send_refund(self.ctx, due[-1].data["refund_id"])

    def take_back(self, order: Order, number: int) -> Refund:
        """Refunds one line of a paid order, as it is once playback has revoked it."""
        context = self.world.ctx
        stored = read_order(context, order.order_id)
        line, paid_by = stored.value.line(number), stored.value.paid_by
        assert paid_by
        assert line.grant_id
        taken = RefundLine(
            RevocationId(f"revocation-{number}"),
            number,
            line.goods,
            line.item_id,
            line.grant_id,
            line.due_fen,
            Decision.REVOKED,
        )
        refund = Refund(
            refund_id=RefundId(new_number(context)),
            order_id=order.order_id,
            learner_id=order.learner_id,
            cause=Cause.LEARNER,
            paid_by=paid_by,
            paid_fen=stored.value.amount_fen,
            amount_fen=line.due_fen,
            requested_at=context.clock.now(),
            correlation_id="request-9",
            lines=(taken,),
            status=RefundStatus.DUE,
        )
        back = stored.value.revoking([number]).refunded(number)
        key = order_key(order.order_id)
        writes = [Put(key, back, stored.version), Put(refund_key(refund.refund_id), refund)]
        self.world.store.commit(Change([*writes, *after_refund(context, back)]))
        send_refund(self.ctx, refund.refund_id)
        return refund

    def cancel(self, order: Order) -> None:
        """The learner does not want it."""
        stored = read_order(self.world.ctx, order.order_id)
        closed = stored.value.closed(OrderState.CANCELLED, self.world.clock.now())
        self.world.store.commit(Change([stored.put(closed)]))

    def invoice(self, order: Order) -> Invoice | None:
        """All that is left of the order: asked for, and issued by finance. None where nothing is left."""
        context = self.world.ctx
        if not invoices_of_order(context, order.learner_id, order.order_id)[1]:
            return None
        wanted = InvoiceDraft(order.order_id, None, BUYER)
        invoice_id = request_invoice(context, a_call(order.learner_id, self.world.ids.new()), wanted).invoice.invoice_id
        return self.issue(invoice_id)

    def issue(self, invoice_id: InvoiceId) -> Invoice:
        """Finance uploads the PDF and confirms it."""
        context = self.world.ctx
        files, document = MemoryInvoiceFiles(), Document(sha256(PDF).hexdigest(), len(PDF))
        files.files[file_key(invoice_id, document)] = PDF
        return issue_invoice(
            InvoiceContext(**vars(context), files=files),
            a_call(FINANCE),
            invoice_id,
            tax_number(1, invoice_id),
            document,
        ).invoice

    def red_letter(self, order: Order) -> list[Invoice]:
        """Every invoice of the order that needs a red letter gets one."""
        context = self.world.ctx
        kept = [stored.value for stored in stored_invoices(context, order.order_id)]
        needing = [invoice.invoice_id for invoice in kept if invoice.status is InvoiceStatus.RED_NEEDED]
        return [
            red_letter(context, a_call(FINANCE), needed, tax_number(2, self.world.ids.new())).invoice
            for needed in needing
        ]
