"""Clients of AWS.

They are botocore's. boto3 around it would be a third of what a cold function takes to have a client, and does nothing
that is used here. The session finds credentials and endpoints once, for all clients of a function.
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session


@cache
def _session() -> Session:
    return get_session()


def client(service: str, config: Config | None = None) -> Any:
    """A client of a service of AWS, by its name there, for the region and credentials of the function's environment.

    Its type is spelled out by whoever uses a part of it.
    """
    return _session().create_client(service, config=config)
