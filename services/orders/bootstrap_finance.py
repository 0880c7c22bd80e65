"""Where it is chosen what finance's functions keep files in."""

from functools import cache

import boto3
from botocore.config import Config

from services.kit.objects import Objects, S3Objects
from services.kit.settings import Settings


class FinanceSettings(Settings):
    """Of functions that keep or hand out files for finance."""

    finance_bucket_name: str


@cache
def objects() -> Objects:
    """The bucket."""
    # Buckets made since 2020 take links of this version only.
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    return S3Objects(client, FinanceSettings.load().finance_bucket_name)
