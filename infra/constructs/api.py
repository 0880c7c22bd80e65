"""A service's HTTP API, with the addresses of its OpenAPI document and no others."""

import json
import math
from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import capacity
from infra.constructs.alarm import Severity, Times, Told, Topics, alarm
from infra.constructs.encryption import data_key
from infra.constructs.function import log_retention
from infra.constructs.metric import MINUTE
from infra.constructs.review import accept
from infra.constructs.stage import stage_of
from infra.openapi import Route

FAULTS_PERCENT, ENOUGH_REQUESTS = 5, 20
"""Of a minute's requests, where there are enough of them to speak of a share."""
_LOGGED = {
    # No address and no identity: whose request it was, the function's own log knows by its id.
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "authorizer_error": "$context.authorizer.error",
    "integration_error": "$context.integrationErrorMessage",
}


class ServiceApi(Construct):
    """Routes that are not public go through the stage's JWT authorizer."""

    def __init__(
        self,
        scope: Construct,
        service: str,
        *,
        routes: Sequence[Route],
        functions: Mapping[str, lambda_.Alias],
        topics: Topics,
        authorizer: apigateway.IHttpRouteAuthorizer,
    ) -> None:
        """`functions` by the name that a route's `x-function` gives: never a function itself, but its alias."""
        super().__init__(scope, "Api")
        self.api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=f"{stage_of(self).prefix}-{service}",
            description=f"Routes of docs/openapi/{service}.json",
            create_default_stage=False,
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
        self._add_alarms(service, topics)

    def _add_stage(self, service: str) -> None:
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/{stage_of(self).prefix}/api/{service}",
            retention=log_retention(self),
            encryption_key=data_key(self),
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

    def _add_alarms(self, service: str, topics: Topics) -> None:
        faults = cloudwatch.MathExpression(
            expression=f"IF(asked >= {ENOUGH_REQUESTS}, 100 * faults / asked, 0)",
            using_metrics={
                "faults": self.api.metric_server_error(period=MINUTE, statistic="Sum"),
                "asked": self.api.metric_count(period=MINUTE, statistic="Sum"),
            },
            period=MINUTE,
            label="answered with 5xx, %",
        )
        alarm(
            self,
            "FaultsAlarm",
            faults,
            name=f"{stage_of(self).prefix}-{service}-api-faults",
            told=Told(
                Severity.PAGE,
                f"The API of {service} fails: it answers 5xx",
                f"{FAULTS_PERCENT} % of {ENOUGH_REQUESTS} requests or more in three minutes of five: one crash is a "
                "ticket, this is an outage",
                "api-faults",
            ),
            threshold=FAULTS_PERCENT,
            topics=topics,
            times=Times(3, 5),
        )
        alarm(
            self,
            "CrowdAlarm",
            self.api.metric_count(period=MINUTE, statistic="Sum"),
            name=f"{stage_of(self).prefix}-{service}-api-crowd",
            told=Told(
                Severity.TICKET,
                f"The API of {service} is asked as much as its stage is built for",
                f"what {stage_of(self).learners_at_once} learners at once ask; at {capacity.HEADROOM:g} times that it "
                "refuses",
                "api-crowd",
            ),
            threshold=math.ceil(60 * capacity.calls_per_second(stage_of(self), service)),
            topics=topics,
        )
