"""Queues, and the dead-letter queue with an alarm that every asynchronous hop has."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarm import MINUTE, alarm
from infra.constructs.encryption import encrypt
from infra.constructs.review import accept, accept_serverless

DEAD_LETTER_RETENTION = Duration.days(14)
"""SQS's longest. The inbox's markers outlive it, so a late redrive has no second effect."""
MAX_RECEIVES = 5


class DeadLetterQueue(Construct):
    """Keeps what could not be delivered, and alarms from the first message on."""

    def __init__(self, scope: Construct, id_: str, *, name: str, topic: sns.ITopic, source_queue: str | None) -> None:
        """`source_queue` names the one queue that it belongs to; None where a mapping or a rule fills it."""
        super().__init__(scope, id_)
        allowed = sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL)
        if source_queue:
            source = sqs.Queue.from_queue_arn(self, "Source", _queue_arn(self, source_queue))
            allowed = sqs.RedriveAllowPolicy(source_queues=[source])
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            enforce_ssl=True,
            retention_period=DEAD_LETTER_RETENTION,
            redrive_allow_policy=allowed,
        )
        encrypt(self.queue)
        self.depth: cloudwatch.IMetric = self.queue.metric_approximate_number_of_messages_visible(
            period=MINUTE, statistic="Maximum"
        )
        alarm(
            self,
            "Alarm",
            self.depth,
            name=f"{name}-not-empty",
            description=f"Undelivered events wait in {name}: find the cause in the logs, then redrive.",
            threshold=1,
            topic=topic,
        )
        if source_queue is None:
            # cdk-nag sees it of those that a queue names.
            accept(self.queue, "SQS3", "It is itself a dead-letter queue.")
        accept_serverless(self.queue, "SQSRedrivePolicy", "It is itself a dead-letter queue.")


class EventQueue(Construct):
    """A consumer's queue, with its dead-letter queue."""

    def __init__(self, scope: Construct, id_: str, *, name: str, consumer_timeout: Duration, topic: sns.ITopic) -> None:
        super().__init__(scope, id_)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", name=f"{name}-dlq", topic=topic, source_queue=name)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            enforce_ssl=True,
            # AWS's advice: six times the function's timeout, so that a throttled batch is not delivered twice.
            visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters.queue, max_receive_count=MAX_RECEIVES),
        )
        encrypt(self.queue)


def _queue_arn(scope: Construct, name: str) -> str:
    # By name and not by reference: each of the two queues names the other.
    return Stack.of(scope).format_arn(service="sqs", resource=name, arn_format=ArnFormat.NO_RESOURCE_NAME)
