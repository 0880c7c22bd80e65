"""Where it is chosen what finance's functions keep files in."""

from functools import cache

import boto3

from services.kit.objects import Objects, S3Objects
from services.kit.settings import Settings


class FinanceSettings(Settings):
    """Of functions that keep or hand out files for finance."""

    finance_bucket_name: str


@cache
def objects() -> Objects:
    """The bucket."""
    return S3Objects(boto3.client("s3"), FinanceSettings.load().finance_bucket_name)
