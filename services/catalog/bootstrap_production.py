"""Where the editors' function gets the files of productions from, and the machine that runs their steps."""

from functools import cache
from os import environ

from botocore.config import Config

from services.catalog import bootstrap_media
from services.catalog.adapters.production_files import S3ProductionFiles
from services.catalog.adapters.step_functions import StepFunctions
from services.catalog.app.context import ProductionContext, production_context
from services.catalog.app.ports import CaptionFile
from services.kit.aws import client

CONNECTIONS = 32
"""As many as files are copied side by side."""


@cache
def production() -> ProductionContext:
    """What editors' use cases work with."""
    machine = StepFunctions(client("stepfunctions"), environ["PRODUCTION_MACHINE_ARN"])
    return production_context(bootstrap_media.media(), files(), machine, _read_captions)


def files() -> S3ProductionFiles:
    """What productions work with."""
    s3 = client("s3", Config(signature_version="s3v4", max_pool_connections=CONNECTIONS))
    return S3ProductionFiles(s3, environ["MEDIA_BUCKET_NAME"])


def _read_captions(content: bytes) -> CaptionFile:
    # It brings libraries that take a while to load.
    from services.catalog.adapters.caption_file import read_captions

    return read_captions(content)
