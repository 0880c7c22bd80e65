"""A beat with the standard library alone: the same token, rule, write and answer, and nothing around them.

No attacks are withstood here, no clocks differ, no prompt opens: it is what the work itself takes.
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from os import environ
from typing import Any
from urllib.parse import urlsplit

KEY = b"k" * 32
HOST = urlsplit(environ.get("AWS_ENDPOINT_URL", "")).netloc
CONNECTION = HTTPConnection(HOST)
GAP_CAP_MS, LEASE_MS = 60_000, 120_000


def token_of(live: dict[str, Any]) -> str:
    """The state and its MAC."""
    body = json.dumps(live, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hmac.digest(KEY, body, "sha256") + body).decode()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One beat."""
    asked = json.loads(event["body"])
    sealed = base64.urlsafe_b64decode(asked["token"])
    if not hmac.compare_digest(sealed[:32], hmac.digest(KEY, sealed[32:], "sha256")):
        raise ValueError("token")
    live = json.loads(sealed[32:])
    if live["learner"] != event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]:
        raise ValueError("learner")
    now, version = time.time_ns() // 1_000_000, live["version"]
    bucket = min(GAP_CAP_MS, live["bucket"] + now - live["at"])
    credit = max(0, min(asked["position_ms"] - live["furthest_ms"], bucket))
    live |= {"version": version + 1, "at": now, "bucket": bucket - credit, "lease": now + LEASE_MS}
    live["furthest_ms"] += credit
    _put(live, version)
    answer = {"token": token_of(live), "furthest_ms": live["furthest_ms"], "completed": False}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}


def _put(live: dict[str, Any], version: int) -> None:
    put = {
        "TableName": environ["TABLE_NAME"],
        "Item": {
            "pk": {"S": f"LEARNER#{live['learner']}"},
            "sk": {"S": "FLOOR"},
            "version": {"N": str(live["version"])},
            "body": {"S": json.dumps(live)},
        },
        "ConditionExpression": "attribute_not_exists(version) OR version = :before",
        "ExpressionAttributeValues": {":before": {"N": str(version)}},
    }
    body = json.dumps(put).encode()
    CONNECTION.request("POST", "/", body, _signed(body))
    answer = CONNECTION.getresponse()
    if answer.status != 200:
        raise ValueError(answer.read())
    answer.read()


def _signed(body: bytes) -> dict[str, str]:
    """AWS's signature, version 4."""
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{at[:8]}/{environ['AWS_REGION']}/dynamodb/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "host": HOST,
        "x-amz-date": at,
        "x-amz-target": "DynamoDB_20120810.PutItem",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + environ["AWS_SECRET_ACCESS_KEY"].encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    mac = hmac.new(key, text.encode(), "sha256").hexdigest()
    credential = f"{environ['AWS_ACCESS_KEY_ID']}/{scope}"
    return headers | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={mac}"
    }
