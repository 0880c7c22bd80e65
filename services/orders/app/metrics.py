"""What this service counts and measures, beside what every service does (`services/kit/metrics.py`)."""

from services.kit.metrics import Metric, Unit

ORDERS = Metric("Orders", "an order was placed")
UNCLOSED_ORDERS = Metric("UnclosedOrders", "an order whose time is over could not be closed; the next run tries again")
PAYMENTS = Metric("Payments", "a payment was settled as paid", dimensions=((), ("method",)))
REVENUE = Metric("RevenueFen", "fen of a payment that was settled as paid, whatever came of it")
PAYMENT_LAG = Metric("PaymentLag", "from a payment at its provider to what it bought being granted", Unit.MILLISECONDS)
UNSETTLED_PAYMENTS = Metric(
    "UnsettledPayments", "a payment or refund that a run of the sweep could not settle: told again by each run"
)
REFUSED_NOTIFICATIONS = Metric("RefusedNotifications", "a provider's notification that was forged, replayed or wrong")
REFUNDS = Metric("Refunds", "a refund came to its end at the provider", dimensions=((), ("status",)))
REFUNDED = Metric("RefundedFen", "fen that a provider has sent back")
EXPORTS = Metric("Exports", "a finance export came to its end", dimensions=(("state",),))
RECONCILIATIONS = Metric("Reconciliations", "a day's statement was compared", dimensions=(("state",),))
RECONCILIATION_DIFFERENCES = Metric(
    "ReconciliationDifferences", "a provider's statement and our cash book differ in what finance has not explained"
)
INVOICE_NUMBERS_TWICE = Metric("InvoiceNumbersTwice", "two invoices have one number")
