"""Where evidence packs and anchors are kept: S3 with object lock, or memory."""

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PACKS, ANCHORS = "evidence/", "anchors/"
"""What is kept: a pack by its watch's id, an anchor by its day."""

SUFFIX = ".json"


class S3Archive:
    """One object per name, under the prefix of what is kept. The bucket's retention locks each for five years."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = PACKS) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, name: str, content: bytes) -> None:
        """Keeps it unless something of that name is kept; S3 refuses it where the checksum does not arrive intact."""
        checksum = b64encode(sha256(content).digest()).decode()
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(name),
                Body=content,
                ContentType="application/jose+json",
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def get(self, name: str) -> bytes | None:
        """What is kept, its checksum verified on the way; None where there is nothing."""
        try:
            # With the mode on, reading to the end compares the checksum that S3 keeps.
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(name), ChecksumMode="ENABLED")
            body: bytes = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return body

    def names(self) -> list[str]:
        """Every name that is kept, in order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return sorted(key.removeprefix(self._prefix).removesuffix(SUFFIX) for key in keys)

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}{SUFFIX}"


class MemoryArchive:
    """The fake: what was put first under a name stays."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """Keeps it unless something of that name is kept."""
        self.kept.setdefault(name, content)

    def get(self, name: str) -> bytes | None:
        """What is kept; None where there is nothing."""
        return self.kept.get(name)

    def names(self) -> list[str]:
        """Every name that is kept, in order."""
        return sorted(self.kept)
