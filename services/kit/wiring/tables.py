"""The service's two tables."""

from functools import cache
from os import environ

from services.kit.clock import SystemClock
from services.kit.store.dynamodb import DynamoStore


@cache
def store() -> DynamoStore:
    """The tables."""
    return DynamoStore(environ["TABLE_NAME"], environ["OUTBOX_TABLE_NAME"], SystemClock())
