"""New code gets a part of an alias's calls first, and none any more where an alarm of it rises."""

import json
import threading
import time
from collections import Counter
from typing import Any

import httpx

from local.system import System

NAME, STACK = "slice-shifted", "SliceShifted"
GOOD = "def handler(event, context):\n    return {{'statusCode': 200, 'body': '{} ' + context.invoked_function_arn}}\n"
BAD = "def handler(event, context):\n    raise RuntimeError('as asked')\n"


def resources(version: int, code: str) -> dict[str, Any]:
    function, alias = {"Ref": "Function"}, {"Ref": "Alias"}
    number = {"Fn::GetAtt": [f"Version{version}", "Version"]}
    called = {"FunctionName": function, "Resource": {"Fn::Join": ["", [function, ":live"]]}, "ExecutedVersion": number}
    dimensions = [{"Name": name, "Value": value} for name, value in called.items()]
    errors = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": dimensions}
    group = {"Ref": "Group"}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    properties: dict[str, tuple[str, dict[str, Any]]] = {
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}),
        "Function": (
            "Lambda::Function",
            {
                "FunctionName": NAME,
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Code": {"ZipFile": code},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        ),
        f"Version{version}": ("Lambda::Version", {"FunctionName": function}),
        "Alarm": (
            "CloudWatch::Alarm",
            {
                "AlarmName": {"Fn::Join": ["-", [NAME, number]]},
                "AlarmDescription": "It fails",
                "Metrics": [
                    {"Id": "failed", "Expression": "IF(errors >= 2, errors, 0)", "Label": "errors"},
                    {"Id": "errors", "MetricStat": {"Metric": errors, "Period": 60, "Stat": "Sum"}},
                ],
                "Threshold": 1,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            },
        ),
        "Application": ("CodeDeploy::Application", {"ApplicationName": NAME, "ComputePlatform": "Lambda"}),
        "Group": (
            "CodeDeploy::DeploymentGroup",
            {
                "ApplicationName": {"Ref": "Application"},
                "DeploymentGroupName": NAME,
                "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
                "AlarmConfiguration": {"Enabled": True, "Alarms": [{"Name": {"Ref": "Alarm"}}]},
            },
        ),
        "Alias": ("Lambda::Alias", {"FunctionName": function, "FunctionVersion": number, "Name": "live"}),
        "Api": ("ApiGatewayV2::Api", {"Name": NAME, "ProtocolType": "HTTP"}),
        "Stage": (
            "ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        ),
        "Integration": (
            "ApiGatewayV2::Integration",
            {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": alias,
                "PayloadFormatVersion": "2.0",
            },
        ),
        "Route": (
            "ApiGatewayV2::Route",
            {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "GET /shifted",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        ),
    }  # fmt: skip
    found: dict[str, Any] = {
        id_: {"Type": f"AWS::{kind}", "Properties": given} for id_, (kind, given) in properties.items()
    }
    found["Alias"]["DependsOn"] = "Group"
    shift = {"ApplicationName": {"Ref": "Application"}, "DeploymentGroupName": group}
    found["Alias"]["UpdatePolicy"] = {"CodeDeployLambdaAliasUpdate": shift}
    return found


class Callers:
    """Who calls again and again until the block ends, and what they were answered: status and first word."""

    def __init__(self, system: System) -> None:
        self.answers: Counter[tuple[int, str]] = Counter()
        listed = system.client("cloudformation").describe_stack_resources(StackName=STACK, LogicalResourceId="Api")
        api = listed["StackResources"][0]["PhysicalResourceId"]
        self._url = f"{system.endpoint_url}/_aws/execute-api/{api}/$default/shifted"
        self._ended = threading.Event()

    def __enter__(self) -> "Callers":
        self._thread = threading.Thread(target=self._call)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _call(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._ended.is_set():
                answer = client.get(self._url)
                self.answers[answer.status_code, answer.text.partition(" ")[0] if answer.is_success else ""] += 1


def put(system: System, version: int, code: str) -> str:
    """Deploys; answers CloudFormation's word for how it ended."""
    cloudformation = system.client("cloudformation")
    known = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    do = cloudformation.update_stack if STACK in known else cloudformation.create_stack
    template = json.dumps({"Resources": resources(version, code)})
    do(StackName=STACK, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    while (status := str(described(system)["StackStatus"])).endswith("IN_PROGRESS"):
        time.sleep(0.05)
    return status


def described(system: System) -> dict[str, Any]:
    (stack,) = system.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return dict(stack)


def alias(system: System) -> dict[str, Any]:
    return dict(system.client("lambda").get_alias(FunctionName=NAME, Name="live"))


def test_new_code_gets_a_tenth_of_the_calls_then_all_and_none_again_where_its_alarm_rises(system: System) -> None:
    assert put(system, 1, GOOD.format("first")) == "CREATE_COMPLETE"
    with Callers(system) as callers:
        assert put(system, 2, GOOD.format("second")) == "UPDATE_COMPLETE"
    old, new = callers.answers[200, "first"], callers.answers[200, "second"]
    assert callers.answers.total() == old + new
    assert 0 < new < old
    assert alias(system)["FunctionVersion"] == "2"
    with Callers(system) as callers:
        assert put(system, 3, BAD) == "UPDATE_ROLLBACK_COMPLETE"
    assert set(callers.answers) == {(200, "second"), (502, "")}
    assert callers.answers[502, ""] < callers.answers[200, "second"]
    assert (alias(system)["FunctionVersion"], "RoutingConfig" in alias(system)) == ("2", False)
    events = system.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    (reason,) = {e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "UPDATE_FAILED"}
    assert f"{NAME}-3" in reason
    with Callers(system) as callers:
        time.sleep(0.5)
    assert set(callers.answers) == {(200, "second")}
