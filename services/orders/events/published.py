"""What orders publishes. The schemas beside this file are generated from these models."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, Field


class EntitlementGranted(BaseModel):
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


class MembershipChanged(BaseModel):
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


class PaymentNotified(BaseModel):
    """Fact: a provider is proven to have said that a payment was made. What was paid is read from the provider."""

    TYPE: ClassVar = "orders.payment_notified.v1"

    payment_number: str = Field(description="the payment's number at the provider")
    notified_at: datetime


PUBLISHED: dict[str, type[BaseModel]] = {
    EntitlementGranted.TYPE: EntitlementGranted,
    MembershipChanged.TYPE: MembershipChanged,
    PaymentNotified.TYPE: PaymentNotified,
}
