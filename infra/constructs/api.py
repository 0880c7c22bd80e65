"""A service's HTTP API, with one explicit route per operation of its OpenAPI document."""

import json
import math
from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra import capacity
from infra.constructs.alarm import MINUTE, alarm
from infra.constructs.function import log_retention
from infra.constructs.review import accept
from infra.constructs.stage import stage_of
from infra.openapi import Route

FAULTS_PER_MINUTE = 5
_LOGGED = {
    # No address and no identity: whose request it was, the function's own log knows by its id.
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "authorizer_error": "$context.authorizer.error",
    "integration_error": "$context.integrationErrorMessage",
}


class ServiceApi(Construct):
    """Routes that are not public go through the user pool's JWT authorizer."""

    def __init__(
        self,
        scope: Construct,
        service: str,
        *,
        routes: Sequence[Route],
        functions: Mapping[str, lambda_.IFunction],
        pool: cognito.IUserPool,
        client: cognito.IUserPoolClient,
        topic: sns.ITopic,
    ) -> None:
        """`functions` by the name that a route's `x-function` gives."""
        super().__init__(scope, "Api")
        self.api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=f"{stage_of(self).prefix}-{service}",
            description=f"Routes of docs/openapi/{service}.json",
            create_default_stage=False,
        )
        authorizer = authorizers.HttpUserPoolAuthorizer(
            "Cognito", pool, authorizer_name="cognito", user_pool_clients=[client]
        )
        integration = {
            # One permission for all of a function's routes: the API calls it for nothing but these.
            name: integrations.HttpLambdaIntegration(
                f"{name.capitalize()}Integration", function, scope_permission_to_route=False
            )
            for name, function in functions.items()
        }
        for route in routes:
            (made,) = self.api.add_routes(
                path=route.path,
                methods=[apigateway.HttpMethod[route.method]],
                integration=integration[route.function],
                authorizer=apigateway.HttpNoneAuthorizer() if route.public else authorizer,
            )
            if route.public:
                accept(made, "APIG4", "Public by its OpenAPI document, and in the tests' list of public routes.")
        self._add_stage(service)
        self._add_alarms(service, topic)

    def _add_stage(self, service: str) -> None:
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/{stage_of(self).prefix}/api/{service}",
            retention=log_retention(self),
            removal_policy=RemovalPolicy.DESTROY,
        )
        limit = capacity.throttle(stage_of(self), service)
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=limit.rate, burst_limit=limit.burst),
        )
        resource = stage.node.default_child
        assert isinstance(resource, apigateway.CfnStage)  # noqa: S101 (for the type checker: it always is)
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=access_log.log_group_arn, format=json.dumps(_LOGGED)
        )

    def _add_alarms(self, service: str, topic: sns.ITopic) -> None:
        self.faults = self.api.metric_server_error(period=MINUTE, statistic="Sum")
        alarm(
            self,
            "FaultsAlarm",
            self.faults,
            name=f"{stage_of(self).prefix}-{service}-api-faults",
            description=f"The API of {service} answers 5xx: look at its functions' logs by correlation id.",
            threshold=FAULTS_PER_MINUTE,
            topic=topic,
        )
        alarm(
            self,
            "CrowdAlarm",
            self.api.metric_count(period=MINUTE, statistic="Sum"),
            name=f"{stage_of(self).prefix}-{service}-api-crowd",
            description=f"The API of {service} is asked as much as its stage is built for: see infra/capacity.py",
            threshold=math.ceil(60 * capacity.calls_per_second(stage_of(self), service)),
            topic=topic,
        )
