"""Where the log's files are: S3 with object lock behind the distribution."""

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from services.kit.store import Conflict
from services.playback.app.ports import OtherContent, Publication

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "log/"
"""A file's key is its URL's path."""
CHECKPOINT = "checkpoint"
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
FOR_SECONDS, FOR_EVER = "max-age=5", "public, max-age=31536000, immutable"
LOST = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}
"""What S3 answers where a condition does not hold, or another write is under way."""


class S3LogFiles:
    """One bucket, whose retention locks every version of every object."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def get(self, path: str) -> bytes | None:
        """A file; None where there is none."""
        found = self._read(path)
        return found[0] if found else None

    def put(self, path: str, content: bytes) -> None:
        """Keeps a file for ever. Raises OtherContent where another one is kept there."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=PREFIX + path,
                Body=content,
                ContentType=BYTES,
                CacheControl=FOR_EVER,
                ChecksumSHA256=_checksum(content),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in LOST:
                raise
            if self.get(path) != content:
                raise OtherContent(path) from error

    def checkpoint(self) -> Publication | None:
        """What is published; None before the first time."""
        found = self._read(CHECKPOINT)
        return Publication(found[0].decode(), found[1]) if found else None

    def publish(self, text: str, over: Publication | None) -> None:
        """Publishes a checkpoint in another's place; its version stays. Raises Conflict where that is not there."""
        content = text.encode()
        condition: Any = {"IfMatch": over.tag} if over else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=PREFIX + CHECKPOINT,
                Body=content,
                ContentType=TEXT,
                CacheControl=FOR_SECONDS,
                ChecksumSHA256=_checksum(content),
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in LOST:
                raise Conflict("another checkpoint is published") from error
            raise

    def _read(self, path: str) -> tuple[bytes, str] | None:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=PREFIX + path, ChecksumMode="ENABLED")
            return found["Body"].read(), found["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise


def _checksum(content: bytes) -> str:
    return b64encode(sha256(content).digest()).decode()
