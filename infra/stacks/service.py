"""What the four services' stacks have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from aws_cdk import CfnOutput, Duration, Size
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets import Assets
from infra.constructs.alarm import ONCE, Severity, Times, Told, alarm
from infra.constructs.api import ServiceApi
from infra.constructs.consumer import BATCH_SIZE, CONSUME, EventConsumer
from infra.constructs.consumer import TIMEOUT as CONSUMER_TIMEOUT
from infra.constructs.dashboard import Parts, add_dashboard
from infra.constructs.encryption import CHANGES, READS, TABLE, role_of, use_key
from infra.constructs.function import Bundle, ServiceFunction, allow
from infra.constructs.metric import MINUTE, PERIOD, own_metric
from infra.constructs.queues import depth_of
from infra.constructs.relay import OutboxRelay
from infra.constructs.release import Releases
from infra.constructs.review import accept_no_queue
from infra.constructs.schedule import Heart, Schedule
from infra.constructs.stage import StageStack
from infra.constructs.tables import APPEND, BATCH, COUNT, READ, REMOVE, WRITE, ServiceTables
from infra.openapi import Route
from infra.packaging import COMMON_LAYER
from infra.stacks.platform import PlatformStack
from services.kit.metrics import FAILURES, NEWER_SHAPES, Metric

HTTP_TIMEOUT = Duration.seconds(10)
SCHEDULED_TIMEOUT = Duration.minutes(15)
"""Lambda's longest: nobody waits."""


@dataclass(frozen=True)
class Foundation:
    """What a service's stack is built on."""

    platform: PlatformStack
    assets: Assets
    routes: Mapping[str, Sequence[Route]]


class ServiceStack(StageStack):
    """Tables, relay, HTTP API and dashboard; a service's own stack adds its functions."""

    def __init__(self, scope: Construct, service: str, foundation: Foundation) -> None:
        stage = foundation.platform.stage
        super().__init__(scope, stage, service.capitalize(), f"Xueshi: the {service} service")
        self.service = service
        self.prefix = f"{stage.prefix}-{service}"
        self.platform = foundation.platform
        self._routes = foundation.routes[service]
        self.without: set[str] = set()
        """Functions that this stage does not have, with their routes."""
        self.tables = ServiceTables(self, service)
        self._assets = foundation.assets
        layer = self._layer("Dependencies", f"{self.prefix}-dependencies", COMMON_LAYER)
        self.bundle = Bundle(service, partial(foundation.assets.code, service), [layer])
        self.relay = OutboxRelay(
            self, self.bundle, outbox=self.tables.outbox, bus=self.platform.bus, topics=self.platform.topics
        )

    def bundle_with(self, layer: str) -> Bundle:
        """The service's bundle with one more layer: that of requirements/<layer>.txt. Call it once per layer."""
        own = self._layer(f"{layer.capitalize()}Dependencies", f"{self.prefix}-{layer}-dependencies", layer)
        return replace(self.bundle, layers=[*self.bundle.layers, own])

    def _layer(self, id_: str, name: str, requirements: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            id_,
            layer_version_name=name,
            code=self._assets.layer(requirements),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[lambda_.Architecture.ARM_64],
            description=f"requirements/{requirements}.txt",
        )

    def table_names(self) -> dict[str, str]:
        """The environment of every function that uses the store."""
        return {
            "TABLE_NAME": self.tables.data.table_name,
            "OUTBOX_TABLE_NAME": self.tables.outbox.table_name,
        }

    def add_http_function(
        self,
        kind: str,
        environment: Mapping[str, str] | None = None,
        bundle: Bundle | None = None,
        *,
        memory_mib: int | None = None,
        at_once: int | None = None,
        quiet: bool = False,
    ) -> ServiceFunction:
        """A function that answers the service's routes, and may read the origin's secret."""
        secret = self.platform.origin_secret
        function = ServiceFunction(
            self,
            kind,
            bundle or self.bundle,
            memory_mib=memory_mib or self.stage.memory_mib.http,
            timeout=HTTP_TIMEOUT,
            environment={**self.table_names(), "ORIGIN_SECRET_ID": secret.secret_arn, **(environment or {})},
            at_once=at_once,
            quiet=quiet,
        )
        allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
        accept_no_queue(function, "The API calls it and waits: who called is told of a failure.")
        return function

    def add_consumer(
        self,
        types: Sequence[str],
        environment: Mapping[str, str] | None = None,
        kind: str = CONSUME,
        *,
        bundle: Bundle | None = None,
        timeout: Duration = CONSUMER_TIMEOUT,
        memory_mib: int | None = None,
        storage: Size | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> EventConsumer:
        """A function that takes these event types from the bus."""
        return EventConsumer(
            self,
            kind,
            bundle or self.bundle,
            types=types,
            bus=self.platform.bus,
            topics=self.platform.topics,
            environment={**self.table_names(), **(environment or {})},
            timeout=timeout,
            memory_mib=memory_mib or self.stage.memory_mib.consumer,
            storage=storage,
            batch_size=batch_size,
        )

    def add_scheduled(
        self,
        kind: str,
        expression: str,
        does: str,
        environment: Mapping[str, str] | None = None,
        *,
        heart: Heart,
        bundle: Bundle | None = None,
        timeout: Duration = SCHEDULED_TIMEOUT,
        at_once: int | None = None,
    ) -> Schedule:
        """A function that is called on a schedule (a rate, or a cron in UTC), and does what is due by then."""
        function = ServiceFunction(
            self,
            kind,
            bundle or self.bundle,
            memory_mib=self.stage.memory_mib.scheduled,
            timeout=timeout,
            environment={**self.table_names(), **(environment or {})},
            at_once=at_once,
        )
        name = f"{self.prefix}-{kind}"
        topics = self.platform.topics
        return Schedule(self, kind, function, name=name, expression=expression, does=does, heart=heart, topics=topics)

    def allow_read(self, function: lambda_.Function) -> None:
        """Reading the service's table."""
        allow(function, READ, [self.tables.data.table_arn])
        use_key(role_of(function), TABLE, READS)

    def allow_batch(self, function: lambda_.Function) -> None:
        """Reading several items of the service's table in one call."""
        allow(function, BATCH, [self.tables.data.table_arn])
        use_key(role_of(function), TABLE, READS)

    def allow_write(self, function: lambda_.Function) -> None:
        """Reading and conditionally writing the service's table."""
        allow(function, [*READ, *WRITE], [self.tables.data.table_arn])
        use_key(role_of(function), TABLE, CHANGES)

    def allow_remove(self, function: lambda_.Function) -> None:
        """Removing items of the service's table."""
        allow(function, REMOVE, [self.tables.data.table_arn])
        use_key(role_of(function), TABLE, CHANGES)

    def allow_count(self, function: lambda_.Function) -> None:
        """Adding to counters in the service's table."""
        allow(function, COUNT, [self.tables.data.table_arn])
        use_key(role_of(function), TABLE, CHANGES)

    def allow_emit(self, function: lambda_.Function) -> None:
        """Putting events into the outbox, in the transaction that changes the state."""
        allow(function, APPEND, [self.tables.outbox.table_arn])
        use_key(role_of(function), TABLE, CHANGES)

    def open_public_url(self, function: lambda_.Function) -> None:
        """Lets a function write links that people can follow."""
        parameter = self.platform.public_url
        allow(function, ["ssm:GetParameter"], [parameter.parameter_arn])
        function.add_environment("PUBLIC_URL_PARAMETER", parameter.parameter_name)

    def finish(
        self,
        http: Mapping[str, lambda_.Function],
        *consumers: EventConsumer,
        schedules: Sequence[Schedule] = (),
        workers: Mapping[str, lambda_.Function] = MappingProxyType({}),
        graphs: Sequence[cloudwatch.IWidget] = (),
    ) -> None:
        """API, dashboard and outputs. `http`: the functions by the name that routes give them, which is their kind.

        `workers` are those that a state machine calls, by their kind. `graphs` show what only this service counts.
        """
        releases = Releases(self, self.service, self.platform.topics)
        made = ServiceApi(
            self,
            self.service,
            routes=[route for route in self._routes if route.function not in self.without],
            functions={kind: releases.live(kind, function) for kind, function in http.items()},
            topics=self.platform.topics,
            authorizer=self.platform.authorizer(),
        )
        self.api = made.api
        functions = {**http, "relay": self.relay.function}
        functions |= {consumer.kind: consumer.function for consumer in consumers}
        functions |= {schedule.kind: schedule.function for schedule in schedules}
        functions |= workers
        self.dead_letters = [self.relay.dead_letters]
        for consumer in consumers:
            self.dead_letters += [consumer.events.dead_letters, consumer.undelivered]
        self.dead_letters += [schedule.dead_letters for schedule in schedules]
        self._add_failures_alarms()
        parts = Parts(
            api=self.api,
            functions=functions,
            tables=[self.tables.data, self.tables.outbox],
            queues={consumer.kind: consumer.events.queue for consumer in consumers},
            dead_letters=[depth_of(queue.name, queue.name) for queue in self.dead_letters],
            lag=self.relay.lag,
        )
        add_dashboard(self, self.service, parts, graphs)
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "ApiEndpoint", value=self.api.api_endpoint)

    def add_alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        told: Told,
        threshold: float = 1,
        times: Times = ONCE,
    ) -> None:
        """The alarm `<prefix>-<service>-<name>`, which rises where the metric reaches the threshold."""
        id_ = "".join(word.capitalize() for word in name.split("-"))
        topics = self.platform.topics
        alarm(
            self,
            f"{id_}Alarm",
            metric,
            name=f"{self.prefix}-{name}",
            told=told,
            threshold=threshold,
            topics=topics,
            times=times,
        )

    def metric(
        self, metric: Metric, period: Duration = MINUTE, statistic: str = "Sum", **dimensions: str
    ) -> cloudwatch.Metric:
        """One of the service's own."""
        return own_metric(self, self.service, metric, period, statistic, **dimensions)

    def _add_failures_alarms(self) -> None:
        self.add_alarm(
            "failures",
            self.metric(FAILURES, PERIOD),
            Told(
                Severity.TICKET,
                f"Calls of {self.service} ended in an error that nobody has foreseen; callers were told to try again",
                "the first: each is a fault of ours",
                "failures",
            ),
        )
        self.add_alarm(
            "newer-shapes",
            self.metric(NEWER_SHAPES, PERIOD),
            Told(
                Severity.TICKET,
                f"Old code of {self.service} still meets what newer code has written",
                "in three periods of five minutes: a deployment takes less",
                "newer-shapes",
            ),
            times=Times(3, 3),
        )
