"""What lies in the whole table. For an operator's command only: it scans, which no function may."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.credits.app.ledger.items import LEARNERS, POSTINGS, Posting
from services.credits.app.ledger.verify_ledger import Inventory
from services.credits.domain.ids import LearnerId
from services.kit.store.codec import decode

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def scan_inventory(client: "DynamoDBClient", table: str, progress: Callable[[int], None]) -> Inventory:
    """Reads every item once; `progress` is told how many were read so far. Costs half a read unit per 4 KB."""
    found, read = Inventory(), 0
    for page in client.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, body"):
        for item in page["Items"]:
            _take(found, item["pk"]["S"], item["body"]["S"])
        read += len(page["Items"])
        progress(read)
    return found


def _take(found: Inventory, pk: str, body: str) -> None:
    if pk.startswith(LEARNERS):
        found.learners.add(LearnerId(pk.removeprefix(LEARNERS)))
    elif pk.startswith(POSTINGS):
        found.add(decode(body, Posting))
