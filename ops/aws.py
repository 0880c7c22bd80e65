"""What operators' commands share: which stage they work on, and clients of AWS there."""

import argparse
import os
import socket
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as faults
from botocore.config import Config

from infra.stages import LOCAL, Stage, StageError, stage

LOCAL_HOME, LOCAL_NAMES = Path(__file__).resolve().parent.parent / "build" / "local", "endpoint-*.env"
"""Where systems of `make run` say how to reach their AWS; between the name's hyphen and its end is the port."""
ANSWER_S = 2.0
"""How long something on this machine may take to answer."""
PROMPT = Config(connect_timeout=5, retries={"total_max_attempts": 2})
"""For the question who one is: its answer is waited for before anything is said."""
HERE = "take the account of `make account`: ACCOUNT=here with make, `. build/local/account.env` before other commands"

EMULATED = "000000000000"
"""The account that the emulator plays, and nobody has."""
Clients = Callable[[str], Any]
"""Makes a boto3 client of one AWS service."""


class OpsError(Exception):
    """What stands in the way, in one sentence."""


def stage_parser(prog: str, doc: str | None) -> argparse.ArgumentParser:
    """A parser of a command that works on one stage."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {prog}", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", required=True, help="as infra/stages.toml names it; `local` is the system here")
    return parser


def asked_stage(options: argparse.Namespace) -> Stage:
    """The stage that a command line names. Raises OpsError where there is none of that name."""
    try:
        return stage(options.stage)
    except StageError as error:
        raise OpsError(str(error)) from None


def clients_of(where: Stage, region: str | None = None) -> Clients:
    """Clients of AWS as the environment configures it, in the stage's region unless told otherwise.

    Of the stage `local` those of the system that runs here; where several do, PORT of the environment says which.

    Raises:
        OpsError: the local system does not run, or it is not clear which is meant; or nobody is let into an account.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if where.name != LOCAL or endpoint:
        require_account(where.region, endpoint)
        return cast("Clients", boto3.session.Session(region_name=region or where.region).client)
    session: Any = boto3.session.Session("local", "local", region_name=where.region)
    return partial(session.client, endpoint_url=_local_endpoint())


@cache
def require_account(region: str, endpoint: str | None) -> None:
    """Asks AWS who we are, which nobody needs a permission for. Raises OpsError with what is to be done."""
    try:
        boto3.session.Session(region_name=region).client("sts", config=PROMPT).get_caller_identity()
    except (faults.NoCredentialsError, faults.PartialCredentialsError):
        raise OpsError(f"There are no AWS credentials here. Configure them, or {HERE}.") from None
    except (faults.ConnectionError, faults.HTTPClientError) as error:
        if endpoint:
            raise OpsError(f"No account answers at {endpoint} any more: start `make account`, and {HERE}.") from None
        raise OpsError(f"AWS does not answer: {error}") from None
    except (faults.BotoCoreError, faults.ClientError) as error:
        raise OpsError(f"AWS does not let us in, so configure other credentials, or {HERE}. It says: {error}") from None


def _local_endpoint() -> str:
    """The AWS of the system that runs here: of PORT's, or of the only one."""
    running = dict(sorted(_running()))
    asked = os.environ.get("PORT")
    if asked in running:
        return running[asked]
    if not running:
        raise OpsError("The local system does not run: start it with `make run`.")
    there = ", ".join(running)
    if asked:
        raise OpsError(f"No local system runs on port {asked} (PORT); there runs {there}.")
    if len(running) > 1:
        raise OpsError(f"Local systems run on {there}: say which, such as PORT={next(iter(running))} python -m ops.…")
    return next(iter(running.values()))


def _running() -> Iterator[tuple[str, str]]:
    """Ports and AWS endpoints of the local systems. One that was killed has left its file, and answers nobody."""
    for file in LOCAL_HOME.glob(LOCAL_NAMES):
        settings = dict(line.split("=", 1) for line in file.read_text().splitlines())
        endpoint = settings["AWS_ENDPOINT_URL"]
        if _answers(endpoint):
            yield file.stem.rpartition("-")[2], endpoint


def _answers(endpoint: str) -> bool:
    at = urlsplit(endpoint)
    try:
        socket.create_connection((at.hostname, at.port), ANSWER_S).close()
    except OSError:
        return False
    return True
