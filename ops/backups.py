"""Exports of the services' tables, and a table from one of them.

    python -m ops.backups list --stage STAGE --service SERVICE              which there are, newest last
    python -m ops.backups export --stage STAGE --service SERVICE            one more, of this moment
    python -m ops.backups restore --stage STAGE --service SERVICE --export ID [--into TABLE]

A restore reads the export's manifests, holds each file to its checksum and all of it to the count that DynamoDB told,
before it writes anything. It writes into an empty table: by default a new one beside the service's,
`<prefix>-<service>-restored`, to be looked at; into the service's own, once that is empty, with `--into`.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.packaging import SERVICES
from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser

HOME = "AWSDynamoDB"
"""The folder that DynamoDB puts exports in, under their prefix."""
SUMMARY = "manifest-summary.json"
FORMAT = "DYNAMODB_JSON"
AT_ONCE = 25
"""How many items DynamoDB takes in one call."""
ATTEMPTS = 10
Item = dict[str, Any]
"""In DynamoDB's own JSON, types and all."""


@dataclass(frozen=True)
class Export:
    """A whole export in S3: what its summary says."""

    bucket: str
    id: str
    summary: dict[str, Any]

    @property
    def taken_at(self) -> str:
        """The moment that it shows."""
        return str(self.summary["exportTime"])


@dataclass(frozen=True)
class Backups:
    """What was exported of one service's table."""

    clients: Clients
    where: Stage
    service: str

    @property
    def table(self) -> str:
        """The service's own table."""
        return f"{self.where.prefix}-{self.service}"

    def bucket(self) -> str:
        """The stage's bucket of backups."""
        account = self.clients("sts").get_caller_identity()["Account"]
        return f"{self.where.prefix}-backups-{account}-{self.where.region}"

    def export(self) -> str:
        """Begins an export of this moment; answers its id."""
        dynamodb = self.clients("dynamodb")
        begun = dynamodb.export_table_to_point_in_time(
            TableArn=dynamodb.describe_table(TableName=self.table)["Table"]["TableArn"],
            S3Bucket=self.bucket(),
            S3Prefix=self.service,
            ExportFormat=FORMAT,
        )
        return str(begun["ExportDescription"]["ExportArn"]).rpartition("/")[2]

    def exports(self) -> list[Export]:
        """Those that are whole, by the moment that they show."""
        bucket, home = self.bucket(), f"{self.service}/{HOME}/"
        pages = self.clients("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=home)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        # The summary is written last: without it an export is not whole.
        ids = [key.split("/")[2] for key in keys if key.endswith(f"/{SUMMARY}")]
        return sorted((self.named(id_) for id_ in ids), key=lambda export: export.taken_at)

    def named(self, id_: str) -> Export:
        """The export of an id. Raises OpsError where there is none, or it cannot be read back."""
        s3, bucket = self.clients("s3"), self.bucket()
        key = f"{self.service}/{HOME}/{id_}/{SUMMARY}"
        try:
            summary = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.NoSuchKey:
            raise OpsError(f"There is no whole export {id_} of {self.service} in {bucket}.") from None
        if (summary["outputFormat"], summary.get("exportType", "FULL_EXPORT")) != (FORMAT, "FULL_EXPORT"):
            raise OpsError(f"Export {id_} is no full export in {FORMAT}.")
        return Export(bucket, id_, summary)

    def restore(self, export: Export, into: str) -> int:
        """Fills an empty table, made where it is not there; answers with how many items. Raises OpsError."""
        items = list(self.items(export))
        self._require_empty(into)
        for start in range(0, len(items), AT_ONCE):
            self._write(into, items[start : start + AT_ONCE])
        return len(items)

    def items(self, export: Export) -> Iterator[Item]:
        """All items. Raises OpsError where a file, or the whole, is not what DynamoDB said that it wrote."""
        count = 0
        for line in self._read(export, export.summary["manifestFilesS3Key"]).splitlines():
            file = json.loads(line)
            content = self._read(export, file["dataFileS3Key"])
            digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
            if digest != file["md5Checksum"]:
                raise OpsError(f"{file['dataFileS3Key']} is not what was exported: its checksum differs.")
            found = [json.loads(text)["Item"] for text in gzip.decompress(content).splitlines()]
            if len(found) != file["itemCount"]:
                raise OpsError(f"{file['dataFileS3Key']} has {len(found)} items, not {file['itemCount']}.")
            count += len(found)
            yield from found
        if count != export.summary["itemCount"]:
            raise OpsError(f"Export {export.id} has {count} items, not {export.summary['itemCount']}.")

    def _read(self, export: Export, key: str) -> bytes:
        content: bytes = self.clients("s3").get_object(Bucket=export.bucket, Key=key)["Body"].read()
        return content

    def _require_empty(self, table: str) -> None:
        dynamodb = self.clients("dynamodb")
        try:
            dynamodb.describe_table(TableName=table)
        except dynamodb.exceptions.ResourceNotFoundException:
            _create(dynamodb, table)
            return
        if dynamodb.scan(TableName=table, Limit=1, ConsistentRead=True)["Items"]:
            raise OpsError(f"{table} is not empty: a restore overwrites nothing.")

    def _write(self, table: str, items: Sequence[Item]) -> None:
        left: dict[str, Any] = {table: [{"PutRequest": {"Item": item}} for item in items]}
        for attempt in range(ATTEMPTS):
            left = self.clients("dynamodb").batch_write_item(RequestItems=left)["UnprocessedItems"]
            if not left:
                return
            time.sleep(min(0.1 * 2**attempt, 5))
        raise OpsError(f"DynamoDB did not take all items of {table}: empty it, and try again.")


def _create(dynamodb: Any, table: str) -> None:
    keys = {"pk": "HASH", "sk": "RANGE"}
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True},
    )
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})


def main() -> int:
    """Parses the command line; answers the exit status."""
    parser = stage_parser("ops.backups", __doc__)
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("--service", required=True, choices=SERVICES)
    parser.add_argument("--export", help="restore: the export's id, as `list` tells it")
    parser.add_argument("--into", help="restore: an empty table, or one that is not there")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        print(ACTIONS[options.action](Backups(clients_of(where), where, options.service), options))
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _list(backups: Backups, _options: argparse.Namespace) -> str:
    lines = [f"{export.id}  {export.taken_at}  {export.summary['itemCount']} items" for export in backups.exports()]
    return "\n".join(lines) or "none yet"


def _export(backups: Backups, _options: argparse.Namespace) -> str:
    return f"{backups.export()} begun; `list` shows it once it is whole"


def _restore(backups: Backups, options: argparse.Namespace) -> str:
    if not options.export:
        raise OpsError("Say which export: --export ID; `list` tells them.")
    into = options.into or f"{backups.table}-restored"
    return f"{backups.restore(backups.named(options.export), into)} items are in {into}"


ACTIONS: dict[str, Callable[[Backups, argparse.Namespace], str]] = {
    "list": _list,
    "export": _export,
    "restore": _restore,
}


if __name__ == "__main__":
    sys.exit(main())
