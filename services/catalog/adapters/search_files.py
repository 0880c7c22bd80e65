"""The search's files in S3."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from services.catalog.app.ports import SearchFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "search/"
"""Beside the media, where no distribution reaches."""

_NOTHING_NEW = {"304", "NotModified", "NoSuchKey"}


class S3SearchFiles:
    """The files under their prefix in one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def get(self, name: str, known: str = "") -> SearchFile | None:
        """The file, if it is another one than the known one."""
        unless = {"IfNoneMatch": known} if known else {}
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=PREFIX + name, **unless)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOTHING_NEW:
                return None
            raise
        return SearchFile(found["Body"].read(), found["ETag"])

    def put(self, name: str, content: bytes) -> None:
        """Replaces the file."""
        self._client.put_object(Bucket=self._bucket, Key=PREFIX + name, Body=content)
