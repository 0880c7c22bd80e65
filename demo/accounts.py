"""Fresh demo learners, so that every `make demo` starts from nothing.

Signing up is not part of the product yet, so the accounts come from the local user pool's administration; everything
else goes through the product's own HTTP API.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

from demo.client import Client
from demo.people import grant_membership, hold_certificates, learner_id_of
from local.__main__ import endpoint_file
from local.emulator import REGION
from local.seed import DOMAIN, PASSWORD


class NotRunning(Exception):
    """There is no running system to talk to; says what to do."""


def administrator(client: Client) -> Client:
    """The demo's administrator, signed in."""
    return client.sign_in(f"admin@{DOMAIN}", PASSWORD)


CreateAccount = Callable[[str], object]
"""Makes a learner's account with this e-mail address and the demo's password."""


def new_member(client: Client, create: CreateAccount, name: str, *credentials: str) -> Client:
    """A new learner, signed in, with a membership and confirmed certificates."""
    email = f"{name}-{uuid4().hex[:8]}@{DOMAIN}"
    create(email)
    learner = client.sign_in(email, PASSWORD)
    admin = administrator(client)
    grant_membership(admin, learner_id_of(learner))
    hold_certificates(admin, learner, credentials)
    return learner


def create_locally(port: int, email: str) -> None:
    """Creates the account in the user pool of the system that `make run` started on this port. Raises NotRunning."""
    cognito = _cognito(endpoint_file(port))
    (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    who = {"UserPoolId": pool["Id"], "Username": email}
    cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)


def _cognito(endpoint_file: Path) -> Any:
    try:
        lines = endpoint_file.read_text().splitlines()
    except FileNotFoundError:
        raise NotRunning("The system is not running here: start it with `make run` in another terminal.") from None
    settings = dict(line.split("=", 1) for line in lines if "=" in line)
    return boto3.client(
        "cognito-idp",
        region_name=REGION,
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 (the emulator takes anything)
    )
