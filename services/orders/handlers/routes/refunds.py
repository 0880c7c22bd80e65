"""Refunds: what learners ask back of their orders, and what staff see and do of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictBool, StrictInt

from services.kit.bodies import Day, Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.ordering.read_orders import known_order
from services.orders.app.refunds.ask_refund import RefundDraft, ask_refund
from services.orders.app.refunds.read_refunds import known_refund, refunds_of_day, refunds_of_order
from services.orders.app.refunds.resend_refund import resend_refund
from services.orders.domain.order import MAX_LINES, Goods
from services.orders.domain.refund import Cause, Decision, Refund, RefundLine, RefundStatus
from services.orders.handlers.routes.fields import NUMBER, OrderId, Reason, RefundId, learner_id
from services.orders.handlers.routes.ordering.answers import OrderAnswer, order_answer

FUNCTION = "aftersale"
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


class RefundLineAnswer(BaseModel):
    """One line of a refund. `kept`: it is not refunded; `detail` says why, `watch_ids` are the watches."""

    number: int = Field(description="the line's number in the order")
    goods: Goods
    item_id: str = Field(description="the course's or the plan's id")
    amount_fen: int
    decision: Decision
    watch_ids: list[str] = Field(description="watches that were completed before")
    detail: str | None = Field(description="of a kept line: why, in Chinese")
    detail_en: str | None = Field(description="of a kept line: why, in English")


class RefundAnswer(BaseModel):
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


class RefundsAnswer(BaseModel):
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


class StaffRefundsAnswer(BaseModel):
    """A page of a day's refunds."""

    refunds: list[StaffRefundAnswer]
    after: str | None = Field(description="ask for what comes after this next; null: there is no more")


def add_refund_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """The learners' routes, then those of staff."""
    _add_asking(app, ctx)
    _add_reading(app, ctx)
    _add_staff_asking(app, ctx)
    _add_staff_reading(app, ctx)


def _add_asking(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.post(
        "/v1/orders/orders/<order_id>/refunds",
        status_code=201,
        operation_id="ask_refund",
        summary="Ask for an own paid order, or for lines of it, to be refunded",
        **secured(Role.LEARNER, idempotent=True, function=FUNCTION),
    )
    def ask(order_id: Annotated[OrderId, Path()], request: Annotated[RefundRequest, Body()]) -> RefundAnswer:
        draft = RefundDraft(order_id, _numbers(request))
        return _answer(ask_refund(ctx, call_of(app), draft))


def _add_reading(app: APIGatewayHttpResolver, ctx: Context) -> None:
    learner = secured(Role.LEARNER, function=FUNCTION)

    @app.get(
        "/v1/orders/orders/<order_id>/refunds",
        operation_id="list_refunds",
        summary="The refunds of an own order",
        **learner,
    )
    def of_order(order_id: Annotated[OrderId, Path()]) -> RefundsAnswer:
        found = refunds_of_order(ctx, order_id, learner_id(app))
        return RefundsAnswer(refunds=[_answer(refund) for refund in found])

    @app.get(
        "/v1/orders/refunds/<refund_id>",
        operation_id="read_refund",
        summary="How an own refund stands",
        **learner,
    )
    def read(refund_id: Annotated[RefundId, Path()]) -> RefundAnswer:
        return _answer(known_refund(ctx, refund_id, learner_id(app)).value)


def _add_staff_asking(app: APIGatewayHttpResolver, ctx: Context) -> None:
    @app.post(
        "/v1/orders/finance/orders/<order_id>/refunds",
        status_code=201,
        operation_id="refund_order",
        summary="Refund a learner's order, or lines of it; also what was watched, with its hours taken back",
        **secured(Role.ADMINISTRATOR, idempotent=True, function=FUNCTION),
    )
    def refund(
        order_id: Annotated[OrderId, Path()], request: Annotated[StaffRefundRequest, Body()]
    ) -> StaffRefundAnswer:
        draft = RefundDraft(order_id, _numbers(request), Cause.ADMINISTRATOR, request.reason, request.reverse_hours)
        return _staff_answer(ask_refund(ctx, call_of(app), draft))

    @app.post(
        "/v1/orders/finance/refunds/<refund_id>/attempts",
        status_code=201,
        operation_id="resend_refund",
        summary="Have the provider asked again for a refund that failed there",
        **secured(Role.FINANCE, Role.ADMINISTRATOR, idempotent=True, function=FUNCTION),
    )
    def resend(refund_id: Annotated[RefundId, Path()], request: Annotated[ResendRequest, Body()]) -> StaffRefundAnswer:
        return _staff_answer(resend_refund(ctx, call_of(app), refund_id, request.reason))


def _add_staff_reading(app: APIGatewayHttpResolver, ctx: Context) -> None:
    staff = secured(Role.FINANCE, Role.ADMINISTRATOR, function=FUNCTION)

    @app.get(
        "/v1/orders/finance/orders/<order_id>",
        operation_id="read_any_order",
        summary="How a learner's order stands",
        **staff,
    )
    def order(order_id: Annotated[OrderId, Path()]) -> StaffOrderAnswer:
        found = known_order(ctx, order_id).value
        told = order_answer(found, ctx.clock.now())
        return StaffOrderAnswer(**told.model_dump(), learner_id=found.learner_id)

    @app.get(
        "/v1/orders/finance/refunds",
        operation_id="list_refunds_of_day",
        summary="The refunds asked for on a day, a page at a time",
        **staff,
    )
    def of_day(
        day: Annotated[Day, Query(description="Asia/Shanghai")],
        status: Annotated[RefundStatus | None, Query(description="of this status only")] = None,
        after: Annotated[str, Query(pattern=f"^$|{NUMBER}", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_REFUNDS)] = MAX_REFUNDS,
    ) -> StaffRefundsAnswer:
        page = refunds_of_day(ctx, day, status, after, limit)
        return StaffRefundsAnswer(refunds=[_staff_answer(refund) for refund in page.items], after=page.after)

    @app.get(
        "/v1/orders/finance/refunds/<refund_id>",
        operation_id="read_any_refund",
        summary="How a refund stands",
        **staff,
    )
    def read(refund_id: Annotated[RefundId, Path()]) -> StaffRefundAnswer:
        return _staff_answer(known_refund(ctx, refund_id).value)


def _numbers(request: RefundRequest) -> tuple[int, ...] | None:
    return None if request.lines is None else tuple(request.lines)


def _answer(refund: Refund) -> RefundAnswer:
    return RefundAnswer(
        refund_id=refund.refund_id,
        order_id=refund.order_id,
        cause=refund.cause,
        status=refund.status,
        amount_fen=refund.amount_fen,
        requested_at=refund.requested_at,
        done_at=refund.done_at,
        reason=refund.reason,
        lines=_lines(refund.lines),
    )


def _lines(lines: Sequence[RefundLine]) -> list[RefundLineAnswer]:
    return [
        RefundLineAnswer(
            number=line.number,
            goods=line.goods,
            item_id=line.item_id,
            amount_fen=line.amount_fen,
            decision=line.decision,
            watch_ids=list(line.watch_ids),
            detail=KEPT if line.decision is Decision.KEPT else None,
            detail_en=KEPT_EN if line.decision is Decision.KEPT else None,
        )
        for line in lines
    ]


def _staff_answer(refund: Refund) -> StaffRefundAnswer:
    paid_by = refund.paid_by
    return StaffRefundAnswer(
        **_answer(refund).model_dump(),
        learner_id=refund.learner_id,
        requested_by=refund.requested_by,
        reverse_hours=refund.reverse_hours,
        provider=paid_by.provider if paid_by else None,
        payment_number=paid_by.payment_number if paid_by else None,
        trade_no=paid_by.trade_no if paid_by else None,
        paid_fen=refund.paid_fen,
    )
