"""Queues, and the dead-letter queue with an alarm that every asynchronous hop has."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarm import Severity, Times, Told, Topics, alarm
from infra.constructs.encryption import encrypt
from infra.constructs.metric import MINUTE
from infra.constructs.review import accept, accept_serverless

DEAD_LETTER_RETENTION = Duration.days(14)
"""SQS's longest. The inbox's markers outlive it, so a late redrive has no second effect."""
MAX_RECEIVES = 5
VISIBLE = 6
"""AWS's advice: so many times the function's timeout, so that a throttled batch is not delivered twice."""
LATE_S = 15 * 60


def depth_of(name: str, label: str | None = None) -> cloudwatch.Metric:
    """How many messages wait in the queue of that name."""
    return cloudwatch.Metric(
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions_map={"QueueName": name},
        statistic="Maximum",
        period=MINUTE,
        label=label,
    )


class DeadLetterQueue(Construct):
    """Keeps what could not be delivered, and alarms from the first message on."""

    def __init__(self, scope: Construct, id_: str, *, name: str, topics: Topics, source_queue: str | None) -> None:
        """`source_queue` names the one queue that it belongs to; None where a mapping or a rule fills it."""
        super().__init__(scope, id_)
        self.name = name
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
        alarm(
            self,
            "Alarm",
            depth_of(name),
            name=f"{name}-not-empty",
            told=Told(
                Severity.TICKET,
                f"What could not be delivered waits in {name}, for 14 days",
                "the first one: whoever it is about misses something until it is redriven",
                "dead-letters",
            ),
            threshold=1,
            topics=topics,
        )
        if source_queue is None:
            # cdk-nag sees it of those that a queue names.
            accept(self.queue, "SQS3", "It is itself a dead-letter queue.")
        accept_serverless(self.queue, "SQSRedrivePolicy", "It is itself a dead-letter queue.")


class EventQueue(Construct):
    """A consumer's queue, with its dead-letter queue."""

    def __init__(self, scope: Construct, id_: str, *, name: str, consumer_timeout: Duration, topics: Topics) -> None:
        super().__init__(scope, id_)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", name=f"{name}-dlq", topics=topics, source_queue=name)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(VISIBLE * consumer_timeout.to_seconds()),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters.queue, max_receive_count=MAX_RECEIVES),
        )
        encrypt(self.queue)
        late_s = max(LATE_S, 2 * VISIBLE * consumer_timeout.to_seconds())
        alarm(
            self,
            "LateAlarm",
            self.queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic="Maximum"),
            name=f"{name}-late",
            told=Told(
                Severity.TICKET,
                f"Events wait in {name}, and what follows from them is late",
                f"{late_s / 60:g} minutes, five times in a row: a burst is worked off sooner, and what failed once or "
                "twice is done by then",
                "events-that-wait",
            ),
            threshold=late_s,
            topics=topics,
            times=Times(5, 5),
        )


def _queue_arn(scope: Construct, name: str) -> str:
    # By name and not by reference: each of the two queues names the other.
    return Stack.of(scope).format_arn(service="sqs", resource=name, arn_format=ArnFormat.NO_RESOURCE_NAME)
