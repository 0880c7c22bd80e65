"""One suite for both keepers of objects that are written once."""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from services.kit.objects import Objects, S3Objects
from tests.fakes.objects import MemoryObjects
from tests.unit.kit.conftest import REGION


@pytest.fixture
def bucket(aws: None) -> Any:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="kept")
    return client


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    if request.param == "memory":
        return MemoryObjects()
    return S3Objects(request.getfixturevalue("bucket"), "kept")


def test_what_was_put_once_stays(objects: Objects) -> None:
    assert objects.get("a/1") is None
    objects.put("a/1", b"one", "text/plain")
    objects.put("a/1", b"two", "text/plain")
    assert objects.get("a/1") == b"one"
    assert "a/1" in objects.link("a/1", 60)
    objects.put("a/0", b"", "text/plain")
    objects.put("b/1", b"", "text/plain")
    assert objects.names("a/") == ["a/0", "a/1"]
    assert objects.names("c/") == []


def test_a_file_is_kept_as_bytes_are(objects: Objects, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    digest = sha256(b"one").digest()
    objects.put_file("a/file", file, digest, "text/csv")
    file.write_bytes(b"two")
    objects.put_file("a/file", file, sha256(b"two").digest(), "text/csv")
    assert objects.get("a/file") == b"one"


def test_the_checksum_is_sent_so_that_nothing_damaged_is_kept() -> None:
    client = boto3.client("s3", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    content = "学时".encode()
    expected = {
        "Bucket": "kept",
        "Key": "a",
        "Body": content,
        "ContentType": "text/csv; charset=utf-8",
        "ChecksumSHA256": base64.b64encode(sha256(content).digest()).decode(),
        "IfNoneMatch": "*",
    }
    with Stubber(client) as stub:
        stub.add_response("put_object", {}, expected)
        S3Objects(client, "kept").put("a", content, "text/csv; charset=utf-8")
        stub.assert_no_pending_responses()


def test_other_failures_are_failures() -> None:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        objects = S3Objects(client, "no-such-bucket")
        with pytest.raises(client.exceptions.NoSuchBucket):
            objects.get("a")
        with pytest.raises(client.exceptions.NoSuchBucket):
            objects.put("a", b"", "text/plain")
