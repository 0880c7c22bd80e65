"""Bus to effect: rules -> queue -> function."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Size
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarm import Topics
from infra.constructs.encryption import QUEUE, READS, role_of, use_key
from infra.constructs.function import Bundle, ServiceFunction, allow
from infra.constructs.queues import DeadLetterQueue, EventQueue
from infra.constructs.review import accept_no_queue, accept_serverless
from infra.constructs.stage import stage_of

TIMEOUT = Duration.seconds(30)
BATCH_SIZE = 10
CONSUME = "consume"
"""The function that keeps a service's own state up to date with events. Others do one thing apart, by their name."""


class EventConsumer(Construct):
    """A function that takes events, with the queue in front of it and the rules that fill it.

    Two dead-letter queues: one for events that the bus could not put into the queue, one for those that the function
    could not handle.
    """

    def __init__(
        self,
        scope: Construct,
        kind: str,
        bundle: Bundle,
        *,
        types: Sequence[str],
        bus: events.IEventBus,
        topics: Topics,
        environment: Mapping[str, str],
        timeout: Duration = TIMEOUT,
        memory_mib: int,
        storage: Size | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        """`kind` names the function; `types` are whole event types such as "catalog.course_published.v1"."""
        super().__init__(scope, "Consumer" if kind == CONSUME else kind.capitalize())
        self.kind = kind
        stage = stage_of(self)
        service = f"{stage.prefix}-{bundle.service}"
        prefix = service if kind == CONSUME else f"{service}-{kind}"
        self.function = ServiceFunction(
            self, kind, bundle, memory_mib=memory_mib, timeout=timeout, environment=environment, storage=storage
        )
        self.events = EventQueue(self, "Events", name=f"{prefix}-events", consumer_timeout=timeout, topics=topics)
        self.undelivered = DeadLetterQueue(
            self, "Undelivered", name=f"{prefix}-undelivered-dlq", topics=topics, source_queue=None
        )
        allow(
            self.function,
            ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            [self.events.queue.queue_arn],
        )
        use_key(role_of(self.function), QUEUE, READS[:1])
        mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=self.events.queue.queue_arn,
            batch_size=batch_size,
            report_batch_item_failures=True,
            # A burst of events waits in the queue instead of taking the account's concurrency from learners.
            max_concurrency=stage.consumers_at_once,
        )
        accept_no_queue(self.function, "What it cannot handle goes to its queue's dead-letter queue.")
        accept_serverless(mapping, "LambdaEventSourceMappingDestination", "Queues have a dead-letter queue instead.")
        for type_ in types:
            self._subscribe(type_, prefix.removeprefix(stage.prefix), bus)

    def _subscribe(self, type_: str, whose: str, bus: events.IEventBus) -> None:
        producer, name, _version = type_.split(".")
        slug = f"{producer}-{name.replace('_', '-')}"
        # CDK adds to both queues' policies that this rule alone may send.
        events.Rule(
            self,
            f"On-{slug}",
            # Named within its bus, which is the stage's; 64 characters have no room for the stage.
            rule_name=f"xueshi{whose}-on-{slug}",
            event_bus=bus,
            event_pattern=events.EventPattern(source=[f"xueshi.{producer}"], detail_type=[type_]),
            targets=[targets.SqsQueue(self.events.queue, dead_letter_queue=self.undelivered.queue)],
        )
