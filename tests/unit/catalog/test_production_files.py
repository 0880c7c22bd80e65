"""The files of productions, the fake and S3 held to the same tests, and the machine on Step Functions (moto)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from services.catalog.adapters import production_files
from services.catalog.adapters.media_bucket import CACHE_CONTROL
from services.catalog.adapters.production_files import S3ProductionFiles
from services.catalog.adapters.step_functions import StepFunctions
from services.catalog.app.ports import ProductionFiles, UploadGone
from tests.fakes.media_bucket import MemoryMediaBucket
from tests.fakes.productions import MemoryProductionFiles

REGION: Literal["cn-north-1"] = "cn-north-1"
KEY = "productions/p/files/f.mp4"
PART = 5 * 1024 * 1024


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


class S3Parts(S3ProductionFiles):
    """With a way to send a part, as a browser does with what was signed."""

    def send(self, url: str, content: bytes) -> None:
        """Sends one part."""
        asked = parse_qs(urlsplit(url).query)
        number, upload = int(asked["partNumber"][0]), asked["uploadId"][0]
        assert "content-length" in asked["X-Amz-SignedHeaders"][0]
        self._client.upload_part(Bucket=self._bucket, Key=KEY, UploadId=upload, PartNumber=number, Body=content)


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest, aws: None) -> MemoryProductionFiles | S3Parts:
    """An empty bucket."""
    if request.param == "memory":
        return MemoryProductionFiles(MemoryMediaBucket())
    client = boto3.client("s3", region_name=REGION, config=Config(signature_version="s3v4"))
    client.create_bucket(Bucket="media-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    return S3Parts(client, "media-bucket")


def send(files: MemoryProductionFiles | S3Parts, upload: str, number: int, content: bytes) -> None:
    """Sends one part as it was signed."""
    signed = files.sign_part(KEY, upload, number, len(content))
    assert signed.headers == {"Content-Length": str(len(content))}
    files.send(signed.url, content)


def test_parts_come_in_any_order_and_are_put_together(files: MemoryProductionFiles | S3Parts) -> None:
    upload = files.begin(KEY)
    assert files.parts(KEY, upload) == {}
    send(files, upload, 2, b"end")
    send(files, upload, 1, bytes(PART))
    send(files, upload, 2, b"the end")
    assert files.parts(KEY, upload) == {1: PART, 2: 7}
    assert files.size(KEY) is None
    files.complete(KEY, upload)
    assert files.size(KEY) == PART + 7
    assert files.read_part(KEY, PART, 100) == b"the end"


def test_an_upload_is_completed_or_given_up_once(files: MemoryProductionFiles | S3Parts) -> None:
    upload = files.begin(KEY)
    send(files, upload, 1, b"all")
    files.complete(KEY, upload)
    for again in (files.complete, files.parts):
        with pytest.raises(UploadGone):
            again(KEY, upload)
    given_up = files.begin(KEY)
    for _ in range(2):
        files.abort(KEY, given_up)
    with pytest.raises(UploadGone):
        files.parts(KEY, given_up)
    assert files.read(KEY) == b"all"


@pytest.mark.parametrize(("name", "type_"), [("preview.mp4", "video/mp4"), ("f.unknown", "application/octet-stream")])
def test_an_address_answers_as_what_the_name_says(aws: None, name: str, type_: str) -> None:
    client = boto3.client("s3", region_name=REGION, config=Config(signature_version="s3v4"))
    address = S3ProductionFiles(client, "media-bucket").address(f"productions/p/{name}")
    assert parse_qs(urlsplit(address).query)["response-content-type"] == [type_]


def test_files_are_kept_found_and_removed(files: ProductionFiles, tmp_path: Path) -> None:
    files.put("productions/p/made/a.json", b"1")
    files.put("productions/p/made/a.json", b"22")
    assert files.sizes("productions/p/") == {"made/a.json": 2}
    assert files.address("productions/p/made/a.json").partition("?")[0].endswith("productions/p/made/a.json")
    files.fetch("productions/p/made/a.json", tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes() == b"22"
    for _ in range(2):
        files.remove("productions/p/made/a.json")
    assert files.size("productions/p/made/a.json") is None
    for reading in (files.read, lambda key: files.fetch(key, tmp_path / "b")):
        with pytest.raises(KeyError):
            reading("productions/p/made/a.json")


def test_local_files_of_any_size_are_kept(
    files: ProductionFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(production_files, "PART_BYTES", PART)
    for size in (3, PART + 1):
        (tmp_path / "file").write_bytes(b"x" * size)
        files.put_file(KEY, tmp_path / "file")
        assert files.size(KEY) == size


def test_a_large_file_is_kept_by_who_may_put_and_read_alone(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="media-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    called: list[str] = []
    client.meta.events.register("before-call.s3", lambda model, **_: called.append(model.name))
    monkeypatch.setattr(production_files, "PART_BYTES", PART)
    (tmp_path / "preview.mp4").write_bytes(b"x" * (PART + 1))
    S3ProductionFiles(client, "media-bucket").put_file("productions/p/packaged/1/preview.mp4", tmp_path / "preview.mp4")
    # What s3:PutObject allows, as the role of the function that packages has it.
    assert set(called) == {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}


def test_what_is_published_has_the_headers_that_learners_get(aws: None) -> None:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="media-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    files = S3ProductionFiles(client, "media-bucket")
    files.put("productions/p/packaged/1/index.m3u8", b"#EXTM3U")
    files.publish("productions/p/packaged/1/index.m3u8", "media/c/v/index.m3u8")
    files.publish("productions/p/packaged/1/index.m3u8", "media/c/v/handouts/a.pdf", "attachment; filename*=UTF-8''a")
    files.publish_text(b"WEBVTT", "media/c/v/captions/zh.1.vtt")
    shown = {
        name: client.head_object(Bucket="media-bucket", Key=f"media/c/v/{name}")
        for name in ("index.m3u8", "handouts/a.pdf", "captions/zh.1.vtt")
    }
    assert {head["CacheControl"] for head in shown.values()} == {CACHE_CONTROL}
    assert [head["ContentType"] for head in shown.values()] == [
        "application/vnd.apple.mpegurl", "application/pdf", "text/vtt; charset=utf-8",
    ]  # fmt: skip
    assert shown["handouts/a.pdf"]["ContentDisposition"] == "attachment; filename*=UTF-8''a"
    with pytest.raises(KeyError):
        files.publish("productions/p/gone.m4s", "media/c/v/gone.m4s")


def test_published_files_of_the_fake(tmp_path: Path) -> None:
    bucket = MemoryMediaBucket()
    files = MemoryProductionFiles(bucket)
    files.put(KEY, b"x")
    files.publish(KEY, "media/x")
    files.publish_text(b"WEBVTT", "media/y")
    assert bucket.files == {KEY: b"x", "media/x": b"x", "media/y": b"WEBVTT"}


def test_a_run_is_begun_once_and_ended_at_any_time(aws: None) -> None:
    client = boto3.client("stepfunctions", region_name=REGION)
    role = "arn:aws-cn:iam::123456789012:role/machine"
    made = client.create_state_machine(name="production", definition="{}", roleArn=role)
    machine = StepFunctions(client, made["stateMachineArn"])
    for _ in range(2):
        machine.start("p-1", {"production_id": "p", "run": 1})
    [execution] = client.list_executions(stateMachineArn=made["stateMachineArn"])["executions"]
    assert execution["name"] == "p-1"
    assert machine.is_running("p-1")
    assert not machine.is_running("p-2")
    for _ in range(2):
        machine.stop("p-1", "cancelled")
    assert client.describe_execution(executionArn=execution["executionArn"])["status"] == "ABORTED"
    assert not machine.is_running("p-1")
    machine.start("p-1", {"production_id": "p", "run": 1})
    machine.stop("p-2", "never begun")
