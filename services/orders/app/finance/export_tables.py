"""What finance exports hold: where rows come from, and their columns. The registry is at the end.

Orders are exported by the day they were placed on, payments and refunds by the day their money moved on, invoices and
red letters by the day they were issued on. Learners are in them by their opaque id only, and of whom an invoice is made
out to only whether that is a person or a company.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kit.days import SHANGHAI, Days
from services.kit.store import Store
from services.orders.app.finance.cash_book import CashEntry, cash_book
from services.orders.app.invoices.invoice_book import invoice_book
from services.orders.app.ordering.read_orders import orders_placed
from services.orders.domain.invoice import BuyerKind, Invoice, InvoiceStatus
from services.orders.domain.order import Goods, Line, LineState, Order, OrderState, PriceReason
from services.orders.domain.payment import LineKind
from services.orders.domain.tables import Column, Row, Table

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
_REASONS = {PriceReason.LIST: "原价", PriceReason.MEMBER: "会员价"}


@dataclass(frozen=True)
class Source:
    """Things that are read once, in an order that depends on nothing but them, and the rows each one makes."""

    tables: tuple[Table, ...]
    read: Callable[[Store, Days], Iterator[Any]]
    rows: Callable[[Any], Iterator[tuple[Table, Row]]]


def local_time(instant: datetime | None) -> str | None:
    """As people in China write it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if instant else None


def worded(value: str, words: Mapping[Any, str]) -> str:
    """A code behind its Chinese word."""
    return f"{words[value]} {value}"


ORDERS = Table(
    "orders",
    "订单",
    (
        Column("order_id", "订单号"),
        Column("placed_at", "下单时间"),
        Column("learner_id", "学员编号"),
        Column("state", "状态"),
        Column("lines", "项数"),
        Column("list_price", "原价", money=True),
        Column("discount", "优惠", money=True),
        Column("amount", "应付", money=True),
        Column("paid", "已付", money=True),
        Column("refunded", "已退", money=True),
        Column("coupon", "优惠码"),
        Column("paid_at", "支付时间"),
        Column("provider", "支付机构"),
        Column("payment_number", "支付单号"),
        Column("trade_no", "机构交易号"),
        Column("closed_at", "关闭时间"),
    ),
)
LINES = Table(
    "lines",
    "订单明细",
    (
        Column("order_id", "订单号"),
        Column("line", "行"),
        Column("goods", "类别"),
        Column("item_id", "商品编号"),
        Column("item_version", "商品版本"),
        Column("title", "名称"),
        Column("list_price", "原价", money=True),
        Column("price", "售价", money=True),
        Column("price_reason", "价格依据"),
        Column("coupon_discount", "优惠码优惠", money=True),
        Column("amount", "应付", money=True),
        Column("paid", "已付", money=True),
        Column("refunded", "已退", money=True),
        Column("state", "状态"),
    ),
)
PAYMENTS = Table(
    "payments",
    "收款",
    (
        Column("payment_number", "支付单号"),
        Column("paid_at", "支付时间"),
        Column("provider", "支付机构"),
        Column("method", "支付方式"),
        Column("trade_no", "机构交易号"),
        Column("order_id", "订单号"),
        Column("amount", "金额", money=True),
        Column("earned", "用于订单", money=True),
    ),
)
REFUNDS = Table(
    "refunds",
    "退款",
    (
        Column("refund_id", "退款单号"),
        Column("sent_at", "退款时间"),
        Column("provider", "支付机构"),
        Column("cause", "原因"),
        Column("trade_no", "机构交易号"),
        Column("order_id", "订单号"),
        Column("amount", "金额", money=True),
        Column("taken_back", "退回订单项", money=True),
    ),
)
INVOICES = Table(
    "invoices",
    "发票",
    (
        Column("invoice_id", "申请单号"),
        Column("status", "类别"),
        Column("order_id", "订单号"),
        Column("buyer_kind", "抬头类型"),
        Column("requested_at", "申请时间"),
        Column("issued_at", "开具时间"),
        Column("number", "发票号码"),
        Column("red_lettered_at", "红冲时间"),
        Column("red_number", "红字发票号码"),
        Column("issued", "开具金额", money=True),
        Column("red_lettered", "红冲金额", money=True),
    ),
)


def _order_rows(order: Order) -> Iterator[tuple[Table, Row]]:
    yield ORDERS, _order(order)
    for line in order.lines:
        yield LINES, _line(order, line)


def _order(order: Order) -> Row:
    paid_by = order.paid_by
    list_fen = sum(line.list_fen for line in order.lines)
    return (
        order.order_id,
        local_time(order.created_at),
        order.learner_id,
        worded(order.state, _STATES),
        len(order.lines),
        list_fen,
        list_fen - order.amount_fen,
        order.amount_fen,
        order.amount_fen if order.paid_at else 0,
        order.refunded_fen,
        order.coupon_code,
        local_time(order.paid_at),
        paid_by.provider if paid_by else None,
        paid_by.payment_number if paid_by else None,
        paid_by.trade_no if paid_by else None,
        local_time(order.closed_at),
    )


def _line(order: Order, line: Line) -> Row:
    return (
        order.order_id,
        line.number,
        worded(line.goods, _GOODS),
        line.item_id,
        line.item_version,
        line.title,
        line.list_fen,
        line.price_fen,
        worded(line.price_reason, _REASONS),
        line.discount_fen,
        line.due_fen,
        line.due_fen if order.paid_at else 0,
        line.due_fen if line.state is LineState.REFUNDED else 0,
        worded(line.state, _LINE_STATES),
    )


def _movement_rows(entry: CashEntry) -> Iterator[tuple[Table, Row]]:
    moved = entry.movement
    row = (
        moved.reference,
        local_time(moved.at),
        entry.provider,
        moved.how,
        moved.trade_no,
        moved.order_id,
        moved.amount_fen,
        sum(share.amount_fen for share in moved.shares),
    )
    yield PAYMENTS if moved.kind is LineKind.PAYMENT else REFUNDS, row


def _invoice_rows(entry: Invoice) -> Iterator[tuple[Table, Row]]:
    is_red = entry.status is InvoiceStatus.RED_LETTERED
    row = (
        entry.invoice_id,
        worded(entry.status, _ENTRIES),
        entry.order_id,
        worded(entry.buyer_kind, _BUYERS),
        local_time(entry.requested_at),
        local_time(entry.issued_at),
        entry.number,
        local_time(entry.red_lettered_at),
        entry.red_number,
        0 if is_red else entry.amount_fen,
        entry.amount_fen if is_red else 0,
    )
    yield INVOICES, row


SOURCES = (
    Source((ORDERS, LINES), orders_placed, _order_rows),
    Source((PAYMENTS, REFUNDS), cash_book, _movement_rows),
    Source((INVOICES,), invoice_book, _invoice_rows),
)
"""All of them. Another one is a table, a reader and its rows."""
