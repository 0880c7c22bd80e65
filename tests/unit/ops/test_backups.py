"""The operators' command for exports and restores, on moto."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.stages import stage
from ops.aws import Clients, OpsError
from ops.backups import Backups
from tests.exporting import all_items, write_export

BUCKET = "xueshi-backups-123456789012-us-east-1"
ITEMS = [
    {"pk": {"S": f"LEARNER#{number}"}, "sk": {"S": "HEAD"}, "version": {"N": "1"}, "body": {"S": f'{{"n":{number}}}'}}
    for number in range(60)
]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        made: dict[str, Any] = {name: boto3.client(name, region_name="us-east-1") for name in ("s3", "sts", "dynamodb")}
        made["s3"].create_bucket(Bucket=BUCKET)
        yield made.__getitem__


@pytest.fixture
def backups(clients: Clients) -> Backups:
    return Backups(clients, stage("local"), "credits")


@pytest.fixture
def id_(clients: Clients) -> str:
    return write_export(clients("s3"), BUCKET, "credits", "xueshi-credits", ITEMS)


def test_a_table_is_rebuilt_from_an_export_to_the_last_item(backups: Backups, clients: Clients, id_: str) -> None:
    (export,) = backups.exports()
    assert (export.id, export.taken_at) == (id_, backups.named(id_).taken_at)
    assert backups.restore(export, "xueshi-credits-restored") == len(ITEMS)
    restored = all_items(clients("dynamodb"), "xueshi-credits-restored")
    assert restored == sorted(ITEMS, key=lambda item: item["pk"]["S"])


def test_a_restore_overwrites_nothing(backups: Backups, clients: Clients, id_: str) -> None:
    backups.restore(backups.named(id_), "some")
    with pytest.raises(OpsError, match="some is not empty"):
        backups.restore(backups.named(id_), "some")
    assert len(all_items(clients("dynamodb"), "some")) == len(ITEMS)


def test_an_export_that_is_not_whole_is_none(backups: Backups, clients: Clients, id_: str) -> None:
    clients("s3").delete_object(Bucket=BUCKET, Key=f"credits/AWSDynamoDB/{id_}/manifest-summary.json")
    assert backups.exports() == []
    with pytest.raises(OpsError, match="no whole export"):
        backups.named(id_)


def test_of_an_export_that_was_changed_nothing_is_restored(backups: Backups, clients: Clients, id_: str) -> None:
    export = backups.named(id_)
    manifest = clients("s3").get_object(Bucket=BUCKET, Key=export.summary["manifestFilesS3Key"])["Body"].read()
    file = json.loads(manifest.splitlines()[-1])
    clients("s3").put_object(Bucket=BUCKET, Key=file["dataFileS3Key"], Body=b"something else")
    with pytest.raises(OpsError, match="checksum differs"):
        backups.restore(export, "some")
    assert clients("dynamodb").list_tables()["TableNames"] == []


def test_a_file_that_the_manifest_lacks_is_missed(backups: Backups, clients: Clients, id_: str) -> None:
    export = backups.named(id_)
    key = export.summary["manifestFilesS3Key"]
    manifest = clients("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    clients("s3").put_object(Bucket=BUCKET, Key=key, Body=b"".join(manifest.splitlines(keepends=True)[:-1]))
    with pytest.raises(OpsError, match="has 45 items, not 60"):
        backups.restore(export, "some")
