"""For operators' commands that run what functions run: those find region and credentials in the environment alone."""

from os import environ

import boto3
from botocore.exceptions import NoCredentialsError, NoRegionError


def act_as_function() -> None:
    """Puts region and credentials of the operator's profile where a function has them; what is there already stays.

    Raises:
        NoCredentialsError: the operator is signed in nowhere.
        NoRegionError: nothing says in which region.
    """
    session = boto3.Session()
    found = session.get_credentials()
    if found is None:
        raise NoCredentialsError
    if not session.region_name:
        raise NoRegionError
    frozen = found.get_frozen_credentials()
    environ.setdefault("AWS_REGION", session.region_name)
    environ.setdefault("AWS_ACCESS_KEY_ID", str(frozen.access_key))
    environ.setdefault("AWS_SECRET_ACCESS_KEY", str(frozen.secret_key))
    if frozen.token:
        environ.setdefault("AWS_SESSION_TOKEN", frozen.token)
