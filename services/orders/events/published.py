"""What orders publishes. The schemas beside this file are generated from these models."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from services.kit.events import EventData


class EntitlementGranted(EventData):
    """State: a learner may watch a course from now on."""

    TYPE: ClassVar = "orders.entitlement_granted.v1"

    entitlement_id: str
    learner_id: str
    course_id: str
    basis: Literal["claim", "purchase", "membership"] = Field(description="what the entitlement rests on")
    counts_against_member_quota: bool = Field(
        description="whether hours earned on it count against the membership period's quota"
    )
    granted_at: datetime
    valid_until: datetime | None = Field(description="the first instant it no longer holds; null: it does not end")


class MembershipChanged(EventData):
    """State: how one period of a learner's membership stands from now on."""

    TYPE: ClassVar = "orders.membership_changed.v1"

    learner_id: str
    membership_period_id: str
    plan_id: str
    valid_from: datetime
    valid_until: datetime = Field(description="the first instant it no longer holds")
    quota_hours: str | None = Field(
        pattern=r"^[0-9]+(\.[0-9]+)?$",
        description="hours that watching the library can earn in this period, exact decimal; null: no limit",
    )
    opens_library: bool = Field(description="whether the members' library may be watched on it")
    revoked: bool = Field(description="whether it was taken back, by a refund for instance; then it never holds again")


class PaymentNotified(EventData):
    """Fact: a provider is proven to have said that a payment was made. What was paid is read from the provider."""

    TYPE: ClassVar = "orders.payment_notified.v1"

    payment_number: str = Field(description="the payment's number at the provider")
    notified_at: datetime


class PaidLine(EventData):
    """One line of a paid order; `due_fen` is what was paid for it: the price less the coupon's share."""

    number: int
    goods: Literal["course", "membership"]
    item_id: str = Field(description="the course's or the plan's id")
    item_version: str = Field(description="the course's publication, or the day the plan's version is from")
    grant_id: str = Field(description="the entitlement or the period of membership that it brought")
    list_fen: int
    price_fen: int
    price_reason: Literal["list", "member"] = Field(description="why this price")
    discount_fen: int
    due_fen: int


class OrderPaid(EventData):
    """Fact: an order was paid, and what it was for is given. Money in fen, CNY."""

    TYPE: ClassVar = "orders.order_paid.v1"

    order_id: str
    learner_id: str
    amount_fen: int
    coupon_code: str | None
    placed_at: datetime
    paid_at: datetime
    provider: str | None = Field(description="null: nothing was to be paid")
    payment_number: str | None = Field(description="our number of the payment")
    trade_no: str | None = Field(description="the provider's number of it")
    lines: list[PaidLine]


class RefundDue(EventData):
    """Fact: money is to be sent back to the payer."""

    TYPE: ClassVar = "orders.refund_due.v1"

    refund_id: str
    order_id: str
    amount_fen: int


class EntitlementRevocationRequested(EventData):
    """Fact: an entitlement, or a period of membership, is to be taken back, unless a watch was completed on it before.

    Playback decides that.
    """

    TYPE: ClassVar = "orders.entitlement_revocation_requested.v1"

    revocation_id: str = Field(description="named by the decision that answers this")
    learner_id: str
    course_id: str | None = Field(description="null: it is a period of membership")
    entitlement_id: str = Field(description="or the period's id")
    requested_at: datetime
    even_if_completed: bool = Field(
        default=False, description="whether it is to be taken back even so, for an administrator who has hours reversed"
    )


class HoursReversalRequested(EventData):
    """Fact: hours of watches are to be taken back, because what they were watched on was refunded by an administrator.

    The money is sent once credits has answered.
    """

    TYPE: ClassVar = "orders.hours_reversal_requested.v1"

    revocation_id: str = Field(description="named by the answer")
    learner_id: str
    course_id: str | None = Field(description="null: they are the watches of a period of membership")
    watch_ids: list[str] = Field(min_length=1)
    reason: str = Field(description="the administrator's words, which the learner reads")
    actor: str = Field(description="the administrator's opaque id")
    requested_at: datetime


class ExportRequested(EventData):
    """Fact: an export for finance is to be written."""

    TYPE: ClassVar = "orders.export_requested.v1"

    export_id: str
    first_day: date
    last_day: date = Field(description="included; days are of Asia/Shanghai")


class ReconciliationRequested(EventData):
    """Fact: a provider's statement of a day is to be compared with our records."""

    TYPE: ClassVar = "orders.reconciliation_requested.v1"

    reconciliation_id: str
    provider: str
    day: date = Field(description="in Asia/Shanghai")


PUBLISHED: dict[str, type[BaseModel]] = {
    EntitlementGranted.TYPE: EntitlementGranted,
    MembershipChanged.TYPE: MembershipChanged,
    PaymentNotified.TYPE: PaymentNotified,
    OrderPaid.TYPE: OrderPaid,
    RefundDue.TYPE: RefundDue,
    EntitlementRevocationRequested.TYPE: EntitlementRevocationRequested,
    ExportRequested.TYPE: ExportRequested,
    ReconciliationRequested.TYPE: ReconciliationRequested,
    HoursReversalRequested.TYPE: HoursReversalRequested,
}
