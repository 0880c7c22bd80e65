"""What operators' commands share: which stage they work on, and clients of AWS there."""

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import boto3

from infra.stages import LOCAL, Stage, StageError, stage

LOCAL_ENDPOINT = Path(__file__).resolve().parent.parent / "build" / "local" / "endpoint-8080.env"
"""Where the system of `make run` says how to reach its AWS."""

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

    Of the stage `local` those of the system that runs here.

    Raises:
        OpsError: the local system does not run.
    """
    if where.name != LOCAL or "AWS_ENDPOINT_URL" in os.environ:
        return cast("Clients", boto3.session.Session(region_name=region or where.region).client)
    if not LOCAL_ENDPOINT.exists():
        raise OpsError("The local system does not run: start it with `make run`.")
    settings = dict(line.split("=", 1) for line in LOCAL_ENDPOINT.read_text().splitlines())
    session: Any = boto3.session.Session("local", "local", region_name=where.region)
    return partial(session.client, endpoint_url=settings["AWS_ENDPOINT_URL"])
