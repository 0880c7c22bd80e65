"""What finance exports hold: where rows come from, and their columns. The registry is at the end.

Orders are exported by the day they were placed on, payments and refunds by the day their money moved on, invoices and
red letters by the day they were issued on, and numbers that were mistyped by the day they were corrected on. Learners
are in them by their opaque id only, and of whom an invoice is made out to only whether that is a person or a company.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kit.days import SHANGHAI, Days, civil_day
from services.kit.store import Store
from services.orders.app.finance.items import CashEntry, cash_book
from services.orders.app.finance.service_months import ServiceMonth, service_months
from services.orders.app.invoices.items import invoice_book
from services.orders.app.ordering.read_orders import orders_placed
from services.orders.domain.invoice import BuyerKind, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from services.orders.domain.movement import Movement, Share
from services.orders.domain.order import Goods, Line, LineState, Order, OrderState, PriceReason
from services.orders.domain.payment import CURRENCY, LineKind
from services.orders.domain.tables import Column, Row, Table
from services.orders.domain.tax import TaxedLine, taxed

_STATES = {
    OrderState.OPEN: "待支付",
    OrderState.CANCELLED: "已取消",
    OrderState.EXPIRED: "已过期",
    OrderState.PAID: "已支付",
    OrderState.PARTLY_REFUNDED: "部分退款",
    OrderState.REFUNDED: "已退款",
}
_LINE_STATES = {
    LineState.ORDERED: "未生效",
    LineState.GRANTED: "已开通",
    LineState.REVOKING: "退款中",
    LineState.REFUNDED: "已退款",
}
_GOODS = {Goods.COURSE: "课程", Goods.MEMBERSHIP: "会员"}
_ENTRIES = {InvoiceStatus.ISSUED: "开具", InvoiceStatus.RED_LETTERED: "红冲"}
_BUYERS = {BuyerKind.PERSON: "个人", BuyerKind.COMPANY: "企业"}
_KINDS = {InvoiceKind.ORDINARY: "普票", InvoiceKind.SPECIAL: "专票"}
_REASONS = {PriceReason.LIST: "原价", PriceReason.MEMBER: "会员价"}


@dataclass(frozen=True)
class OrderLine:
    """A line, and the order that it is of."""

    order: Order
    line: Line

    @property
    def taxed(self) -> TaxedLine:
        """As an invoice of the day would say it on which the order was paid, or placed where it is not."""
        line, day = self.line, civil_day(self.order.paid_at or self.order.created_at)
        return taxed(InvoiceLine(line.number, line.goods, line.title, line.due_fen), day)


@dataclass(frozen=True)
class InvoicedLine:
    """A line of an invoice that was issued, or of a red letter, which takes it back."""

    entry: Invoice
    line: TaxedLine

    def signed(self, fen: int) -> int:
        """An amount as books have it: of red letters below nothing."""
        return -fen if _is_red(self.entry) else fen


@dataclass(frozen=True)
class RefundShare:
    """A line of an order that was taken back, and the movement of the money for it."""

    movement: Movement
    share: Share


@dataclass(frozen=True)
class Source:
    """Things that are read once, in an order that depends on nothing but them, and the rows each one makes."""

    tables: tuple[Table[Any], ...]
    read: Callable[[Store, Days], Iterator[Any]]
    rows: Callable[[Any], Iterator[tuple[Table[Any], Row]]]


def local_time(instant: datetime | None) -> str | None:
    """As people in China write it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if instant else None


def worded(value: str, words: Mapping[Any, str]) -> str:
    """A code behind its Chinese word."""
    return f"{words[value]} {value}"


def _is_red(entry: Invoice) -> bool:
    return entry.status is InvoiceStatus.RED_LETTERED


ORDERS = Table[Order](
    "orders",
    "订单",
    (
        Column("order_id", "订单号", lambda order: order.order_id),
        Column("placed_at", "下单时间", lambda order: local_time(order.created_at)),
        Column("learner_id", "学员编号", lambda order: order.learner_id),
        Column("state", "状态", lambda order: worded(order.state, _STATES)),
        Column("lines", "项数", lambda order: len(order.lines)),
        Column("list_price", "原价", lambda order: order.list_fen, money=True),
        Column("discount", "优惠", lambda order: order.list_fen - order.amount_fen, money=True),
        Column("amount", "应付", lambda order: order.amount_fen, money=True),
        Column("paid", "已付", lambda order: order.amount_fen if order.paid_at else 0, money=True),
        Column("refunded", "已退", lambda order: order.refunded_fen, money=True),
        Column("coupon", "优惠码", lambda order: order.coupon_code),
        Column("paid_at", "支付时间", lambda order: local_time(order.paid_at)),
        Column("provider", "支付机构", lambda order: order.paid_by.provider if order.paid_by else None),
        Column("payment_number", "支付单号", lambda order: order.paid_by.payment_number if order.paid_by else None),
        Column("trade_no", "机构交易号", lambda order: order.paid_by.trade_no if order.paid_by else None),
        Column("closed_at", "关闭时间", lambda order: local_time(order.closed_at)),
    ),
)
LINES = Table[OrderLine](
    "lines",
    "订单明细",
    (
        Column("order_id", "订单号", lambda of: of.order.order_id),
        Column("line", "行", lambda of: of.line.number),
        Column("goods", "类别", lambda of: worded(of.line.goods, _GOODS)),
        Column("item_id", "商品编号", lambda of: of.line.item_id),
        Column("item_version", "商品版本", lambda of: of.line.item_version),
        Column("title", "名称", lambda of: of.line.title),
        Column("list_price", "原价", lambda of: of.line.list_fen, money=True),
        Column("price", "售价", lambda of: of.line.price_fen, money=True),
        Column("price_reason", "价格依据", lambda of: worded(of.line.price_reason, _REASONS)),
        Column("coupon_discount", "优惠码优惠", lambda of: of.line.discount_fen, money=True),
        Column("amount", "应付", lambda of: of.line.due_fen, money=True),
        Column("tax_rate", "税率(%)", lambda of: of.taxed.rate_percent),
        Column("net", "不含税金额", lambda of: of.taxed.net_fen, money=True),
        Column("tax", "税额", lambda of: of.taxed.tax_fen, money=True),
        Column("paid", "已付", lambda of: of.line.due_fen if of.order.paid_at else 0, money=True),
        Column(
            "refunded", "已退", lambda of: of.line.due_fen if of.line.state is LineState.REFUNDED else 0, money=True
        ),
        Column("state", "状态", lambda of: worded(of.line.state, _LINE_STATES)),
    ),
)
PAYMENTS = Table[CashEntry](
    "payments",
    "收款",
    (
        Column("payment_number", "支付单号", lambda entry: entry.movement.reference),
        Column("paid_at", "支付时间", lambda entry: local_time(entry.movement.at)),
        Column("provider", "支付机构", lambda entry: entry.provider),
        Column("method", "支付方式", lambda entry: entry.movement.how),
        Column("trade_no", "机构交易号", lambda entry: entry.movement.trade_no),
        Column("order_id", "订单号", lambda entry: entry.movement.order_id),
        Column("amount", "金额", lambda entry: entry.movement.amount_fen, money=True),
        Column("earned", "用于订单", lambda entry: entry.movement.shared_fen, money=True),
        Column("fee", "手续费", lambda entry: entry.movement.fee_fen, money=True),
        Column("net", "净收", lambda entry: entry.movement.net_fen, money=True),
        Column("currency", "币种", lambda _: CURRENCY),
    ),
)
REFUNDS = Table[CashEntry](
    "refunds",
    "退款",
    (
        Column("refund_id", "退款单号", lambda entry: entry.movement.reference),
        Column("sent_at", "退款时间", lambda entry: local_time(entry.movement.at)),
        Column("provider", "支付机构", lambda entry: entry.provider),
        Column("cause", "原因", lambda entry: entry.movement.how),
        Column("trade_no", "机构交易号", lambda entry: entry.movement.trade_no),
        Column("order_id", "订单号", lambda entry: entry.movement.order_id),
        Column("amount", "金额", lambda entry: entry.movement.amount_fen, money=True),
        Column("taken_back", "退回订单项", lambda entry: entry.movement.shared_fen, money=True),
        Column("fee", "退回手续费", lambda entry: entry.movement.fee_fen, money=True),
        Column("net", "净退", lambda entry: entry.movement.net_fen, money=True),
        Column("currency", "币种", lambda _: CURRENCY),
        Column("payment_number", "所退支付单号", lambda entry: entry.movement.payment_number),
        Column("refund_no", "机构退款单号", lambda entry: entry.movement.refund_no),
    ),
)
REFUND_LINES = Table[RefundShare](
    "refund_lines",
    "退款明细",
    (
        Column("refund_id", "退款单号", lambda of: of.movement.reference),
        Column("sent_at", "退款时间", lambda of: local_time(of.movement.at)),
        Column("order_id", "订单号", lambda of: of.movement.order_id),
        Column("line", "订单行", lambda of: of.share.line or None),
        Column("goods", "类别", lambda of: worded(of.share.goods, _GOODS)),
        Column("item_id", "商品编号", lambda of: of.share.item_id),
        Column("taken_back", "退回订单项", lambda of: of.share.amount_fen, money=True),
    ),
)
SERVICE_MONTHS = Table[ServiceMonth](
    "service_months",
    "会员服务期",
    (
        Column("reference", "支付或退款单号", lambda of: of.entry.movement.reference),
        Column("moved_at", "收付时间", lambda of: local_time(of.entry.movement.at)),
        Column("order_id", "订单号", lambda of: of.entry.movement.order_id),
        Column("line", "订单行", lambda of: of.line.number),
        Column("plan", "会员方案", lambda of: of.line.item_id),
        Column("valid_from", "服务开始", lambda of: local_time(of.period.valid_from)),
        Column("valid_until", "服务结束(不含)", lambda of: local_time(of.period.valid_until)),
        Column("month", "归属月份", lambda of: of.month),
        Column("amount", "当月金额", lambda of: of.amount_fen, money=True),
    ),
)
INVOICES = Table[Invoice](
    "invoices",
    "发票",
    (
        Column("invoice_id", "申请单号", lambda entry: entry.invoice_id),
        Column("status", "类别", lambda entry: worded(entry.status, _ENTRIES)),
        Column("order_id", "订单号", lambda entry: entry.order_id),
        Column("buyer_kind", "抬头类型", lambda entry: worded(entry.buyer_kind, _BUYERS)),
        Column("kind", "票种", lambda entry: worded(entry.kind, _KINDS)),
        Column("requested_at", "申请时间", lambda entry: local_time(entry.requested_at)),
        Column("issued_at", "开具时间", lambda entry: local_time(entry.issued_at)),
        Column("number", "发票号码", lambda entry: entry.number),
        Column("red_lettered_at", "红冲时间", lambda entry: local_time(entry.red_lettered_at)),
        Column("red_number", "红字发票号码", lambda entry: entry.red_number),
        Column("issued", "开具金额", lambda entry: 0 if _is_red(entry) else entry.amount_fen, money=True),
        Column("red_lettered", "红冲金额", lambda entry: entry.amount_fen if _is_red(entry) else 0, money=True),
        Column("wrong_number", "更正前号码", lambda entry: entry.wrong_number),
    ),
)


INVOICE_LINES = Table[InvoicedLine](
    "invoice_lines",
    "发票明细",
    (
        Column("invoice_id", "申请单号", lambda of: of.entry.invoice_id),
        Column("status", "类别", lambda of: worded(of.entry.status, _ENTRIES)),
        Column("number", "发票号码", lambda of: of.entry.number),
        Column("red_number", "红字发票号码", lambda of: of.entry.red_number),
        Column("order_id", "订单号", lambda of: of.entry.order_id),
        Column("line", "订单行", lambda of: of.line.number),
        Column("title", "项目名称", lambda of: of.line.title),
        Column("tax_code", "税收分类编码", lambda of: of.line.code),
        Column("tax_rate", "税率(%)", lambda of: of.line.rate_percent),
        Column("net", "金额", lambda of: of.signed(of.line.net_fen), money=True),
        Column("tax", "税额", lambda of: of.signed(of.line.tax_fen), money=True),
        Column("amount", "价税合计", lambda of: of.signed(of.line.amount_fen), money=True),
    ),
)


def _order_rows(order: Order) -> Iterator[tuple[Table[Any], Row]]:
    yield ORDERS, ORDERS.row(order)
    for line in order.lines:
        yield LINES, LINES.row(OrderLine(order, line))


def _movement_rows(entry: CashEntry) -> Iterator[tuple[Table[Any], Row]]:
    if entry.movement.kind is LineKind.PAYMENT:
        yield PAYMENTS, PAYMENTS.row(entry)
        return
    yield REFUNDS, REFUNDS.row(entry)
    for share in entry.movement.shares:
        yield REFUND_LINES, REFUND_LINES.row(RefundShare(entry.movement, share))


def _invoice_rows(entry: Invoice) -> Iterator[tuple[Table[Any], Row]]:
    yield INVOICES, INVOICES.row(entry)
    if entry.issued_at:
        # A red letter is under the rate of what it takes back.
        for line in entry.lines:
            of = InvoicedLine(entry, taxed(line, civil_day(entry.issued_at)))
            yield INVOICE_LINES, INVOICE_LINES.row(of)


def _service_rows(of: ServiceMonth) -> Iterator[tuple[Table[Any], Row]]:
    yield SERVICE_MONTHS, SERVICE_MONTHS.row(of)


SOURCES = (
    Source((ORDERS, LINES), orders_placed, _order_rows),
    Source((PAYMENTS, REFUNDS, REFUND_LINES), cash_book, _movement_rows),
    Source((SERVICE_MONTHS,), service_months, _service_rows),
    Source((INVOICES, INVOICE_LINES), invoice_book, _invoice_rows),
)
"""All of them. Another one is a table, a reader and its rows."""
