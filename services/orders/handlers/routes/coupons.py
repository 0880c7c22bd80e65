"""Coupons, for staff. Learners use them in quotes and orders."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic.config import JsonDict

from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.orders.app.context import Context
from services.orders.app.coupons.manage_coupons import (
    CouponView,
    create_coupon,
    list_coupons,
    read_coupon,
    withdraw_coupon,
)
from services.orders.domain import ids
from services.orders.domain.coupon import Coupon
from services.orders.handlers.routes.fields import CouponCode, CourseId, Reason

MAX_PAGE = 50
MAX_COURSES = 100


def _text(value: Any) -> Any:
    """Otherwise numbers would be taken for seconds since 1970."""
    if not isinstance(value, str) or value.replace(".", "").isdigit():
        raise ValueError("an instant is a text such as 2026-01-01T00:00:00+08:00")
    return value


def _utc(value: datetime) -> datetime:
    """In UTC; instants at the ends of the calendar have none."""
    if not 2000 < value.year < 2200:
        raise ValueError("an instant between 2001 and 2199")
    return value.astimezone(UTC)


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_text),
    AfterValidator(_utc),
    Field(json_schema_extra={"pattern": "^2(00[1-9]|0[1-9][0-9]|1[0-9]{2})-"}),
]


_FEN_OR_PERCENT: JsonDict = {
    "if": {"required": ["off_fen"], "properties": {"off_fen": {"type": "integer"}}},
    "then": {"properties": {"off_percent": {"type": "null"}}},
    "else": {"required": ["off_percent"], "properties": {"off_percent": {"type": "integer"}}},
}


class CouponRequest(Request):
    """Make a coupon that takes off either fen or a percentage."""

    model_config = ConfigDict(json_schema_extra=_FEN_OR_PERCENT)

    title: StrictStr = Field(pattern=r"\S", max_length=60)
    code: CouponCode | None = Field(
        default=None, description="for a campaign that everyone may know of; null: a random code that nobody can guess"
    )
    off_fen: StrictInt | None = Field(default=None, ge=1, le=10**9)
    off_percent: StrictInt | None = Field(default=None, ge=1, le=100)
    valid_from: Instant
    valid_until: Instant = Field(description="the first instant it is not valid any more")
    total_limit: StrictInt = Field(ge=1, le=10**7, description="of orders with it")
    learner_limit: StrictInt = Field(ge=1, le=1000, description="of one learner's orders with it")
    course_ids: list[CourseId] = Field(max_length=MAX_COURSES, description="what it is for; none: every course")
    reason: Reason

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.off_fen is None) == (self.off_percent is None):
            raise ValueError("either off_fen or off_percent")
        return self

    def draft(self) -> Coupon:
        """The coupon to be made."""
        return Coupon(
            **self.model_dump(exclude={"code", "course_ids", "reason"}),
            code=ids.CouponCode(self.code or ""),
            course_ids=tuple(self.course_ids),
        )


class WithdrawalRequest(Request):
    """Let no more orders be placed with a coupon."""

    reason: Reason


class CouponAnswer(Answer):
    """A coupon, and how often it is in use."""

    code: str
    title: str
    off_fen: int | None
    off_percent: int | None
    valid_from: datetime
    valid_until: datetime
    total_limit: int
    learner_limit: int
    course_ids: list[str]
    withdrawn: bool
    reserved: int = Field(description="orders with it that wait for their payment")
    confirmed: int = Field(description="paid orders with it")


class CouponsAnswer(Answer):
    """A page of coupons, newest first."""

    coupons: list[CouponAnswer]
    after: str | None = Field(description="ask for what comes after this place next; null: there is no more")


def add_coupon_routes(api: HttpApi, ctx: Context) -> None:
    """Making, reading and withdrawing coupons."""
    staff = api.secured(Role.ADMINISTRATOR, Role.FINANCE)

    @staff.route("POST /v1/orders/coupons", "create_coupon", status_code=201, idempotent=True)
    def create(request: CouponRequest) -> CouponAnswer:
        """Make a coupon."""
        return _answer(create_coupon(ctx, api.call(), request.draft(), request.reason))

    @staff.route("PUT /v1/orders/coupons/<coupon_code>/withdrawal", "withdraw_coupon")
    def withdraw(coupon_code: CouponCode, request: WithdrawalRequest) -> CouponAnswer:
        """Let no more orders be placed with a coupon."""
        return _answer(withdraw_coupon(ctx, api.call(), coupon_code, request.reason))

    @staff.route("GET /v1/orders/coupons", "list_coupons")
    def every(
        after: Annotated[str, Query(pattern=r"^[0-9A-Z#]{0,64}$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> CouponsAnswer:
        """All coupons, newest first."""
        page = list_coupons(ctx, after, limit)
        return CouponsAnswer(coupons=[_answer(view) for view in page.items], after=page.after)

    @staff.route("GET /v1/orders/coupons/<coupon_code>", "read_coupon")
    def one(coupon_code: CouponCode) -> CouponAnswer:
        """One coupon."""
        return _answer(read_coupon(ctx, coupon_code))


def _answer(view: CouponView) -> CouponAnswer:
    return CouponAnswer.of(view.coupon, view.usage)
