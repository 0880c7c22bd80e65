"""All refusals of orders."""

from services.orders.app.coupons.problems import COUPON_PROBLEMS
from services.orders.app.courses.problems import COURSE_PROBLEMS
from services.orders.app.entitlements.problems import CLAIM_PROBLEMS
from services.orders.app.finance.problems import EXPORT_PROBLEMS
from services.orders.app.invoices.problems import INVOICE_PROBLEMS
from services.orders.app.memberships.problems import MEMBERSHIP_PROBLEMS
from services.orders.app.ordering.problems import ORDER_PROBLEMS
from services.orders.app.payments.problems import PAYMENT_PROBLEMS
from services.orders.app.refunds.problems import REFUND_PROBLEMS

PROBLEMS = (
    *COURSE_PROBLEMS,
    *CLAIM_PROBLEMS,
    *MEMBERSHIP_PROBLEMS,
    *PAYMENT_PROBLEMS,
    *EXPORT_PROBLEMS,
    *REFUND_PROBLEMS,
    *INVOICE_PROBLEMS,
    *ORDER_PROBLEMS,
    *COUPON_PROBLEMS,
)
