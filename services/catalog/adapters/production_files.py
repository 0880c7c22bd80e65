"""What productions work with, in the media's bucket."""

from mimetypes import guess_type
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from services.catalog.adapters.media_bucket import CACHE_CONTROL, content_type, sizes
from services.catalog.app.ports import Upload, UploadGone

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ADDRESS_SECONDS = 3600
PART_BYTES = 64 * 1024 * 1024
"""Local files larger than this are sent in parts of it."""
UNKNOWN = "application/octet-stream"
_GONE = {"NoSuchUpload", "404"}
_ABSENT = {"NoSuchKey", "404"}


class S3ProductionFiles:
    """Keys of one S3 bucket. Parts are signed for one upload, number and size."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def begin(self, key: str) -> str:
        """Begins an upload in parts; returns its name."""
        return self._client.create_multipart_upload(Bucket=self._bucket, Key=key)["UploadId"]

    def sign_part(self, key: str, upload: str, number: int, size: int) -> Upload:
        """A presigned PUT, valid for an hour."""
        asked = {"Bucket": self._bucket, "Key": key, "UploadId": upload, "PartNumber": number, "ContentLength": size}
        url = self._client.generate_presigned_url("upload_part", Params=asked, ExpiresIn=ADDRESS_SECONDS)
        return Upload(key, url, {"Content-Length": str(size)})

    def parts(self, key: str, upload: str) -> dict[int, int]:
        """The sizes of the parts that arrived, by number. Raises UploadGone."""
        return {part["PartNumber"]: part["Size"] for part in self._listed(key, upload)}

    def complete(self, key: str, upload: str) -> None:
        """Puts the parts that arrived together, as S3 lists them. Raises UploadGone."""
        parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in self._listed(key, upload)]
        self._complete(key, upload, parts)

    def abort(self, key: str, upload: str) -> None:
        """Gives an upload up; one that is gone stays so."""
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise

    def sizes(self, prefix: str) -> dict[str, int]:
        """The files' sizes in bytes, by their path after `prefix`."""
        return sizes(self._client, self._bucket, prefix)

    def size(self, key: str) -> int | None:
        """The size of a file in bytes; None: there is none."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise

    def read(self, key: str) -> bytes:
        """A file's bytes. Raises KeyError if there is none."""
        return bytes(self._body(key).read())

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a file from `start` on, `length` at most. Raises KeyError if there is none."""
        return bytes(self._body(key, Range=f"bytes={start}-{start + length - 1}").read())

    def put(self, key: str, content: bytes) -> None:
        """Keeps a file, in place of one of the same key."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def put_file(self, key: str, path: Path) -> None:
        """Keeps a local file, however large."""
        if path.stat().st_size <= PART_BYTES:
            with path.open("rb") as content:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=content)
            return
        upload = self.begin(key)
        sent = []
        with path.open("rb") as content:
            for number, part in enumerate(iter(lambda: content.read(PART_BYTES), b""), start=1):
                put = self._client.upload_part(
                    Bucket=self._bucket, Key=key, UploadId=upload, PartNumber=number, Body=part
                )
                sent.append({"PartNumber": number, "ETag": put["ETag"]})
        # Not as S3 lists them: whoever packages a lecture may not list parts.
        self._complete(key, upload, sent)

    def fetch(self, key: str, path: Path) -> None:
        """Writes a file to a local path. Raises KeyError if there is none."""
        body = self._body(key)
        with path.open("wb") as file:
            copyfileobj(body, file)

    def remove(self, key: str) -> None:
        """Removes a file; one that is gone stays so."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def address(self, key: str) -> str:
        """A presigned GET, valid for an hour, answered as what the file is by its name."""
        asked = {"Bucket": self._bucket, "Key": key, "ResponseContentType": guess_type(key)[0] or UNKNOWN}
        return self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=ADDRESS_SECONDS)

    def publish(self, key: str, place: str, disposition: str | None = None) -> None:
        """Copies a file to where the media or pictures are served from, with the headers that it has there.

        Raises KeyError if there is none.
        """
        headers: dict[str, Any] = {} if disposition is None else {"ContentDisposition": disposition}
        try:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=place,
                CopySource={"Bucket": self._bucket, "Key": key},
                MetadataDirective="REPLACE",
                ContentType=content_type(place),
                CacheControl=CACHE_CONTROL,
                **headers,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise KeyError(key) from None
            raise

    def publish_text(self, content: bytes, place: str) -> None:
        """Keeps captions where the media are served from."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=place,
            Body=content,
            ContentType=content_type(place),
            CacheControl=CACHE_CONTROL,
        )

    def _complete(self, key: str, upload: str, parts: list[Any]) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            raise _gone(error) from None

    def _listed(self, key: str, upload: str) -> list[Any]:
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=key, UploadId=upload)
        try:
            return [part for page in pages for part in page.get("Parts", [])]
        except ClientError as error:
            raise _gone(error) from None

    def _body(self, key: str, **part: str) -> Any:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **part)["Body"]  # type: ignore[arg-type]
        except self._client.exceptions.NoSuchKey:
            raise KeyError(key) from None


def _gone(error: ClientError) -> Exception:
    return UploadGone(str(error)) if error.response["Error"]["Code"] in _GONE else error
