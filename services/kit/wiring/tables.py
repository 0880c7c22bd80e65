"""The service's two tables."""

from functools import cache

from services.kit.clock import SystemClock
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


@cache
def store() -> DynamoStore:
    """The tables."""
    settings = StoreSettings.load()
    return DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())
