"""Which of the keys that sign records for strangers are there, and which one signs."""

from typing import Any

import pytest

from infra.constructs.signing_keys import PLACES
from tests.templates import of_type, service_template

KEYS = [("playback", "EvidenceKey", "EVIDENCE_KEY_IDS"), ("credits", "BadgeKey", "BADGE_KEY_IDS")]


def evaluated(value: Any, template: dict[str, Any], told: dict[str, str]) -> Any:
    """What CloudFormation makes of a value: the few functions that are used here."""
    if not isinstance(value, dict):
        return value
    ((function, argument),) = value.items()
    match function:
        case "Ref":
            return told.get(argument, argument)
        case "Fn::GetAtt":
            return argument[0]
        case "Fn::Join":
            return argument[0].join(evaluated(part, template, told) for part in argument[1])
        case "Fn::Select":
            return evaluated(argument[1][int(evaluated(argument[0], template, told))], template, told)
        case "Fn::If":
            chosen = argument[1] if holds(template["Conditions"][argument[0]], template, told) else argument[2]
            return evaluated(chosen, template, told)
    raise AssertionError(f"unknown: {function}")


def holds(condition: dict[str, Any], template: dict[str, Any], told: dict[str, str]) -> bool:
    if "Fn::Or" in condition:
        return any(holds(each, template, told) for each in condition["Fn::Or"])
    one, other = (evaluated(value, template, told) for value in condition["Fn::Equals"])
    return bool(one == other)


@pytest.mark.parametrize(("service", "name", "variable"), KEYS)
@pytest.mark.parametrize(("count", "signs"), [(1, 0), (2, 0), (2, 1), (PLACES, PLACES - 1)])
def test_one_signs_and_all_that_there_are_are_published(
    service: str, name: str, variable: str, count: int, signs: int
) -> None:
    template = service_template(service)
    told = {f"{name}s": str(count), f"{name}Signs": str(signs)}
    resources = template["Resources"]
    keys = [id_ for id_ in resources if id_.startswith(name) and resources[id_]["Type"] == "AWS::KMS::Key"]
    assert len(keys) == PLACES
    there = [key for key in keys if holds_of(resources[key], template, told)]
    assert there == keys[:count]
    functions = of_type(template, "AWS::Lambda::Function").values()
    told_ids = [f["Environment"]["Variables"].get(variable) for f in functions]
    (ids,) = {evaluated(value, template, told) for value in told_ids if value}
    assert ids.split(",")[0] == keys[signs]
    assert ids.split(",")[1:] == there
    statements = [
        statement
        for policy in of_type(template, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "kms:Sign" in statement["Action"] and isinstance(statement["Resource"], list)
    ]
    (statement,) = statements
    assert {evaluated(resource, template, told) for resource in statement["Resource"]} == set(there)


@pytest.mark.parametrize(("service", "name", "variable"), KEYS)
def test_who_is_called_through_an_alias_gets_another_version_with_each_step(
    service: str, name: str, variable: str
) -> None:
    template = service_template(service)
    with_keys = {
        id_
        for id_, function in of_type(template, "AWS::Lambda::Function").items()
        if variable in function["Environment"]["Variables"]
    }
    versions = [v for v in of_type(template, "AWS::Lambda::Version").values() if v["FunctionName"]["Ref"] in with_keys]
    assert versions
    for version in versions:
        steps = [{f"{name}s": count, f"{name}Signs": signs} for count, signs in ("10", "20", "21")]
        assert len({evaluated(version["Description"], template, told) for told in steps}) == len(steps)


def holds_of(resource: dict[str, Any], template: dict[str, Any], told: dict[str, str]) -> bool:
    condition = resource.get("Condition")
    return condition is None or holds(template["Conditions"][condition], template, told)
