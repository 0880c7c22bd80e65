"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from collections.abc import Callable, Mapping
from functools import cache

import boto3

from services.credits.adapters.rule_files import load_rules
from services.credits.app.context import Context, context
from services.credits.app.records import Records
from services.credits.app.records import records as made_records
from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import S3Objects
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class LedgerSettings(StoreSettings):
    """Of functions that add entries or check them."""

    keyring_secret_id: str


class RecordsSettings(StoreSettings):
    """Of functions that hand records out."""

    records_bucket_name: str


class HttpSettings(Settings):
    """Of the function that answers HTTP."""

    origin_secret_id: str


class RelaySettings(Settings):
    """Of the relay."""

    event_bus_name: str


@cache
def store() -> DynamoStore:
    """The tables."""
    settings = StoreSettings.load()
    return DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())


@cache
def ledger() -> Context:
    """What the use cases work with."""
    keys = KeyRing(json_secret(LedgerSettings.load().keyring_secret_id))
    return context(store(), SystemClock(), RandomIds(), keys, load_rules())


@cache
def records() -> Records:
    """What hands the records out."""
    objects = S3Objects(boto3.client("s3"), RecordsSettings.load().records_bucket_name)
    return made_records(store(), SystemClock(), RandomIds(), objects)


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header that only our own origin sends."""
    return json_secret(HttpSettings.load().origin_secret_id)


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
