"""Deploys the synthesized stacks to the emulator, and fills the gaps of its CloudFormation.

The deployed copy of a template differs from the synthesized one in these points only:
- stream event source mappings are left out (local/streams.py drives them) and appear as outputs, so that
  CloudFormation itself resolves the function, the stream and the failure destination they name;
- EventBridge archives, which the emulator refuses, are left out;
- CDK's check of the bootstrap version is left out;
- for tests, queues may give a failed message back sooner.
"""

import copy
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from local.assembly import Stack, Template, of_type
from local.emulator import Emulator
from local.errors import LocalError
from local.publish import put_template
from local.streams import MappingSettings

MAX_TEMPLATE_BYTES = 51_200
"""CloudFormation's limit for a template sent with the request."""
STACK_TIMEOUT_S = 300.0
MAPPING = "AWS::Lambda::EventSourceMapping"
LEFT_OUT = {"AWS::Events::Archive"}
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
NO_UPDATES = "No updates are to be performed"
"""CloudFormation's words for a template and parameters that are what stands."""


@dataclass(frozen=True)
class Deployed:
    """What a deployment made: physical ids by stack and logical id, exports, and stream mappings."""

    resources: dict[str, dict[str, str]] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    mappings: list[MappingSettings] = field(default_factory=list)


class Standing(Enum):
    """What stands of a release before it is deployed."""

    NOTHING = "nothing"
    ANOTHER = "another release"
    ITSELF = "this very one"


Parameters = Callable[[Stack], Mapping[str, str]]
"""What a stack is told beside its template, asked for when the stacks before it stand."""


def deploy(
    emulator: Emulator,
    stacks: list[Stack],
    redelivery_s: int | None = None,
    over: Standing = Standing.NOTHING,
    parameters: Parameters = lambda _: {},
) -> Deployed:
    """Deploys all stacks, in the order given, over what stands.

    Raises:
        LocalError: CloudFormation refused one; names the resource and its reason.
    """
    deployed = Deployed()
    for stack in stacks:
        template, mappings = local_copy(stack.template, redelivery_s)
        if over is not Standing.ITSELF:
            _apply(emulator, stack.name, template, parameters(stack))
        _note(emulator, stack.name, template, mappings, deployed)
    cloudformation = emulator.client("cloudformation")
    for export in cloudformation.list_exports()["Exports"]:
        deployed.exports[export["Name"]] = export["Value"]
    return deployed


def local_copy(template: Template, redelivery_s: int | None) -> tuple[Template, dict[str, dict[str, Any]]]:
    """The template to deploy, and the stream mappings left out of it, by logical id."""
    local = copy.deepcopy(template)
    mappings = {
        logical_id: resource["Properties"]
        for logical_id, resource in of_type(local, MAPPING)
        if _reads_stream(resource["Properties"])
    }
    resources: dict[str, Any] = local["Resources"]
    gone = {name for name, r in resources.items() if r["Type"] in LEFT_OUT} | set(mappings)
    local["Resources"] = {name: _without(r, gone) for name, r in resources.items() if name not in gone}
    local.get("Parameters", {}).pop("BootstrapVersion", None)
    local.pop("Rules", None)
    outputs = local.setdefault("Outputs", {})
    for logical_id, properties in mappings.items():
        for part, value in _names(properties).items():
            outputs[f"Local{logical_id}{part}"] = {"Value": value}
    if redelivery_s is not None:
        for _, queue in of_type(local, "AWS::SQS::Queue"):
            queue.setdefault("Properties", {})["VisibilityTimeout"] = redelivery_s
    return local, mappings


def _reads_stream(properties: dict[str, Any]) -> bool:
    # Only streams have a starting position; queues have none.
    return "StartingPosition" in properties


def _without(resource: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    needs = resource.get("DependsOn", [])
    needs = [needs] if isinstance(needs, str) else needs
    kept = [name for name in needs if name not in gone]
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    return {**rest, "DependsOn": kept} if kept else rest


def _names(properties: dict[str, Any]) -> dict[str, Any]:
    names = {"Function": properties["FunctionName"], "Stream": properties["EventSourceArn"]}
    destination = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return {**names, "OnFailure": destination} if destination else names


def _apply(emulator: Emulator, name: str, template: Template, told: Mapping[str, str]) -> None:
    cloudformation = emulator.client("cloudformation")
    text = json.dumps(template, ensure_ascii=False, separators=(",", ":"))
    long = len(text.encode()) > MAX_TEMPLATE_BYTES
    body = {"TemplateURL": put_template(emulator.client("s3"), name, text)} if long else {"TemplateBody": text}
    request = {"StackName": name, "Capabilities": ["CAPABILITY_NAMED_IAM"], **body}
    given: list[dict[str, Any]] = [{"ParameterKey": key, "ParameterValue": value} for key, value in told.items()]
    known = _known_parameters(cloudformation, name)
    if known is None:
        cloudformation.create_stack(**request, Parameters=given)
    else:
        # As CDK's command line does: what is not told anew stays as it was.
        stay = known & set(template.get("Parameters", {})) - set(told)
        given += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(stay)]
        if not _update(cloudformation, {**request, "Parameters": given}):
            return
    _await_stack(cloudformation, name)


def _known_parameters(cloudformation: Any, name: str) -> set[str] | None:
    """What a stack was told; None where it does not stand."""
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return None
    return {given["ParameterKey"] for given in stack.get("Parameters", [])}


def _update(cloudformation: Any, request: dict[str, Any]) -> bool:
    """Asks for an update; False where there is nothing to do."""
    try:
        cloudformation.update_stack(**request)
    except cloudformation.exceptions.ClientError as error:
        if NO_UPDATES in str(error):
            return False
        raise LocalError(f"Stack {request['StackName']} cannot be updated: {error}") from error
    return True


def _note(
    emulator: Emulator, name: str, template: Template, mappings: dict[str, dict[str, Any]], deployed: Deployed
) -> None:
    """Looks up what a stack made."""
    cloudformation = emulator.client("cloudformation")
    description = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in description.get("Outputs", [])}
    listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    physical = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in listed}
    deployed.resources[name] = physical
    for logical_id, properties in mappings.items():
        resolved = {part: outputs[f"Local{logical_id}{part}"] for part in _names(properties)}
        deployed.mappings.append(MappingSettings.from_template(name, properties, resolved))
    _set_expiry(emulator, template, physical)


def _await_stack(cloudformation: Any, name: str) -> None:
    deadline = time.monotonic() + STACK_TIMEOUT_S
    while time.monotonic() < deadline:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] in DONE:
            return
        if not stack["StackStatus"].endswith("IN_PROGRESS") or "ROLLBACK" in stack["StackStatus"]:
            raise LocalError(f"Stack {name} was not deployed: {_reason(cloudformation, name)}")
        time.sleep(0.05)
    raise LocalError(f"Stack {name} was not deployed within {STACK_TIMEOUT_S:.0f} s.")


def _reason(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [e for e in events if e["ResourceStatus"].endswith("FAILED") and e.get("ResourceStatusReason")]
    failed.sort(key=lambda e: e["Timestamp"])
    return "; ".join(f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in failed[:3]) or "no reason given"


def _set_expiry(emulator: Emulator, template: Template, physical: dict[str, str]) -> None:
    """The emulator's CloudFormation does not apply a table's TTL, so the API sets it."""
    dynamodb = emulator.client("dynamodb")
    for logical_id, table in of_type(template, "AWS::DynamoDB::Table"):
        specification = table["Properties"].get("TimeToLiveSpecification")
        if specification:
            name = physical[logical_id]
            current = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            if current.get("TimeToLiveStatus") != "ENABLED":
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
