# ruff: noqa: N803 (arguments are called as boto3 calls them)
"""A stage as operators' commands meet it: secrets and stacks in memory, at a clock of their own, with a history."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError


def refused(operation: str, code: str) -> ClientError:
    """What boto3 raises where AWS refuses."""
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class Interrupted(Exception):
    """The command was killed."""


@dataclass
class FakeStage:
    """Its clients, by service. `changes_left` is how many changes are made before the command is killed."""

    now: Callable[[], datetime]
    secrets: dict[str, list[tuple[datetime, str, dict[str, str]]]]
    """By name: every value that was current, since when, with its version."""
    stacks: dict[str, list[tuple[datetime, dict[str, str]]]]
    """By name: all parameters that were deployed, since when."""
    outputs: Callable[[str, dict[str, str]], dict[str, str]] = lambda _name, _told: {}
    """What a stack with these parameters tells."""
    changes_left: int = 1_000
    _put: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    _versions: int = 0

    def __call__(self, service: str) -> Any:
        """A client."""
        return {"secretsmanager": _Secrets, "cloudformation": _Stacks}[service](self)

    def change(self) -> None:
        """Counts a change that is about to be made."""
        if not self.changes_left:
            raise Interrupted
        self.changes_left -= 1

    def version(self) -> str:
        """A new one."""
        self._versions += 1
        return str(UUID(int=self._versions))


@dataclass(frozen=True)
class _Secrets:
    stage: FakeStage

    class exceptions:  # noqa: N801 (boto3's name)
        ResourceNotFoundException = InvalidParameterException = ClientError

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        if SecretId not in self.stage.secrets:
            raise refused("GetSecretValue", "ResourceNotFoundException")
        since, version, members = self.stage.secrets[SecretId][-1]
        return {"SecretString": json.dumps(members), "VersionId": version, "CreatedDate": since}

    def put_secret_value(self, *, SecretId: str, SecretString: str, VersionStages: list[str]) -> dict[str, Any]:
        self.stage.change()
        assert VersionStages == ["PUT"]
        version = self.stage.version()
        self.stage._put[version] = SecretId, json.loads(SecretString)  # noqa: SLF001 (one thing)
        return {"VersionId": version}

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> None:
        self.stage.change()
        assert VersionStage == "AWSCURRENT"
        if self.stage.secrets[SecretId][-1][1] != RemoveFromVersionId:
            raise refused("UpdateSecretVersionStage", "InvalidParameterException")
        _name, members = self.stage._put[MoveToVersionId]  # noqa: SLF001
        self.stage.secrets[SecretId].append((self.stage.now(), MoveToVersionId, members))


@dataclass(frozen=True)
class _Stacks:
    stage: FakeStage

    class exceptions:  # noqa: N801
        ClientError = ClientError

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        if StackName not in self.stage.stacks:
            raise refused("DescribeStacks", "ValidationError")
        at, told = self.stage.stacks[StackName][-1]
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in told.items()]
        said = [{"OutputKey": n, "OutputValue": v} for n, v in self.stage.outputs(StackName, told).items()]
        stack = {"StackName": StackName, "StackStatus": "UPDATE_COMPLETE", "CreationTime": at, "LastUpdatedTime": at}
        return {"Stacks": [{**stack, "Parameters": parameters, "Outputs": said}]}

    def update_stack(
        self,
        *,
        StackName: str,
        UsePreviousTemplate: bool,
        Parameters: list[dict[str, Any]],
        Capabilities: list[str],
    ) -> None:
        self.stage.change()
        assert UsePreviousTemplate
        assert Capabilities
        _at, before = self.stage.stacks[StackName][-1]
        told = {p["ParameterKey"]: p.get("ParameterValue", before[p["ParameterKey"]]) for p in Parameters}
        if told == before:
            raise refused("UpdateStack", "No updates are to be performed")
        self.stage.stacks[StackName].append((self.stage.now(), told))
