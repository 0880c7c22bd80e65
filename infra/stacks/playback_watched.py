"""What operators see and are told of playback, beside what every service has."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from infra.constructs.alarm import Severity, Times, Told, silence_alarm
from infra.constructs.graphs import graph
from infra.constructs.metric import MINUTE, PERIOD, by_dimensions, lags, watching
from infra.constructs.service_level import ServiceLevel, add_service_level, slow_share
from infra.stacks.service import ServiceStack
from services.kit.metrics import FAILURES, REFUSALS
from services.playback.app.metrics import (
    BROKEN_RECORDS,
    CANARY_FAILURES,
    CANARY_TIME,
    COMPLETIONS,
    LOG_FAULTS,
    LOG_RUNS,
    LOG_WITNESS_FAILURES,
    SESSIONS,
    UNSEALED_WATCHES,
    WATCH_FAULTS,
    WATCHED,
)

STANDS_STILL = Duration.minutes(5)
WITNESS_FAILURES = 30
"""In a quarter of an hour: one witness that never answers makes no more than 15, so two of them."""
REFUSED_PERCENT, ENOUGH_BEATS = 10, 100
BEAT_WITHIN_MS = 250
"""What a beat may take in its function, a cold start aside."""


def graphs(stack: ServiceStack) -> list[cloudwatch.IWidget]:
    """Of its dashboard."""
    return [
        graph("Watching", [watching(stack.metric(WATCHED, PERIOD))], unit="learners"),
        graph("Sessions and completions", [stack.metric(SESSIONS, PERIOD), stack.metric(COMPLETIONS, PERIOD)]),
        graph(
            "Records that are not as sealed",
            [stack.metric(m, PERIOD) for m in (BROKEN_RECORDS, WATCH_FAULTS, LOG_FAULTS, UNSEALED_WATCHES)],
        ),
        graph("The canary's walk", lags(stack, "playback", CANARY_TIME), unit="ms"),
        graph("Walks that failed, by step", [by_dimensions(stack, "playback", CANARY_FAILURES, "step")]),
        graph("Transparency log", [stack.metric(m, PERIOD) for m in (LOG_RUNS, LOG_WITNESS_FAILURES)]),
    ]


def add_alarms(stack: ServiceStack, beat: lambda_.Function) -> None:
    """Its alarms and service levels."""
    _add_record_alarms(stack)
    _add_log_alarms(stack)
    _add_beat_alarms(stack, beat)
    stack.add_alarm(
        "canary-fails",
        stack.metric(CANARY_FAILURES, PERIOD),
        Told(
            Severity.PAGE,
            "The canary does not get from the home page into a lecture, so learners do not either",
            "three walks of three in a quarter of an hour: one that fails may be the network's",
            "canary",
        ),
        times=Times(3, 3),
    )


def _add_record_alarms(stack: ServiceStack) -> None:
    faults = {
        BROKEN_RECORDS: (
            "broken-watch-records",
            "A watch's stored record is not what was sealed; the call was refused",
        ),
        WATCH_FAULTS: ("watch-faults", "A watch, pack or head is not as it was logged; the check's log names it"),
        LOG_FAULTS: ("log-faults", "Checkpoint, tiles and state of the transparency log do not agree; it stands still"),
    }
    for metric, (name, means) in faults.items():
        because = "the first: records are the product, and somebody may be at work"
        stack.add_alarm(
            name, stack.metric(metric), Told(Severity.PAGE, means, because, "records-that-are-not-as-signed")
        )


def _add_log_alarms(stack: ServiceStack) -> None:
    silence_alarm(
        stack,
        "LogStandsStill",
        stack.metric(LOG_RUNS, STANDS_STILL),
        name=f"{stack.prefix}-log-stands-still",
        told=Told(
            Severity.TICKET,
            "No run has published all that waits for the transparency log",
            "5 minutes, in which there are five runs; nothing is lost meanwhile",
            "the-log",
        ),
        topics=stack.platform.topics,
    )
    stack.add_alarm(
        "log-witnesses",
        stack.metric(LOG_WITNESS_FAILURES, Duration.minutes(15)),
        Told(
            Severity.TICKET,
            "Witnesses do not cosign; the log of the function says which and why",
            f"{WITNESS_FAILURES} in a quarter of an hour: one that is down makes 15 at most, so there are two",
            "the-log",
        ),
        threshold=WITNESS_FAILURES,
    )


def _add_beat_alarms(stack: ServiceStack, beat: lambda_.Function) -> None:
    refused = cloudwatch.MathExpression(
        expression=f"IF(beats >= {ENOUGH_BEATS}, 100 * FILL(refused, 0) / beats, 0)",
        using_metrics={
            "refused": stack.metric(REFUSALS, PERIOD, function=beat.function_name),
            "beats": beat.metric_invocations(period=PERIOD),
        },
        period=PERIOD,
        label="refused beats, %",
    )
    stack.add_alarm(
        "beats-refused",
        refused,
        Told(
            Severity.PAGE,
            "Beats are refused: learners watch and nothing is credited",
            f"{REFUSED_PERCENT} % of {ENOUGH_BEATS} beats or more, in two periods of five minutes: another device, a "
            "late tab and an ended right make a few in a hundred",
            "beats-refused",
        ),
        threshold=REFUSED_PERCENT,
        times=Times(2, 2),
    )
    stack.add_alarm(
        "beats-throttled",
        beat.metric_throttles(period=MINUTE),
        Told(
            Severity.PAGE,
            "Lambda turns beats away: the function's reserved concurrency is used up",
            "in three minutes of five: players send a beat again, so a short burst costs nobody anything",
            "beats-throttled",
        ),
        times=Times(3, 5),
    )
    for level in _levels(stack, beat):
        add_service_level(stack, stack.prefix, level, stack.platform.topics)


def _levels(stack: ServiceStack, beat: lambda_.Function) -> list[ServiceLevel]:
    def failed(period: Duration) -> cloudwatch.IMetric:
        return cloudwatch.MathExpression(
            expression="IF(beats >= 10, 100 * (errors + throttles + FILL(failures, 0)) / (beats + throttles), 0)",
            using_metrics={
                "errors": beat.metric_errors(period=period),
                "throttles": beat.metric_throttles(period=period),
                "failures": stack.metric(FAILURES, period, function=beat.function_name),
                "beats": beat.metric_invocations(period=period),
            },
            period=period,
            label="failed",
        )

    slow = slow_share(
        lambda period, statistic: beat.metric_duration(period=period, statistic=statistic), BEAT_WITHIN_MS
    )
    return [
        ServiceLevel(
            "beat-success", "Beats fail, and what was watched is not credited", 99.9, failed, "service-levels"
        ),
        ServiceLevel("beat-latency", f"Beats take longer than {BEAT_WITHIN_MS} ms", 99, slow, "service-levels"),
    ]
