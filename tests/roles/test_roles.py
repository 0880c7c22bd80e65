"""Every call that functions made in the tests before these, replayed against the roles of the templates.

The emulator enforces no role. It notes what functions call (local/launcher.py), and the roles that CloudFormation made
are asked here whether AWS would have let them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from local.assembly import of_type
from local.emulator import ACCOUNT, REGION, ROOT
from local.system import System
from tests.policies import Permission, Role

pytestmark = pytest.mark.system

UNUSED = ROOT / "build" / "tests" / "unused-permissions.txt"
"""What roles allow beside what the tests before made functions call: a list to look through, since no test does all."""
BY_LAMBDA = {"kms", "logs", "sqs", "xray"}
"""Services that Lambda calls for a role, or others do for it; tests/infra/test_permissions.py looks at that."""
STREAMS = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
ENCRYPTED = {
    "AWS::DynamoDB::Table": r'"KMSMasterKeyId": {"Fn::GetAtt": \["(\w+)"',
    "AWS::S3::Bucket": r'"KMSMasterKeyID": {"Fn::GetAtt": \["(\w+)"',
}
"""Where templates say which key a thing is encrypted with. The emulator keeps it of no table."""


@dataclass(frozen=True)
class Replay:
    """The roles as they were deployed, by function, and what each function's calls needed until now."""

    roles: dict[str, Role]
    needed: dict[str, list[Permission]]


@pytest.fixture(scope="module")
def replay(system: System) -> Replay:
    """Of the tests before."""
    system.settle()
    replay = Replay(_roles(system), _needed(system))
    lines = sorted({line for function in replay.roles for line in _unused(replay, function)})
    UNUSED.parent.mkdir(parents=True, exist_ok=True)
    UNUSED.write_text("".join(f"{line}\n" for line in lines))
    return replay


def _roles(system: System) -> dict[str, Role]:
    pages = system.client("lambda").get_paginator("list_functions").paginate()
    names = {f["FunctionName"]: f["Role"].rpartition("/")[2] for page in pages for f in page["Functions"]}
    return {function: Role.read(_documents(system.client("iam"), role)) for function, role in names.items()}


def _documents(iam: Any, role: str) -> Iterator[dict[str, Any]]:
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def _needed(system: System) -> dict[str, list[Permission]]:
    found: dict[str, list[Permission]] = defaultdict(list)
    keys = _keys(system)
    for line in system.emulator.calls.read_text().splitlines():
        call = json.loads(line)
        found[call["function"]] += _named(call)
        found[call["function"]] += _with_key(call, keys)
    return found


def _with_key(call: dict[str, Any], keys: Mapping[str, str]) -> Iterator[Permission]:
    """What AWS asks for because of the key that the data is encrypted with."""
    if call["missing"] or call["action"] == "s3:ListBucket":
        return
    service, _, place = call["resource"].removeprefix("arn:aws:").partition(":")
    name = place.lstrip(":").rpartition(":table/")[2].partition("/")[0]
    if key := keys.get(name):
        action = "kms:GenerateDataKey" if call["action"] == "s3:PutObject" else "kms:Decrypt"
        yield Permission(action, key, {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"})


def _named(call: dict[str, Any]) -> Iterator[Permission]:
    """What AWS asks for because of the call itself."""
    action, resource = call["action"], call["resource"]
    if action.startswith("secretsmanager:"):
        # A reference to a secret is its name here, where AWS gives the whole of it with the end that it adds.
        resource = resource.rpartition(":")[2].rpartition("-")[0]
    yield Permission(action, resource, call["context"])
    if call["missing"] and action == "s3:GetObject":
        # Or S3 would say 403 of an object that is not there. It names no prefix when it asks.
        yield Permission("s3:ListBucket", resource.partition("/")[0], {})


def _keys(system: System) -> dict[str, str]:
    """The keys of ours that tables and buckets are encrypted with, by their names."""
    found = {}
    for stack in system.stacks:
        physical = system.deployed.resources.get(stack.name, {})
        for kind, path in ENCRYPTED.items():
            for name, resource in of_type(stack.template, kind):
                if key := re.search(path, json.dumps(resource["Properties"])):
                    found[physical[name]] = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{physical[key[1]]}"
    return found


def _unused(replay: Replay, function: str) -> Iterator[str]:
    for action, resource in replay.roles[function].unused(replay.needed[function]):
        if action.partition(":")[0] not in BY_LAMBDA and action not in STREAMS:
            yield f"{function} {action} {resource.rpartition(':')[2]}"


def test_calls_of_many_functions_were_noted(replay: Replay) -> None:
    assert set(replay.needed) <= set(replay.roles)
    actions = {call.action for calls in replay.needed.values() for call in calls}
    assert actions >= {"dynamodb:PutItem", "events:PutEvents", "kms:Decrypt", "s3:PutObject", "ssm:GetParameter"}


def test_every_call_is_allowed(replay: Replay) -> None:
    refused = {
        f"{function}: {call.action} on {call.resource} {dict(call.context) or ''}".strip()
        for function, calls in replay.needed.items()
        for call in calls
        if not replay.roles[function].allows(call)
    }
    assert not refused, "AWS would refuse:\n" + "\n".join(sorted(refused))
