"""The bucket of pictures on S3. It has no versions: what is deleted is gone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from services.credits.app.ports import PictureUpload
from services.credits.domain.pictures import MOST_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS = 900
CONTENT_TYPE = "image/jpeg"
SUCCESS = "204"


class S3Pictures:
    """Forms are signed for one key, one type and at most so many bytes: S3 takes nothing else with them."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload(self, key: str) -> PictureUpload:
        """A presigned POST. Botocore adds the conditions of key and bucket."""
        fields = {"Content-Type": CONTENT_TYPE, "success_action_status": SUCCESS}
        signed = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fields),
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, MOST_BYTES]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return PictureUpload(signed["url"], signed["fields"])

    def read(self, key: str) -> bytes | None:
        """What was put there; None where nothing is."""
        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return body

    def keep(self, key: str, content: bytes) -> None:
        """Keeps a picture; again is the same."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=CONTENT_TYPE)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def delete(self, keys: Sequence[str]) -> None:
        """Deletes what is there of these, one by one: there are a handful."""
        for key in keys:
            self._client.delete_object(Bucket=self._bucket, Key=key)
