"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from collections.abc import Callable, Mapping
from functools import cache

import boto3
from botocore.config import Config

from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore
from services.orders.adapters.invoice_files import S3InvoiceFiles
from services.orders.adapters.plan_file import load_plans
from services.orders.app.context import Context, context


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class HttpSettings(Settings):
    """Of the function that answers HTTP."""

    origin_secret_id: str


class InvoiceSettings(Settings):
    """Of the function that deals with the PDFs of invoices."""

    finance_bucket_name: str


class RelaySettings(Settings):
    """Of the relay."""

    event_bus_name: str


@cache
def store() -> DynamoStore:
    """The tables."""
    settings = StoreSettings.load()
    return DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())


@cache
def orders() -> Context:
    """What the use cases work with."""
    return context(store(), SystemClock(), RandomIds(), load_plans())


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header that only our own origin sends."""
    return json_secret(HttpSettings.load().origin_secret_id)


@cache
def invoice_files() -> S3InvoiceFiles:
    """The PDFs of invoices."""
    # The signature's version 4: presigned headers are checked.
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    return S3InvoiceFiles(client, InvoiceSettings.load().finance_bucket_name)


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
