"""Where evidence packs are kept: S3 with object lock, or memory."""

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Archive:
    """One object per watch. The bucket's default retention locks each for five years."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, watch_id: str, pack: bytes) -> None:
        """Keeps a pack unless one is kept; S3 refuses it where the checksum does not arrive intact."""
        checksum = b64encode(sha256(pack).digest()).decode()
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(watch_id),
                Body=pack,
                ContentType="application/jose+json",
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def get(self, watch_id: str) -> bytes | None:
        """A kept pack, its checksum verified on the way; None where there is none."""
        try:
            # With the mode on, reading to the end compares the checksum that S3 keeps.
            found = self._client.get_object(Bucket=self._bucket, Key=_key(watch_id), ChecksumMode="ENABLED")
            body: bytes = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return body


class MemoryArchive:
    """The fake: the first pack of a watch stays."""

    def __init__(self) -> None:
        self.packs: dict[str, bytes] = {}

    def put(self, watch_id: str, pack: bytes) -> None:
        """Keeps a pack unless one is kept."""
        self.packs.setdefault(watch_id, pack)

    def get(self, watch_id: str) -> bytes | None:
        """A kept pack; None where there is none."""
        return self.packs.get(watch_id)


def _key(watch_id: str) -> str:
    return f"evidence/{watch_id}.json"
