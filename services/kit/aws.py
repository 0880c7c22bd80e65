"""Clients of AWS, and what is read with them.

They are botocore's. boto3 around it would be a third of what a cold function takes to have a client, and does nothing
that is used here. The session finds credentials and endpoints once, for all clients of a function.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

from services.kit.kept import Kept


@cache
def _session() -> Session:
    return get_session()


def client(service: str, config: Config | None = None) -> Any:
    """A client of a service of AWS, by its name there, for the region and credentials of the function's environment.

    Its type is spelled out by whoever uses a part of it.
    """
    return _session().create_client(service, config=config)


def parameter(name: str, max_age: float) -> Callable[[], str]:
    """A reader of a parameter of Systems Manager, which is kept so many seconds."""

    def read() -> str:
        text: str = client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        return text

    return Kept(read, max_age).get


def secret(name: str) -> Callable[[], str]:
    """A reader of a secret of Secrets Manager, by its name or ARN."""

    def read() -> str:
        text: str = client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        return text

    return read
