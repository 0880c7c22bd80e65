"""Says under which address people reach the system.

A step of every deployment (`ops.deploy`), after the edge stack: certificates, credentials and mails carry links, and
the distribution's name is known only once it exists. Functions take a change up within five minutes. What was printed
or signed before keeps the old address, so let the old one lead to the new.
"""

import re
from typing import TYPE_CHECKING

from infra.stages import Stage
from ops.aws import OpsError

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?|http://127\.0\.0\.1:[0-9]+")


def set_public_url(client: "SSMClient", where: Stage, url: str) -> None:
    """Notes the address. Raises ValueError unless it is an https origin, or this machine's."""
    if not _ADDRESS.fullmatch(url):
        raise ValueError(f"{url!r} is not an origin such as https://learn.example.com")
    client.put_parameter(Name=where.parameter("public-url"), Value=url, Type="String", Overwrite=True)


def public_url(client: "SSMClient", where: Stage) -> str:
    """The address that is noted. Raises OpsError where no deployment came that far."""
    try:
        found = client.get_parameter(Name=where.parameter("public-url"))
    except client.exceptions.ParameterNotFound:
        raise OpsError(f"Stage {where.name} has no address yet: deploy it first.") from None
    return str(found["Parameter"]["Value"])
