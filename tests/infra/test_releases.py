"""New code comes to callers through an alias, as its stage says, and alarms of its own take it back."""

from collections import Counter
from typing import Any

import pytest

from infra.stages import LIVE, LOCAL, NEW_CODE, stage, stages
from tests.templates import SERVICES, Resource, Template, of_type, service_template, templates

RESOURCES = 500
"""CloudFormation's limit for a stack."""
VERSION, ALIAS, GROUP = "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CodeDeploy::DeploymentGroup"
BY_VERSION = {"FunctionName", "Resource", "ExecutedVersion"}


def aliases(service: str) -> dict[str, Resource]:
    """A service's aliases by their logical ids, with what CloudFormation does when one changes."""
    template = service_template(service)
    found = of_type(template, ALIAS)
    assert found
    return {name: {**alias, **template["Resources"][name]} for name, alias in found.items()}


def functions_of_the_api(template: Template) -> set[str]:
    """Logical ids of what the API's integrations call, whatever it is."""
    uris = [i["IntegrationUri"] for i in of_type(template, "AWS::ApiGatewayV2::Integration").values()]
    return {uri["Ref"] if "Ref" in uri else uri["Fn::GetAtt"][0] for uri in uris}


def group_of(template: Template, alias: Resource) -> Resource:
    """The deployment group behind an alias."""
    behind = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
    assert behind in alias["DependsOn"], "the alias might move before its group knows the new alarms"
    return of_type(template, GROUP)[behind]


def looked_at(alarm: Resource) -> list[dict[str, Any]]:
    """The metrics of an alarm."""
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_calls_aliases_and_may_call_nothing_else(service: str) -> None:
    template, known = service_template(service), aliases(service)
    called = functions_of_the_api(template)
    assert called == set(known), "an HTTP function is reached without its alias"
    permissions = of_type(template, "AWS::Lambda::Permission").values()
    by_api = [p["FunctionName"]["Ref"] for p in permissions if p["Principal"] == "apigateway.amazonaws.com"]
    assert Counter(by_api) == dict.fromkeys(known, 1)
    assert {alias["Name"] for alias in known.values()} == {LIVE}


@pytest.mark.parametrize("service", SERVICES)
def test_an_alias_names_the_version_of_its_own_function_and_old_versions_go(service: str) -> None:
    template = service_template(service)
    versions = of_type(template, VERSION)
    for alias in aliases(service).values():
        (version, attribute) = alias["FunctionVersion"]["Fn::GetAtt"]
        assert attribute == "Version"
        assert versions[version]["FunctionName"] == alias["FunctionName"]
        assert not {"DeletionPolicy", "UpdateReplacePolicy"} & set(template["Resources"][version])


@pytest.mark.parametrize("service", SERVICES)
def test_every_alias_is_moved_by_a_group_that_goes_back_by_alarms_of_the_new_version(service: str) -> None:
    template = service_template(service)
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    groups = [group_of(template, alias) for alias in aliases(service).values()]
    assert len(groups) == len(of_type(template, GROUP)) == len({g["DeploymentGroupName"] for g in groups})
    for alias, group in zip(aliases(service).values(), groups, strict=True):
        assert group.get("AlarmConfiguration", {}).get("Enabled"), "no alarm takes its new code back"
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        own = [alarms[name["Name"]["Ref"]] for name in group["AlarmConfiguration"]["Alarms"]]
        seen: set[str] = set()
        for alarm in own:
            assert f"{group['DeploymentGroupName']}-{NEW_CODE}-" in repr(alarm["AlarmName"])
            for metric in looked_at(alarm):
                dimensions = {pair["Name"]: pair["Value"] for pair in metric["Dimensions"]}
                version = dimensions.get("ExecutedVersion", dimensions.get("version"))
                assert version == alias["FunctionVersion"], "it looks at what another version did"
                assert dimensions.get("FunctionName", dimensions.get("function")) == alias["FunctionName"]
                assert metric["Namespace"] != "AWS/Lambda" or set(dimensions) == BY_VERSION
                seen.add(metric["MetricName"])
        assert seen == {"Invocations", "Errors", "Failures", "Duration"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_role_of_a_services_releases_moves_its_own_aliases_only(service: str) -> None:
    template = service_template(service)
    (role,) = {g["ServiceRoleArn"]["Fn::GetAtt"][0] for g in of_type(template, GROUP).values()}
    policies = [p for p in of_type(template, "AWS::IAM::Policy").values() if {"Ref": role} in p["Roles"]]
    (moving,) = [
        s for p in policies for s in p["PolicyDocument"]["Statement"] if "lambda:UpdateAlias" in str(s["Action"])
    ]
    http = {alias["FunctionName"]["Ref"] for alias in aliases(service).values()}
    named = {name for name in of_type(template, "AWS::Lambda::Function") if f"'{name}'" in repr(moving["Resource"])}
    assert named == http


def test_trials_have_new_code_at_once_and_people_a_part_of_it_first() -> None:
    assert {name: each.shift.startswith("LambdaAllAtOnce") for name, each in stages().items()} == {
        "local": True,
        "dev": True,
        "staging": False,
        "prod": False,
    }
    assert stage("staging").shift == stage("prod").shift, "staging rehearses it"
    for service in SERVICES:
        configs = {g["DeploymentConfigName"] for g in of_type(service_template(service), GROUP).values()}
        assert configs == {f"CodeDeployDefault.{stage(LOCAL).shift}"}


def test_no_stack_is_near_cloudformations_limit() -> None:
    most = max((len(template["Resources"]), name) for name, template in templates().items())
    assert most[0] < 0.8 * RESOURCES, f"{most[1]} has {most[0]} resources: a part of it should be a stack of its own"
