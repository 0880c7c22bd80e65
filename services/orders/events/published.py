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


PUBLISHED: dict[str, type[BaseModel]] = {EntitlementGranted.TYPE: EntitlementGranted}
