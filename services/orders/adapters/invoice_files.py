"""The PDFs of invoices on S3."""

import base64
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from services.orders.app.ports import Upload
from services.orders.domain.invoice import Document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS, LINK_SECONDS = 900, 300
CONTENT_TYPE = "application/pdf"
BEGINNING = 5
_MISSING = {"NoSuchKey", "InvalidRange"}


class S3InvoiceFiles:
    """One S3 bucket. Uploads are signed for one key, size and SHA-256, and only while the key is free."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload(self, key: str, document: Document) -> Upload:
        """A presigned PUT."""
        checksum = _checksum(document)
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentType": CONTENT_TYPE,
                "ContentLength": document.size,
                "ChecksumSHA256": checksum,
                "IfNoneMatch": "*",
            },
            ExpiresIn=UPLOAD_SECONDS,
        )
        return Upload(url, upload_headers(document))

    def beginning(self, key: str, size: int) -> bytes:
        """A ranged GET, whose answer tells the whole size."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{BEGINNING - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return b""
            raise
        body: bytes = found["Body"].read()
        return body if found["ContentRange"].rpartition("/")[2] == str(size) else b""

    def link(self, key: str) -> str:
        """A presigned GET that saves rather than shows."""
        parameters = {"Bucket": self._bucket, "Key": key, "ResponseContentDisposition": "attachment"}
        return self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=LINK_SECONDS)


def _checksum(document: Document) -> str:
    return base64.b64encode(bytes.fromhex(document.sha256)).decode()


def upload_headers(document: Document) -> dict[str, str]:
    """The headers the upload was signed with."""
    return {
        "Content-Type": CONTENT_TYPE,
        "Content-Length": str(document.size),
        "x-amz-checksum-sha256": _checksum(document),
        "If-None-Match": "*",
    }
