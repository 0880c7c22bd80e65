"""What names things, each a type of its own, so that no id is taken for another."""

from typing import NewType

LearnerId = NewType("LearnerId", str)
CourseId = NewType("CourseId", str)
PlanId = NewType("PlanId", str)
PeriodId = NewType("PeriodId", str)
EntitlementId = NewType("EntitlementId", str)
OrderId = NewType("OrderId", str)
CouponCode = NewType("CouponCode", str)
PaymentNumber = NewType("PaymentNumber", str)
RefundId = NewType("RefundId", str)
RevocationId = NewType("RevocationId", str)
"""Of one line of a refund, whose entitlement or period is asked back."""
InvoiceId = NewType("InvoiceId", str)
ExportId = NewType("ExportId", str)
CheckId = NewType("CheckId", str)
"""Of one comparison of a provider's statement."""
