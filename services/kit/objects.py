"""Objects that are written once, in S3. Whether they are also locked is the bucket's own setting."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Objects(Protocol):
    """Keeps bytes under keys; what was put once stays."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keeps an object, its checksum confirmed. Putting a key again changes nothing."""

    def put_file(self, key: str, file: Path, digest: bytes, content_type: str) -> None:
        """Like `put`, of a file that need not fit into memory. `digest` is its SHA-256."""

    def get(self, key: str) -> bytes | None:
        """A kept object; None where there is none."""

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix, in order."""

    def link(self, key: str, seconds: int) -> str:
        """An address from which whoever has it may read the object, for so long."""


class S3Objects:
    """One bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keeps an object unless one is kept; S3 refuses it where the checksum does not arrive intact."""
        self._put(key, content, sha256(content).digest(), content_type)

    def put_file(self, key: str, file: Path, digest: bytes, content_type: str) -> None:
        """In one call, which takes up to 5 GB and reads the file as it sends."""
        with file.open("rb") as content:
            self._put(key, content, digest, content_type)

    def _put(self, key: str, content: bytes | BinaryIO, digest: bytes, content_type: str) -> None:
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                ChecksumSHA256=b64encode(digest).decode(),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def get(self, key: str) -> bytes | None:
        """A kept object, its checksum verified on the way; None where there is none."""
        try:
            # With the mode on, reading to the end compares the checksum that S3 keeps.
            found = self._client.get_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            body: bytes = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return body

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix, in order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return sorted(entry["Key"] for page in pages for entry in page.get("Contents", ()))

    def link(self, key: str, seconds: int) -> str:
        """A presigned GET."""
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )
