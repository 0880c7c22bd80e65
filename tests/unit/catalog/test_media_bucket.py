"""The media bucket's adapters, the fake and S3 (moto), held to the same tests."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from services.catalog.adapters.media_bucket import S3MediaBucket
from services.catalog.app.ports import MediaBucket
from services.catalog.domain.handouts import Handout
from services.catalog.domain.media import MediaFile
from tests.fakes.media_bucket import MemoryMediaBucket

PREFIX = "media/bonds/0123456789abcdef/"
REGION: Literal["cn-north-1"] = "cn-north-1"


@pytest.fixture(params=["memory", "s3"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MediaBucket]:
    """A bucket with three files, one of them elsewhere."""
    files = {PREFIX + "index.m3u8": b"#EXTM3U", PREFIX + "captions/zh.0.vtt": b"WEBVTT", "media/other/x.m4s": b"xx"}
    if request.param == "memory":
        fake = MemoryMediaBucket()
        fake.files |= files
        yield fake
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name=REGION, config=Config(signature_version="s3v4"))
        client.create_bucket(Bucket="media-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
        for key, content in files.items():
            client.put_object(Bucket="media-bucket", Key=key, Body=content)
        yield S3MediaBucket(client, "media-bucket")


def test_sizes_by_path(bucket: MediaBucket) -> None:
    assert bucket.sizes(PREFIX) == {"index.m3u8": 7, "captions/zh.0.vtt": 6}
    assert bucket.sizes("media/nothing/") == {}


def test_reading(bucket: MediaBucket) -> None:
    assert bucket.read(PREFIX + "index.m3u8") == b"#EXTM3U"
    with pytest.raises(KeyError):
        bucket.read(PREFIX + "nothing.m4s")


def test_reading_a_part(bucket: MediaBucket) -> None:
    assert bucket.read_part(PREFIX + "index.m3u8", 1, 3) == b"EXT"
    assert bucket.read_part(PREFIX + "index.m3u8", 4, 100) == b"M3U"
    with pytest.raises(KeyError):
        bucket.read_part(PREFIX + "nothing.m4s", 0, 1)


def test_an_upload_names_size_checksum_and_that_the_key_must_be_free(bucket: MediaBucket) -> None:
    digest = hashlib.sha256(b"aaaa")
    upload = bucket.upload(PREFIX, MediaFile("a.m4s", digest.hexdigest(), 4))
    assert upload.headers == {
        "Content-Type": "video/iso.segment",
        "Content-Length": "4",
        "Cache-Control": "public, max-age=31536000, immutable",
        "x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode(),
        "If-None-Match": "*",
    }


HANDOUT = Handout("课件 (1).pdf", "ab" * 32, 4)


def test_what_is_to_be_downloaded_is_stored_with_its_name(bucket: MediaBucket) -> None:
    file = MediaFile(HANDOUT.path, HANDOUT.sha256, HANDOUT.bytes)
    headers = bucket.upload(PREFIX, file, HANDOUT.disposition).headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AF%BE%E4%BB%B6%20%281%29.pdf"


@pytest.mark.parametrize("disposition", [None, HANDOUT.disposition])
@pytest.mark.parametrize("bucket", ["s3"], indirect=True)
def test_s3_signs_every_header_that_matters(bucket: MediaBucket, disposition: str | None) -> None:
    upload = bucket.upload(PREFIX, MediaFile("a.m4s", "ab" * 32, 4), disposition)
    query = parse_qs(urlsplit(upload.url).query)
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    outside_headers = {name.lower() for name in query}
    for name in upload.headers:
        assert name.lower() in signed | outside_headers, name
    assert query["X-Amz-Expires"] == ["900"]
