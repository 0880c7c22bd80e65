"""Where it is chosen what finance's functions keep files in."""

from functools import cache
from os import environ
from typing import TYPE_CHECKING

from botocore.config import Config

from services.kit.aws import client
from services.kit.objects import S3Objects
from services.orders import bootstrap
from services.orders.adapters.invoice_files import S3InvoiceFiles
from services.orders.app.context import FinanceContext, InvoiceContext

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def finance() -> FinanceContext:
    """With the bucket."""
    return FinanceContext(**vars(bootstrap.orders()), objects=objects())


@cache
def invoices() -> InvoiceContext:
    """With the PDFs of invoices, which lie in the same bucket."""
    files = S3InvoiceFiles(_client(), environ["FINANCE_BUCKET_NAME"])
    return InvoiceContext(**vars(bootstrap.orders()), files=files)


@cache
def objects() -> S3Objects:
    """The bucket."""
    return S3Objects(_client(), environ["FINANCE_BUCKET_NAME"])


def _client() -> "S3Client":
    # Buckets made since 2020 take links of this version only, and it checks the headers of presigned uploads. Pages may
    # connect to the region's own address, which links have in this style alone.
    s3: S3Client = client("s3", Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
    return s3
