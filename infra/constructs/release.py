"""How callers go over to a function's new code: as fast as the stage says, and back where an alarm of it rises.

Whenever its code or configuration changes, the function has another version. Its API calls an alias, which CodeDeploy
moves from the version before to the new one; CloudFormation waits for that, and takes its stack back where it fails.
"""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarm import Severity, Told, Topics, alarm
from infra.constructs.metric import MINUTE, own_metric
from infra.constructs.review import accept
from infra.constructs.service_level import ENOUGH, slow_share
from infra.constructs.stage import stage_of
from infra.stages import LIVE, NEW_CODE
from services.kit.metrics import FAILURES

ENOUGH_FAILURES, FAILED_PERCENT = 3, 5
"""In a minute. A function that few call has no share to speak of; three failures are no accident of one call."""
SLOW_MS, SLOW_PERCENT = 2_000, 50
"""Half of all calls longer than a fifth of what the API waits: nothing that the first call of an instance explains."""


class Releases(Construct):
    """A service's functions at CodeDeploy, and the role with which that moves their aliases."""

    def __init__(self, scope: Construct, service: str, topics: Topics) -> None:
        super().__init__(scope, "Releases")
        self._service = service
        self._topics = topics
        self._prefix = f"{stage_of(self).prefix}-{service}"
        self._application = codedeploy.LambdaApplication(self, "Application", application_name=self._prefix)
        self._config = codedeploy.LambdaDeploymentConfig.from_lambda_deployment_config_name(
            self, "Shift", f"CodeDeployDefault.{stage_of(self).shift}"
        )
        self._role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            description=f"Moves the aliases of {self._prefix} and nothing else",
        )
        self._role.add_to_policy(iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=["*"]))
        accept(self._role, "IAM5[Resource::*]", "An account with composite alarms tells of alarms for all or for none.")

    def live(self, kind: str, function: lambda_.Function) -> lambda_.Alias:
        """The alias of a function, for whoever calls it."""
        version = function.current_version.version
        alarms = [self._failing(kind, function, version), self._slow(kind, function, version)]
        alias = lambda_.Alias(self, f"{kind}-live", alias_name=LIVE, version=function.current_version)
        group = codedeploy.LambdaDeploymentGroup(
            self,
            f"{kind}-group",
            application=self._application,
            deployment_group_name=f"{self._prefix}-{kind}",
            alias=alias,
            deployment_config=self._config,
            alarms=alarms,
            # CDK would add AWS's own policy, which is for the aliases of all functions.
            role=self._role.without_policy_updates(),
        )
        self._allow_to_move(function)
        group.node.add_dependency(self._role)
        alias.node.add_dependency(group)
        return alias

    def _allow_to_move(self, function: lambda_.Function) -> None:
        actions = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        resources = [function.function_arn, f"{function.function_arn}:*"]
        self._role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        logical_id = function.stack.get_logical_id(function.node.default_child)
        accept(
            self._role, f"IAM5[Resource::<{logical_id}.Arn>:*]", "Versions have numbers that no template knows before."
        )

    def _failing(self, kind: str, function: lambda_.Function, version: str) -> cloudwatch.Alarm:
        own = own_metric(
            self,
            self._service,
            FAILURES,
            MINUTE,
            function=function.function_name,
            version=version,
        )
        failed = cloudwatch.MathExpression(
            expression=f"IF(errors + FILL(failures, 0) >= {ENOUGH_FAILURES}, "
            "100 * (errors + FILL(failures, 0)) / calls, 0)",
            using_metrics={
                "errors": _of_version(function, version, "Errors", "Sum"),
                "failures": own,
                "calls": _of_version(function, version, "Invocations", "Sum"),
            },
            period=MINUTE,
            label="failed calls of the version, %",
        )
        told = Told(
            Severity.TICKET,
            f"A version of {self._prefix}-{kind} fails; while it was being deployed, calls have gone back to the one "
            "before",
            f"{ENOUGH_FAILURES} calls and {FAILED_PERCENT} % in a minute: no version that goes on fails so often, and "
            "there are few calls while it has a tenth of them",
            NEW_CODE,
        )
        return self._alarm(kind, "fails", version, failed, told, FAILED_PERCENT)

    def _slow(self, kind: str, function: lambda_.Function, version: str) -> cloudwatch.Alarm:
        slow = slow_share(lambda _, statistic: _of_version(function, version, "Duration", statistic), SLOW_MS)(MINUTE)
        told = Told(
            Severity.TICKET,
            f"A version of {self._prefix}-{kind} is slow; while it was being deployed, calls have gone back to the one "
            "before",
            f"{SLOW_PERCENT} % of {ENOUGH} calls or more take longer than {SLOW_MS} ms in a minute: the first call of "
            "an instance may, and others do not",
            NEW_CODE,
        )
        return self._alarm(kind, "slow", version, slow, told, SLOW_PERCENT)

    def _alarm(
        self, kind: str, name: str, version: str, metric: cloudwatch.IMetric, told: Told, threshold: float
    ) -> cloudwatch.Alarm:
        return alarm(
            self,
            f"{kind}-{NEW_CODE}-{name}",
            metric,
            # Another version has alarms of its own: those of a version that fails would stop the one that mends it.
            name=f"{self._prefix}-{kind}-{NEW_CODE}-{name}-{version}",
            told=told,
            threshold=threshold,
            topics=self._topics,
        )


def _of_version(function: lambda_.Function, version: str, name: str, statistic: str) -> cloudwatch.Metric:
    """A metric of Lambda's, of what a version answered through the alias."""
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={
            "FunctionName": function.function_name,
            "Resource": f"{function.function_name}:{LIVE}",
            "ExecutedVersion": version,
        },
        statistic=statistic,
        period=MINUTE,
    )
