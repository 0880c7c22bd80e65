"""Says under which address people reach the system: `python -m ops.public_url https://learn.example.com`.

A step of every first deployment, after the edge stack: certificates, credentials and mails carry links, and the
distribution's name is known only once it exists. Functions take a change up within five minutes. What was printed or
signed before keeps the old address, so let the old one lead to the new.
"""

import argparse
import re
import sys
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

PARAMETER = "/xueshi/public-url"
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?|http://127\.0\.0\.1:[0-9]+")


def set_public_url(client: "SSMClient", url: str) -> None:
    """Notes the address. Raises ValueError unless it is an https origin, or this machine's."""
    if not _ADDRESS.fullmatch(url):
        raise ValueError(f"{url!r} is not an origin such as https://learn.example.com")
    client.put_parameter(Name=PARAMETER, Value=url, Type="String", Overwrite=True)


def main() -> int:
    """Sets it; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.public_url", description=__doc__)
    parser.add_argument("url", help="such as https://learn.example.com; a slash at the end is dropped")
    try:
        set_public_url(boto3.client("ssm"), parser.parse_args().url.rstrip("/"))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
