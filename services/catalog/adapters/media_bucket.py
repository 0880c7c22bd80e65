"""The media bucket on S3."""

import base64
from typing import TYPE_CHECKING, Any, Unpack

from services.catalog.app.ports import Upload
from services.catalog.domain.handouts import MEDIA_TYPES
from services.catalog.domain.media import MediaFile

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
    **MEDIA_TYPES,
    "webp": "image/webp",
}


def content_type(path: str) -> str:
    """The media type of a file of a lecture, by its ending."""
    return _CONTENT_TYPES[path.rsplit(".", 1)[-1]]


def sizes(client: "S3Client", bucket: str, prefix: str) -> dict[str, int]:
    """The stored files' sizes in bytes, by their path after `prefix`."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = [entry for page in pages for entry in page.get("Contents", [])]
    return {entry["Key"].removeprefix(prefix): entry["Size"] for entry in objects}


class S3MediaBucket:
    """One S3 bucket. Uploads are signed for one key, size and SHA-256, and only while the key is free."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def sizes(self, prefix: str) -> dict[str, int]:
        """The stored files' sizes in bytes, by their path after `prefix`."""
        return sizes(self._client, self._bucket, prefix)

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

    def upload(self, prefix: str, file: MediaFile, disposition: str | None = None) -> Upload:
        """A presigned PUT, valid for 15 minutes."""
        asked: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": prefix + file.path,
            "ContentType": content_type(file.path),
            "ContentLength": file.bytes,
            "CacheControl": CACHE_CONTROL,
            "ChecksumSHA256": _checksum(file),
            "IfNoneMatch": "*",
        }
        if disposition is not None:
            asked["ContentDisposition"] = disposition
        url = self._client.generate_presigned_url("put_object", Params=asked, ExpiresIn=UPLOAD_SECONDS)
        return Upload(file.path, url, upload_headers(file, disposition))


def upload_headers(file: MediaFile, disposition: str | None) -> dict[str, str]:
    """The headers the upload was signed with."""
    headers = {
        "Content-Type": content_type(file.path),
        "Content-Length": str(file.bytes),
        "Cache-Control": CACHE_CONTROL,
        "x-amz-checksum-sha256": _checksum(file),
        "If-None-Match": "*",
    }
    return headers if disposition is None else {**headers, "Content-Disposition": disposition}


def _checksum(file: MediaFile) -> str:
    """The SHA-256 in base64, as S3 wants it."""
    return base64.b64encode(bytes.fromhex(file.sha256)).decode()
