"""Where the editors' function gets the lectures' files from, apart so that no other function loads what it needs."""

from functools import cache
from os import environ

from botocore.config import Config

from services.catalog import bootstrap
from services.catalog.adapters.media_bucket import S3MediaBucket
from services.catalog.app.context import MediaContext, media_context
from services.kit.aws import client


@cache
def media() -> MediaContext:
    """What publishing works with."""
    s3 = client("s3", Config(signature_version="s3v4"))
    return media_context(bootstrap.catalog(), S3MediaBucket(s3, environ["MEDIA_BUCKET_NAME"]))
