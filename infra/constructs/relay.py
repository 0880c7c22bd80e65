"""Outbox to bus."""

import jsii
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarm import Severity, Told, Topics, alarm
from infra.constructs.encryption import QUEUE, READS, SENDS, TABLE, role_of, use_key
from infra.constructs.function import Bundle, ServiceFunction, allow
from infra.constructs.metric import MINUTE
from infra.constructs.queues import DeadLetterQueue
from infra.constructs.review import accept_no_queue
from infra.constructs.stage import stage_of

BATCH_SIZE = 10
"""What one PutEvents call takes."""
RETRIES = 20
MAX_AGE = Duration.hours(1)
LAG_ALARM = Duration.minutes(5)


@jsii.implements(lambda_.IEventSourceDlq)
class _OnFailure:
    """The mapping's failure destination. CDK's own would grant more than sending."""

    def __init__(self, queue_arn: str) -> None:
        self._queue_arn = queue_arn

    def bind(
        self,
        target: lambda_.IEventSourceMapping,  # noqa: ARG002 (the interface's)
        target_handler: lambda_.IFunction,  # noqa: ARG002 (the interface's)
    ) -> lambda_.DlqDestinationConfig:
        """Names the queue; the relay's role is allowed to send to it where the relay is made."""
        return lambda_.DlqDestinationConfig(destination=self._queue_arn)


class OutboxRelay(Construct):
    """The function that publishes what the outbox's stream delivers. Nobody else may publish the service's events."""

    def __init__(
        self, scope: Construct, bundle: Bundle, *, outbox: dynamodb.Table, bus: events.IEventBus, topics: Topics
    ) -> None:
        super().__init__(scope, "Relay")
        service = bundle.service
        prefix = stage_of(self).prefix
        self.function = ServiceFunction(
            self,
            "relay",
            bundle,
            memory_mib=512,
            timeout=Duration.seconds(30),
            environment={"EVENT_BUS_NAME": bus.event_bus_name},
        )
        self.dead_letters = DeadLetterQueue(
            self, "DeadLetters", name=f"{prefix}-{service}-relay-dlq", topics=topics, source_queue=None
        )
        stream = str(outbox.table_stream_arn)
        allow(
            self.function,
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [stream],
        )
        # Listing knows no resources; the mapping is not made without it.
        allow(self.function, ["dynamodb:ListStreams"], ["*"])
        allow(self.function, ["sqs:SendMessage"], [self.dead_letters.queue.queue_arn])
        use_key(role_of(self.function), QUEUE, SENDS)
        use_key(role_of(self.function), TABLE, READS)
        allow(
            self.function,
            ["events:PutEvents"],
            [bus.event_bus_arn],
            {"StringEquals": {"events:source": f"xueshi.{service}"}},
        )
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH_SIZE,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES,
            max_record_age=MAX_AGE,
            # Events of one subject share a partition key, and batches side by side still keep a key's order.
            parallelization_factor=2,
            # Otherwise each expired item would wake the relay.
            filters=[lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})],
            on_failure=_OnFailure(self.dead_letters.queue.queue_arn),
        )
        accept_no_queue(self.function, "What it cannot publish goes to the mapping's destination.")
        self._own_source(service, bus)
        self.lag: cloudwatch.IMetric = self.function.metric("IteratorAge", period=MINUTE, statistic="Maximum")
        alarm(
            self,
            "LagAlarm",
            self.lag,
            name=f"{prefix}-{service}-relay-late",
            told=Told(
                Severity.PAGE,
                f"Events of {service} leave their outbox late: no other service hears of anything",
                "5 minutes: a relay that works needs a second, and learners wait for what follows",
                "relay",
            ),
            threshold=LAG_ALARM.to_milliseconds(),
            topics=topics,
        )

    def _own_source(self, service: str, bus: events.IEventBus) -> None:
        """Nobody else speaks for the service, whatever a role of the account may be allowed to publish."""
        events.CfnEventBusPolicy(
            self,
            "OwnSource",
            event_bus_name=bus.event_bus_name,
            statement_id=f"{service}-by-its-relay-alone",
            statement={
                "Effect": "Deny",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": bus.event_bus_arn,
                "Condition": {
                    "ForAnyValue:StringEquals": {"events:source": f"xueshi.{service}"},
                    "ArnNotEquals": {"aws:PrincipalArn": role_of(self.function).role_arn},
                },
            },
        )
