"""Calls at fixed times."""

from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.alarm import Severity, Times, Told, Topics, silence_alarm
from infra.constructs.encryption import QUEUE, SENDS, role_of, use_key
from infra.constructs.function import ServiceFunction, allow
from infra.constructs.queues import DeadLetterQueue
from infra.constructs.review import accept_no_queue

RETRIES = 2
"""Lambda's most for a call that nobody waits for."""
MAX_AGE = Duration.hours(6)


@dataclass(frozen=True)
class Heart:
    """For how long no run may have come to its end: `periods` of `period`, and why not longer or shorter."""

    period: Duration
    periods: int
    because: str
    severity: Severity = Severity.TICKET


EVERY_MINUTE = Heart(Duration.minutes(5), 1, "5 minutes, in which there are five runs")
EVERY_HOUR = Heart(
    Duration.hours(1), 3, "3 hours: each run goes on where the one before ended, and three are no accident"
)
EVERY_DAY = Heart(Duration.hours(1), 26, "26 hours: a day, and two hours for a run that was called again")


class Schedule(Construct):
    """Calls a function on a schedule. What could not be called, or failed every time, waits in a dead-letter queue.

    The function does all that is due, however often it is called and whatever calls were missed: a schedule only
    triggers it.
    """

    def __init__(
        self,
        scope: Construct,
        kind: str,
        function: ServiceFunction,
        *,
        name: str,
        expression: str,
        does: str,
        heart: Heart,
        topics: Topics,
    ) -> None:
        """`kind` and `name` are the function's; `expression` is a rate or a cron in UTC; `does` says what it is for.

        `heart` says for how long it may be still.
        """
        super().__init__(scope, f"{kind.capitalize()}Schedule")
        self.kind = kind
        self.function = function
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", name=f"{name}-dlq", topics=topics, source_queue=None)
        queue = self.dead_letters.queue.queue_arn
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=name,
            description=does,
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role(name, function, queue).role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=MAX_AGE.to_seconds(), maximum_retry_attempts=RETRIES
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=queue),
            ),
        )
        # The scheduler only hands the call over: that the function failed is Lambda's to tell.
        lambda_.CfnEventInvokeConfig(
            self,
            "Failures",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=MAX_AGE.to_seconds(),
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=queue)
            ),
        )
        allow(function, ["sqs:SendMessage"], [queue])
        use_key(role_of(function), QUEUE, SENDS)
        accept_no_queue(function, "Its failures have a destination, which is told more.")
        self._add_heartbeat(name, heart, topics)

    def _add_heartbeat(self, name: str, heart: Heart, topics: Topics) -> None:
        done = cloudwatch.MathExpression(
            expression="called - failed",
            using_metrics={
                "called": self.function.metric_invocations(period=heart.period, statistic="Sum"),
                "failed": self.function.metric_errors(period=heart.period, statistic="Sum"),
            },
            period=heart.period,
            label="runs that came to their end",
        )
        silence_alarm(
            self,
            "Heartbeat",
            done,
            name=f"{name}-no-heartbeat",
            told=Told(heart.severity, f"No run of {name} has come to its end", heart.because, "heartbeats"),
            topics=topics,
            times=Times(heart.periods, heart.periods),
        )

    def _role(self, name: str, function: ServiceFunction, queue: str) -> iam.Role:
        own_account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=own_account),
            description=f"Of the schedule of {name} alone",
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn]))
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue]))
        use_key(role, QUEUE, SENDS)
        return role
