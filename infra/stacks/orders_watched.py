"""What operators see and are told of orders, beside what every service has."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarm import Severity, Times, Told
from infra.constructs.graphs import graph
from infra.constructs.metric import PERIOD, by_dimensions, lags, own_metric, yuan
from infra.constructs.service_level import ServiceLevel, add_service_level, slow_share
from infra.stacks.service import ServiceStack
from services.orders.app.metrics import (
    EXPORTS,
    INVOICE_NUMBERS_TWICE,
    ORDERS,
    PAYMENT_LAG,
    PAYMENTS,
    RECONCILIATION_DIFFERENCES,
    RECONCILIATIONS,
    REFUNDED,
    REFUNDS,
    REFUSED_NOTIFICATIONS,
    REVENUE,
    UNCLOSED_ORDERS,
    UNSETTLED_PAYMENTS,
)
from services.orders.domain.refund import RefundStatus

WITHIN_MS = 60_000
"""How soon somebody who paid may watch."""


def graphs(stack: ServiceStack) -> list[cloudwatch.IWidget]:
    """Of its dashboard."""
    return [
        graph("Orders and payments", [stack.metric(ORDERS, PERIOD), stack.metric(PAYMENTS, PERIOD)]),
        graph("Payments by method", [by_dimensions(stack, "orders", PAYMENTS, "method")]),
        graph(
            "Money",
            [yuan(stack.metric(REVENUE, PERIOD), "in"), yuan(stack.metric(REFUNDED, PERIOD), "back")],
            unit="yuan",
        ),
        graph("From payment to entitlement", lags(stack, "orders", PAYMENT_LAG), unit="ms"),
        graph("Refunds by outcome", [by_dimensions(stack, "orders", REFUNDS, "status")]),
        graph(
            "Left for the next run",
            [stack.metric(metric, PERIOD) for metric in (UNSETTLED_PAYMENTS, UNCLOSED_ORDERS, REFUSED_NOTIFICATIONS)],
        ),
        graph("Finance exports", [by_dimensions(stack, "orders", EXPORTS, "state")]),
        graph("Reconciliations", [by_dimensions(stack, "orders", RECONCILIATIONS, "state")]),
        graph(
            "To be explained", [stack.metric(m, PERIOD) for m in (RECONCILIATION_DIFFERENCES, INVOICE_NUMBERS_TWICE)]
        ),
    ]


def add_alarms(stack: ServiceStack) -> None:
    """Its alarms and service level."""
    stack.add_alarm(
        "payments-unsettled",
        stack.metric(UNSETTLED_PAYMENTS),
        Told(
            Severity.PAGE,
            "Payments or refunds cannot be settled: people may have paid for what they cannot watch",
            "in ten minutes of ten: each run of the sweep tries again, and a provider's hiccup is over sooner",
            "payments-unsettled",
        ),
        times=Times(10, 10),
    )
    stack.add_alarm(
        "notifications-refused",
        stack.metric(REFUSED_NOTIFICATIONS, PERIOD),
        Told(
            Severity.TICKET,
            "Notifications in a payment provider's name are refused as forged, replayed or wrong",
            "20 in five minutes: providers probe with wrong signatures now and then, and send each five times",
            "notifications-refused",
        ),
        threshold=20,
    )
    stack.add_alarm(
        "refund-failed",
        stack.metric(REFUNDS, status=RefundStatus.FAILED.value),
        Told(
            Severity.TICKET,
            "A provider could not send money back; nobody tries again by itself",
            "the first: somebody waits for money",
            "refund-failed",
        ),
    )
    stack.add_alarm(
        "reconciliation-differs",
        stack.metric(RECONCILIATION_DIFFERENCES),
        Told(
            Severity.TICKET,
            "A provider's statement and our cash book differ; the reconciliation's report says in what",
            "the first: books agree to the fen, or somebody knows why not",
            "reconciliation",
        ),
    )
    stack.add_alarm(
        "invoice-number-twice",
        stack.metric(INVOICE_NUMBERS_TWICE),
        Told(
            Severity.TICKET,
            "Two invoices have one number; the daily function's log names them",
            "the first: each is a mistake at the tax authority",
            "invoice-number-twice",
        ),
    )
    level = ServiceLevel(
        name="payment-to-entitlement",
        promise="Whoever paid waits longer than a minute for what was bought",
        objective=99,
        bad=slow_share(
            lambda period, statistic: own_metric(stack, "orders", PAYMENT_LAG, period, statistic), WITHIN_MS
        ),
        runbook="service-levels",
    )
    add_service_level(stack, stack.prefix, level, stack.platform.topics)
