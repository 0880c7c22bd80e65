"""Fields that several routes have, and the caller as use cases take them."""

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from services.kit.http import HttpApi
from services.orders.domain import ids

NUMBER = r"^[0-9]{14}[0-9a-f]{18}$"
"""Of orders, payments, refunds, invoices and exports: the second they were made in, and chance."""
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
"""Such as 2026-11."""

CourseId = Annotated[
    ids.CourseId, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="the course's id")
]
LearnerId = Annotated[
    ids.LearnerId,
    Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
PlanId = Annotated[ids.PlanId, Field(strict=True, pattern=r"^[a-z][a-z0-9-]{0,31}$", description="the plan's id")]
OrderId = Annotated[ids.OrderId, Field(strict=True, pattern=NUMBER, description="the order's id")]
RefundId = Annotated[ids.RefundId, Field(strict=True, pattern=NUMBER, description="the refund's id")]
InvoiceId = Annotated[ids.InvoiceId, Field(strict=True, pattern=NUMBER, description="the invoice's id")]
CouponCode = Annotated[
    StrictStr,
    Field(pattern=r"^[A-Za-z0-9-]{4,32}$", description="read like any code that somebody types"),
]
TypedCouponCode = Annotated[
    StrictStr,
    Field(
        description="however it is written: width, case, blanks and dashes do not matter, nor O for 0, I or L for 1",
    ),
]
Reason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]

ExpectedFen = Annotated[
    StrictInt,
    Field(ge=0, le=10**9, description="what the caller was shown: if it costs anything else now, nothing is ordered"),
]


def learner_id(api: HttpApi) -> ids.LearnerId:
    """Who makes the current request, on a route that only learners may call."""
    return ids.LearnerId(api.call().caller_id)
