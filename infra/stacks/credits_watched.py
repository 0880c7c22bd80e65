"""What operators see and are told of credits, beside what every service has."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra import capacity
from infra.constructs.alarm import Severity, Times, Told
from infra.constructs.graphs import graph
from infra.constructs.metric import PERIOD, by_dimensions, lags, own_metric
from infra.constructs.service_level import ServiceLevel, add_service_level, slow_share
from infra.stacks.service import ServiceStack
from services.credits.app.metrics import (
    AWARD_LAG,
    BROKEN_RECORDS,
    CODES_SENT,
    IDENTITY_PROOFS,
    LEDGER_FAULTS,
    MAILS,
    PUSHES,
    REMINDERS,
    WATCH_OUTCOMES,
)

WITHIN_MS = 60_000
"""How soon after the lecture's end its hours are in the ledger."""
LATE_MS = 5 * 60_000


def graphs(stack: ServiceStack) -> list[cloudwatch.IWidget]:
    """Of its dashboard."""
    return [
        graph("Outcomes of watches", [by_dimensions(stack, "credits", WATCH_OUTCOMES, "kind")]),
        graph("Outcomes, with reasons", [by_dimensions(stack, "credits", WATCH_OUTCOMES, "kind", "reason")]),
        graph("From completion to ledger", lags(stack, "credits", AWARD_LAG), unit="ms"),
        graph("Records that are not as sealed", [stack.metric(m, PERIOD) for m in (BROKEN_RECORDS, LEDGER_FAULTS)]),
        graph("Mails by outcome", [by_dimensions(stack, "credits", MAILS, "outcome")]),
        graph("Mails by kind", [by_dimensions(stack, "credits", MAILS, "kind", "outcome")]),
        graph("Pushes by outcome", [by_dimensions(stack, "credits", PUSHES, "outcome")]),
        graph("Pushes by kind", [by_dimensions(stack, "credits", PUSHES, "kind", "outcome")]),
        graph("Codes by channel and outcome", [by_dimensions(stack, "credits", CODES_SENT, "channel", "outcome")]),
        graph("Proofs of identities", [by_dimensions(stack, "credits", IDENTITY_PROOFS, "kind", "outcome")]),
        graph("Reminders by days", [by_dimensions(stack, "credits", REMINDERS, "days")]),
    ]


def add_alarms(stack: ServiceStack) -> None:
    """Its alarms and service level."""
    stack.add_alarm(
        "ledger-faults",
        stack.metric(LEDGER_FAULTS),
        Told(
            Severity.PAGE,
            "A ledger or head is not as it was recorded or logged; the log of the check names it",
            "the first: records are the product, and somebody may be at work",
            "records-that-are-not-as-signed",
        ),
    )
    stack.add_alarm(
        "broken-ledger-records",
        stack.metric(BROKEN_RECORDS),
        Told(
            Severity.PAGE,
            "Nothing was entered, since a ledger's head or a course is not what was sealed",
            "the first: somebody has changed the table",
            "records-that-are-not-as-signed",
        ),
    )
    stack.add_alarm(
        "awards-late",
        own_metric(stack, "credits", AWARD_LAG, PERIOD, "p95"),
        Told(
            Severity.TICKET,
            "Hours are late in the ledger after the lecture's end",
            "5 minutes for one in twenty, in three periods of five minutes: a redelivery takes three",
            "awards-late",
        ),
        threshold=LATE_MS,
        times=Times(3, 3),
    )
    if stack.stage.sms:
        _watch_messages(stack)
    level = ServiceLevel(
        name="award-within-a-minute",
        promise="Whoever completed a lecture waits longer than a minute for the hours",
        objective=99,
        bad=slow_share(lambda period, statistic: own_metric(stack, "credits", AWARD_LAG, period, statistic), WITHIN_MS),
        runbook="service-levels",
    )
    add_service_level(stack, stack.prefix, level, stack.platform.topics)


def _watch_messages(stack: ServiceStack) -> None:
    """Each message costs, and fraud has them sent to where it earns by them."""
    stack.add_alarm(
        "many-messages",
        stack.metric(CODES_SENT, PERIOD, channel="phone", outcome="sent"),
        Told(
            Severity.PAGE,
            "Many more codes go out by short message than people sign in; each costs money",
            f"{capacity.messages_per_5_minutes(stack.stage)} in five minutes: "
            "one in fifty of the learners at once signs in",
            "codes-by-short-message",
        ),
        threshold=capacity.messages_per_5_minutes(stack.stage),
    )
    stack.add_alarm(
        "messages-not-sent",
        stack.metric(CODES_SENT, PERIOD, channel="phone", outcome="failed"),
        Told(
            Severity.PAGE,
            "The provider of short messages takes none; nobody signs in by phone",
            "10 in five minutes: a single one may be a number that is switched off",
            "codes-by-short-message",
        ),
        threshold=10,
    )
