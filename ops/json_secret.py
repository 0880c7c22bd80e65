"""A secret that is JSON, as operators' commands read and replace it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ops.aws import OpsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

PUT = "PUT"
"""The label of a version that nobody reads yet: it becomes current in a second call, which tells whose turn it was."""


@dataclass(frozen=True)
class JsonSecret:
    """The current version of a secret: its members, and since when it is there."""

    name: str
    members: Mapping[str, str]
    version: str
    since: datetime


def read_secret(client: "SecretsManagerClient", name: str) -> JsonSecret:
    """The secret as it is now. Raises OpsError where there is none."""
    try:
        found = client.get_secret_value(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        raise OpsError(f"There is no secret {name}: deploy the stage first.") from None
    return JsonSecret(name, json.loads(found["SecretString"]), found["VersionId"], found["CreatedDate"])


def replace_secret(client: "SecretsManagerClient", known: JsonSecret, members: Mapping[str, str]) -> None:
    """Puts other members in the place of those that were read.

    Raises:
        OpsError: somebody else has replaced them meanwhile; theirs stay.
    """
    put = client.put_secret_value(SecretId=known.name, SecretString=json.dumps(dict(members)), VersionStages=[PUT])
    try:
        client.update_secret_version_stage(
            SecretId=known.name,
            VersionStage="AWSCURRENT",
            MoveToVersionId=put["VersionId"],
            RemoveFromVersionId=known.version,
        )
    except client.exceptions.InvalidParameterException:
        raise OpsError(f"{known.name} was changed by somebody else meanwhile: look again.") from None
