"""Refunds: what learners ask back of their orders, and what staff see and do of it."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictBool, StrictInt

from services.kit.bodies import Answer, Day, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.ordering.find_order import find_order
from services.orders.app.ordering.read_orders import known_order
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.app.refunds.read_refunds import known_refund, refunds_of_day, refunds_of_order
from services.orders.app.refunds.resend_refund import resend_refund
from services.orders.domain.order import MAX_LINES, Goods, Order
from services.orders.domain.refund import Cause, Decision, Refund, RefundLine, RefundStatus
from services.orders.handlers.routes.fields import NUMBER, OrderId, Reason, RefundId, learner_id
from services.orders.handlers.routes.ordering.answers import OrderAnswer, order_answer

MAX_REFUNDS = 100
KEPT = "已有课程完整观看并可计学时，因此不予退款，所购仍归您所有。"
KEPT_EN = "A course was watched in full on it and gives hours, so it is not refunded; it stays yours."


Numbers = Annotated[
    list[Annotated[StrictInt, Field(ge=1, le=MAX_LINES)]],
    Field(min_length=1, max_length=MAX_LINES, description="the numbers of lines of the order"),
]


class RefundRequest(Request):
    """Ask for money back. What it comes to is computed from the order."""

    lines: Numbers | None = Field(default=None, description="null: everything that is left of the order")


class StaffRefundRequest(RefundRequest):
    """Refund an order as an administrator."""

    reason: Reason = Field(description="why; kept in the audit log, and the learner reads it")
    reverse_hours: StrictBool = Field(
        default=False, description="also what was watched to the end, whose hours are then taken back"
    )


class ResendRequest(Request):
    """Have the provider asked again."""

    reason: Reason


class RefundLineAnswer(Answer):
    """One line of a refund. `kept`: it is not refunded; `detail` says why, `watch_ids` are the watches."""

    number: int = Field(description="the line's number in the order")
    goods: Goods
    item_id: str = Field(description="the course's or the plan's id")
    amount_fen: int
    decision: Decision
    watch_ids: list[str] = Field(description="watches that were completed before")
    detail: str | None = Field(description="of a kept line: why, in Chinese")
    detail_en: str | None = Field(description="of a kept line: why, in English")


class RefundAnswer(Answer):
    """A refund. Ask again every few seconds while its status is `asked`; `due` money is sent within minutes."""

    refund_id: str
    order_id: str
    cause: Cause
    status: RefundStatus
    amount_fen: int = Field(description="while `asked` what is asked for, then what is sent back")
    requested_at: datetime
    done_at: datetime | None = Field(description="when the money was sent, or the refund refused")
    reason: str = Field(description="an administrator's words; empty where there are none")
    lines: list[RefundLineAnswer] = Field(description="none where a payment went back that nothing was given for")


class RefundsAnswer(Answer):
    """Refunds, oldest first."""

    refunds: list[RefundAnswer]


class StaffRefundAnswer(RefundAnswer):
    """A refund as finance sees it, with the payment that it goes back on."""

    learner_id: str
    requested_by: str = Field(description="the opaque id of who asked; empty where it came by itself")
    reverse_hours: bool
    provider: str | None
    payment_number: str | None
    trade_no: str | None = Field(description="the provider's number of the payment")
    paid_fen: int


class StaffOrderAnswer(OrderAnswer):
    """An order as staff see it before they refund it."""

    learner_id: str


class StaffRefundsAnswer(Answer):
    """A page of a day's refunds."""

    refunds: list[StaffRefundAnswer]
    after: str | None = Field(description="ask for what comes after this next; null: there is no more")


def add_refund_routes(api: HttpApi, ctx: Context) -> None:
    """The learners' routes, then those of staff."""
    _add_own(api, ctx)
    _add_staff(api, ctx)


def _add_own(api: HttpApi, ctx: Context) -> None:
    learner = api.secured(Role.LEARNER)

    @learner.route("POST /v1/orders/orders/<order_id>/refunds", "ask_refund", status_code=201, idempotent=True)
    def ask(order_id: OrderId, request: RefundRequest) -> RefundAnswer:
        """Ask for an own paid order, or for lines of it, to be refunded."""
        return _answer(ask_refund(ctx, api.call(), RefundDraft(order_id, _numbers(request))))

    @learner.route("GET /v1/orders/orders/<order_id>/refunds", "list_refunds")
    def of_order(order_id: OrderId) -> RefundsAnswer:
        """The refunds of an own order."""
        found = refunds_of_order(ctx, order_id, learner_id(api))
        return RefundsAnswer(refunds=[_answer(refund) for refund in found])

    @learner.route("GET /v1/orders/refunds/<refund_id>", "read_refund")
    def read(refund_id: RefundId) -> RefundAnswer:
        """How an own refund stands."""
        return _answer(known_refund(ctx, refund_id, learner_id(api)).value)


def _add_staff(api: HttpApi, ctx: Context) -> None:
    staff = api.secured(Role.FINANCE, Role.ADMINISTRATOR)

    @api.secured(Role.ADMINISTRATOR).route(
        "POST /v1/orders/finance/orders/<order_id>/refunds", "refund_order", status_code=201, idempotent=True
    )
    def refund(order_id: OrderId, request: StaffRefundRequest) -> StaffRefundAnswer:
        """Refund a learner's order, or lines of it; also what was watched, with its hours taken back."""
        draft = RefundDraft(order_id, _numbers(request), Cause.ADMINISTRATOR, request.reason, request.reverse_hours)
        return _staff_answer(ask_refund(ctx, api.call(), draft))

    @staff.route(
        "POST /v1/orders/finance/refunds/<refund_id>/attempts", "resend_refund", status_code=201, idempotent=True
    )
    def resend(refund_id: RefundId, request: ResendRequest) -> StaffRefundAnswer:
        """Have the provider asked again for a refund that failed there."""
        return _staff_answer(resend_refund(ctx, api.call(), refund_id, request.reason))

    def answer(found: Order) -> StaffOrderAnswer:
        return StaffOrderAnswer.of(found, **dict(order_answer(found, ctx.clock.now())))

    @staff.route("GET /v1/orders/finance/orders/<order_id>", "read_any_order")
    def order(order_id: OrderId) -> StaffOrderAnswer:
        """How a learner's order stands."""
        return answer(known_order(ctx, order_id).value)

    @staff.route("GET /v1/orders/finance/orders", "find_order")
    def find(
        number: Annotated[
            str,
            Query(
                pattern=r"^[A-Za-z0-9-]{8,64}$",
                description="of the order, a payment, a refund, an invoice, or the provider's trade",
            ),
        ],
    ) -> StaffOrderAnswer:
        """The order that a number belongs to."""
        return answer(find_order(ctx, number))

    @staff.route("GET /v1/orders/finance/refunds", "list_refunds_of_day")
    def of_day(
        day: Annotated[Day, Query(description="Asia/Shanghai")],
        status: Annotated[RefundStatus | None, Query(description="of this status only")] = None,
        after: Annotated[str, Query(pattern=f"^$|{NUMBER}", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_REFUNDS)] = MAX_REFUNDS,
    ) -> StaffRefundsAnswer:
        """The refunds asked for on a day, a page at a time."""
        page = refunds_of_day(ctx, day, status, after, limit)
        return StaffRefundsAnswer(refunds=[_staff_answer(refund) for refund in page.items], after=page.after)

    @staff.route("GET /v1/orders/finance/refunds/<refund_id>", "read_any_refund")
    def read(refund_id: RefundId) -> StaffRefundAnswer:
        """How a refund stands."""
        return _staff_answer(known_refund(ctx, refund_id).value)


def _numbers(request: RefundRequest) -> tuple[int, ...] | None:
    return None if request.lines is None else tuple(request.lines)


def _answer(refund: Refund) -> RefundAnswer:
    return RefundAnswer.of(refund, lines=[_line(line) for line in refund.lines])


def _line(line: RefundLine) -> RefundLineAnswer:
    kept = line.decision is Decision.KEPT
    return RefundLineAnswer.of(line, detail=KEPT if kept else None, detail_en=KEPT_EN if kept else None)


def _staff_answer(refund: Refund) -> StaffRefundAnswer:
    return StaffRefundAnswer.of(refund, refund.paid_by, **dict(_answer(refund)))
