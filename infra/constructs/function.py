"""A Lambda function with a role, a log group and tracing of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from infra.constructs.encryption import data_key
from infra.constructs.review import accept, accept_check, accept_serverless
from infra.constructs.stage import stage_of

RETENTIONS = {
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def log_retention(construct: IConstruct) -> logs.RetentionDays:
    """How long the stage keeps logs."""
    return RETENTIONS[stage_of(construct).logs_days]


@dataclass(frozen=True)
class Bundle:
    """What a service's functions carry: each its own code, the common layer, and others where they are needed."""

    service: str
    code: Callable[[str], lambda_.Code]
    """Of a function, by its kind."""
    layers: Sequence[lambda_.ILayerVersion]


class ServiceFunction(lambda_.Function):
    """The function `<prefix>-<service>-<kind>`, whose entry point is services.<service>.handlers.<kind>.handler.

    Its role may write its own log group and traces and nothing else, until `allow` adds exact actions.
    """

    def __init__(
        self,
        scope: Construct,
        kind: str,
        bundle: Bundle,
        *,
        memory_mib: int,
        timeout: Duration,
        environment: Mapping[str, str],
        storage: Size | None = None,
        at_once: int | None = None,
        quiet: bool = False,
        handler: str | None = None,
    ) -> None:
        """`storage` is what it may keep in /tmp while it runs; Lambda gives 512 MB unless told otherwise.

        `at_once` is how many calls run side by side at most; the account's limit unless told otherwise.
        A `quiet` function is called so often that neither traces nor Lambda's own lines of each call are worth their
        price: what it writes itself is logged, and where Lambda has something to warn of.
        `handler` is the entry point where the code is no service's.
        """
        stage = stage_of(scope)
        name = f"{stage.prefix}-{bundle.service}-{kind}"
        role = iam.Role(
            scope,
            f"{kind.capitalize()}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Of {name} alone",
        )
        log_group = logs.LogGroup(
            scope,
            f"{kind.capitalize()}Logs",
            log_group_name=f"/{stage.prefix}/{name}",
            retention=log_retention(scope),
            encryption_key=data_key(scope),
            removal_policy=RemovalPolicy.DESTROY,
        )
        super().__init__(
            scope,
            f"{kind.capitalize()}Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=handler or f"services.{bundle.service}.handlers.{kind}.handler",
            code=bundle.code(kind),
            layers=list(bundle.layers),
            role=role,
            log_group=log_group,
            tracing=lambda_.Tracing.DISABLED if quiet else lambda_.Tracing.ACTIVE,
            # The level of Lambda's own lines is chosen only where lines are JSON.
            logging_format=lambda_.LoggingFormat.JSON if quiet else None,
            system_log_level_v2=lambda_.SystemLogLevel.WARN if quiet else None,
            memory_size=memory_mib,
            timeout=timeout,
            ephemeral_storage_size=storage,
            reserved_concurrent_executions=at_once,
            environment={
                "POWERTOOLS_SERVICE_NAME": bundle.service,
                "POWERTOOLS_METRICS_NAMESPACE": stage.namespace,
                "LOG_LEVEL": "INFO",
                **environment,
            },
        )
        # With a role of our own CDK grants neither the managed logging policy nor access to all log groups.
        allow(self, ["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.log_group_arn])
        if not quiet:
            accept(role, "IAM5[Resource::*]", "X-Ray's write actions know no resources.")
        accept_check(self, "CKV_AWS_117", "It calls AWS and payment providers only: in no network is anything for it.")
        accept_check(self, "CKV_AWS_173", "Its environment has names only. Secrets are read where they are kept.")
        if at_once is None:
            accept_check(self, "CKV_AWS_115", "The API's throttle, its queue or its schedule bounds it.")
        accept(self, "L1", "Python 3.13 is what the dependencies are locked for.")
        accept_serverless(self, "LambdaLatestVersion", "Python 3.13 is what the dependencies are locked for.")
        if quiet:
            accept_serverless(self, "LambdaTracing", "A trace of each call costs more than the call.")


def allow(
    function: lambda_.Function,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Adds exact actions on exact resources to the function's own role."""
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=dict(conditions or {}))
    )
