"""A stage's stacks as CloudFormation has them: what they tell, what they were told, and telling them something else."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.packaging import SERVICES
from infra.stages import Stage
from ops.aws import Clients, OpsError

FIREWALL = "Firewall"
"""The part of a stage that is in EDGE_REGION."""
PARTS = ("Platform", *(service.capitalize() for service in SERVICES), "Backups", "Overview", "Edge")
"""All the others: each is a stack in the stage's own region."""
LOOK_S = 1.0
UPDATE_WAIT_S = 1800.0
"""A distribution takes minutes."""
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
NO_UPDATES = "No updates are to be performed"
"""CloudFormation's words for a template and parameters that are what stands."""


def outputs(clients: Clients, where: Stage, part: str) -> dict[str, str]:
    """The outputs of one of a stage's stacks. Raises OpsError where it is not there."""
    found = _described(clients("cloudformation"), where, part)
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def stands(clients: Clients, where: Stage, part: str) -> bool:
    """Whether a stack is there, in whatever state."""
    try:
        _described(clients("cloudformation"), where, part)
    except OpsError:
        return False
    return True


def parameters(clients: Clients, where: Stage, part: str) -> dict[str, str]:
    """What a stack was told when it was last deployed; nothing where it is not there."""
    try:
        found = _described(clients("cloudformation"), where, part)
    except OpsError:
        return {}
    return {given["ParameterKey"]: given["ParameterValue"] for given in found.get("Parameters", [])}


def updated_at(clients: Clients, where: Stage, part: str) -> datetime:
    """When a stack was last changed. Raises OpsError where it is not there."""
    found = _described(clients("cloudformation"), where, part)
    at: datetime = found.get("LastUpdatedTime", found["CreationTime"])
    return at


def change_parameters(clients: Clients, where: Stage, part: str, changed: Mapping[str, str]) -> None:
    """Updates a stack as it was deployed, whatever this checkout would deploy: only these parameters change.

    Waits for an update that is under way, and for its own. Does nothing where they say so already.

    Raises:
        OpsError: the stack is not there, does not know one of the parameters, or was not updated.
    """
    cloudformation: Any = clients("cloudformation")
    stack = _settled(cloudformation, where, part)
    known = {given["ParameterKey"]: given["ParameterValue"] for given in stack.get("Parameters", [])}
    lacking = sorted(set(changed) - set(known))
    if lacking:
        raise OpsError(f"{stack['StackName']} does not know {', '.join(lacking)}: deploy this release first.")
    if all(known[name] == value for name, value in changed.items()):
        return
    told = [{"ParameterKey": name, "UsePreviousValue": True} for name in known if name not in changed]
    told += [{"ParameterKey": name, "ParameterValue": value} for name, value in changed.items()]
    cloudformation.update_stack(
        StackName=stack["StackName"], UsePreviousTemplate=True, Parameters=told, Capabilities=CAPABILITIES
    )
    after = _settled(cloudformation, where, part)
    if after["StackStatus"] != "UPDATE_COMPLETE":
        raise OpsError(f"{stack['StackName']} was not updated: {after['StackStatus']}, see its events.")


def _settled(cloudformation: Any, where: Stage, part: str) -> dict[str, Any]:
    until = time.monotonic() + UPDATE_WAIT_S
    while time.monotonic() < until:
        found = _described(cloudformation, where, part)
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return found
        time.sleep(LOOK_S)
    raise OpsError(f"{where.stack(part)} is still being updated after {UPDATE_WAIT_S / 60:.0f} minutes.")


def _described(cloudformation: Any, where: Stage, part: str) -> dict[str, Any]:
    name = where.stack(part)
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError:
        raise OpsError(f"Stage {where.name} is not deployed in {where.region}: there is no stack {name}.") from None
    return found
