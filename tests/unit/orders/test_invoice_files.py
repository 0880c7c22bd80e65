"""Where the PDFs of invoices lie: the fake and S3 (moto), held to the same tests; and what an upload is signed for."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from services.orders.adapters.invoice_files import S3InvoiceFiles
from services.orders.app.ports import InvoiceFiles
from services.orders.domain.invoice import Document
from tests.fakes.invoice_files import MemoryInvoiceFiles

KEY, PDF = "invoices/202603/1.pdf", b"%PDF-1.7 of some length"
DOCUMENT = Document(hashlib.sha256(PDF).hexdigest(), len(PDF))
REGION: Literal["cn-north-1"] = "cn-north-1"


@dataclass(frozen=True)
class Subject:
    """Files under test, and how one gets there without us."""

    files: InvoiceFiles
    put: Callable[[str, bytes], object]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    """A bucket of moto's."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name=REGION, config=Config(signature_version="s3v4"))
        client.create_bucket(Bucket="finance", CreateBucketConfiguration={"LocationConstraint": REGION})
        files = S3InvoiceFiles(client, "finance")
        yield Subject(files, lambda key, content: client.put_object(Bucket="finance", Key=key, Body=content))


@pytest.fixture(params=["memory", "s3"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each of the two in turn."""
    if request.param == "memory":
        fake = MemoryInvoiceFiles()
        return Subject(fake, fake.files.__setitem__)
    bucket: Subject = request.getfixturevalue("s3")
    return bucket


def test_a_file_of_the_size_that_was_told_is_known_by_its_beginning(subject: Subject) -> None:
    subject.put(KEY, PDF)
    assert subject.files.beginning(KEY, len(PDF)) == b"%PDF-"


@pytest.mark.parametrize("size", [0, len(PDF) - 1, len(PDF) + 1])
def test_a_file_of_another_size_is_none(subject: Subject, size: int) -> None:
    subject.put(KEY, PDF)
    assert subject.files.beginning(KEY, size) == b""


@pytest.mark.parametrize("content", [b"", b"%PDF"])
def test_a_file_shorter_than_a_beginning_is_read_as_it_is(subject: Subject, content: bytes) -> None:
    subject.put(KEY, content)
    assert subject.files.beginning(KEY, len(content)) == content


def test_where_nothing_was_uploaded_there_is_no_beginning(subject: Subject) -> None:
    assert subject.files.beginning(KEY, len(PDF)) == b""


def test_an_upload_tells_the_headers_it_is_signed_for(subject: Subject) -> None:
    upload = subject.files.upload(KEY, DOCUMENT)
    assert upload.headers == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(PDF).digest()).decode(),
        "If-None-Match": "*",
    }


def test_an_upload_is_signed_for_one_key_size_and_content_and_only_while_the_key_is_free(s3: Subject) -> None:
    address = urlsplit(s3.files.upload(KEY, DOCUMENT).url)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.path.endswith(KEY)
    assert query["X-Amz-Expires"] == "900"
    signed = set(query["X-Amz-SignedHeaders"].split(";"))
    assert signed == {"host", "content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"}


def test_a_link_saves_the_file_and_ends_after_five_minutes(s3: Subject) -> None:
    address = urlsplit(s3.files.link(KEY))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.path.endswith(KEY)
    assert (query["X-Amz-Expires"], query["response-content-disposition"]) == ("300", "attachment")
