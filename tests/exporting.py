"""Exports of tables as DynamoDB writes them into S3; moto and the emulator only say that they did.

The format is that of https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

FILES = 4
"""DynamoDB writes several, too."""

Item = dict[str, Any]


def all_items(dynamodb: Any, table: str) -> list[Item]:
    """Every item of a table, in DynamoDB's own JSON, in the order of keys."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    found = [item for page in pages for item in page["Items"]]
    return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def write_export(s3: Any, bucket: str, prefix: str, table: str, items: Sequence[Item]) -> str:
    """Writes a full export of these items; answers its id."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    id_ = f"{int(datetime.now(UTC).timestamp() * 1000):020}-{uuid4().hex[:8]}"
    home = f"{prefix}/AWSDynamoDB/{id_}"
    manifest = []
    for number in range(FILES):
        part = items[number::FILES]
        content = gzip.compress("".join(json.dumps({"Item": item}) + "\n" for item in part).encode())
        key = f"{home}/data/{uuid4().hex[:26]}.json.gz"
        tag = s3.put_object(Bucket=bucket, Key=key, Body=content)["ETag"].strip('"')
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        manifest.append({"itemCount": len(part), "md5Checksum": digest, "etag": tag, "dataFileS3Key": key})
    files = "".join(json.dumps(file) + "\n" for file in manifest)
    s3.put_object(Bucket=bucket, Key=f"{home}/manifest-files.json", Body=files.encode())
    summary = {
        "version": "2020-06-30",
        "exportArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}/export/{id_}",
        "startTime": now,
        "endTime": now,
        "tableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}",
        "tableId": str(uuid4()),
        "exportTime": now,
        "s3Bucket": bucket,
        "s3Prefix": prefix,
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": f"{home}/manifest-files.json",
        "billedSizeBytes": sum(len(json.dumps(item)) for item in items),
        "itemCount": len(items),
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }
    s3.put_object(Bucket=bucket, Key=f"{home}/manifest-summary.json", Body=json.dumps(summary).encode())
    return id_
