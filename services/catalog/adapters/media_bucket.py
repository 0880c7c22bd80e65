"""The media bucket on S3."""

import base64
from typing import TYPE_CHECKING, Unpack

from services.catalog.app.ports import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef

UPLOAD_SECONDS = 900
CACHE_CONTROL = "public, max-age=31536000, immutable"
_CONTENT_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "m4s": "video/iso.segment",
    "vtt": "text/vtt; charset=utf-8",
}


def content_type(path: str) -> str:
    """The media type of a file of a lecture, by its ending."""
    return _CONTENT_TYPES[path.rsplit(".", 1)[-1]]


class S3MediaBucket:
    """One S3 bucket. Uploads are signed for one key, size and SHA-256, and only while the key is free."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def sizes(self, prefix: str) -> dict[str, int]:
        """The stored files' sizes in bytes, by their path after `prefix`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        objects = [entry for page in pages for entry in page.get("Contents", [])]
        return {entry["Key"].removeprefix(prefix): entry["Size"] for entry in objects}

    def read(self, key: str) -> bytes:
        """A stored file's bytes. Raises KeyError if there is none."""
        return self._body(Bucket=self._bucket, Key=key)

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a stored file from `start` on, `length` at most. Raises KeyError if there is no such file."""
        return self._body(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{start + length - 1}")

    def _body(self, **wanted: Unpack["GetObjectRequestTypeDef"]) -> bytes:
        try:
            return self._client.get_object(**wanted)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            raise KeyError(wanted["Key"]) from None

    def upload(self, prefix: str, path: str, sha256: str, size: int) -> Upload:
        """A presigned PUT, valid for 15 minutes."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": prefix + path,
                "ContentType": content_type(path),
                "ContentLength": size,
                "CacheControl": CACHE_CONTROL,
                "ChecksumSHA256": checksum,
                "IfNoneMatch": "*",
            },
            ExpiresIn=UPLOAD_SECONDS,
        )
        return Upload(path, url, upload_headers(path, size, checksum))


def upload_headers(path: str, size: int, checksum: str) -> dict[str, str]:
    """The headers the upload was signed with. `checksum` is the SHA-256 in base64."""
    return {
        "Content-Type": content_type(path),
        "Content-Length": str(size),
        "Cache-Control": CACHE_CONTROL,
        "x-amz-checksum-sha256": checksum,
        "If-None-Match": "*",
    }
