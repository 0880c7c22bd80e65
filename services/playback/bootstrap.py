"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore
from services.playback.adapters.archive import ANCHORS, S3Archive
from services.playback.app.context import Context

if TYPE_CHECKING:
    from services.playback.adapters.media_signer import CookieSigner
    from services.playback.adapters.signer import KmsSigner


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class KeySettings(Settings):
    """Of functions that write or check signed records, or read session tokens."""

    keyring_secret_id: str


class HttpSettings(Settings):
    """Of functions that answer HTTP."""

    origin_secret_id: str


class ArchiveSettings(Settings):
    """Of functions that read or write evidence packs."""

    evidence_bucket_name: str


class SignerSettings(Settings):
    """Of functions that sign, or hand out public keys: KMS keys, comma-separated; the first one signs, the others are
    retired.
    """

    evidence_key_ids: str


class MediaSettings(Settings):
    """Of the function that opens lectures."""

    media_key_secret_id: str


class RelaySettings(Settings):
    """Of the relay."""

    event_bus_name: str


@cache
def store() -> DynamoStore:
    """The tables."""
    settings = StoreSettings.load()
    return DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())


@cache
def keys() -> KeyRing:
    """The keys of records and tokens."""
    return KeyRing(json_secret(KeySettings.load().keyring_secret_id))


@cache
def watching() -> Context:
    """What the use cases of watching work with."""
    return Context(store(), keys(), SystemClock(), RandomIds(), events())


@cache
def events() -> EventFactory:
    """What makes playback's events."""
    return EventFactory("playback", SystemClock(), RandomIds())


@cache
def audit() -> AuditLog:
    """The audit log."""
    return AuditLog(SystemClock(), RandomIds())


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header that only our own origin sends."""
    return json_secret(HttpSettings.load().origin_secret_id)


@cache
def packs() -> S3Archive:
    """The evidence packs."""
    return S3Archive(boto3.client("s3"), ArchiveSettings.load().evidence_bucket_name)


@cache
def anchors() -> S3Archive:
    """The daily anchors, beside the packs."""
    return S3Archive(boto3.client("s3"), ArchiveSettings.load().evidence_bucket_name, ANCHORS)


@cache
def signer() -> "KmsSigner":
    """What signs packs and anchors."""
    # Imported here: the cryptography library has no place in the start of the function that answers beats.
    from services.playback.adapters.signer import KmsSigner

    client: Any = boto3.client("kms")  # its stubs spell out every request, which a narrow protocol cannot match
    return KmsSigner(client, SignerSettings.load().evidence_key_ids.split(","))


@cache
def media_signer() -> "CookieSigner":
    """What opens a lecture's folder at CloudFront."""
    from services.playback.adapters.media_signer import CookieSigner

    return CookieSigner(json_secret(MediaSettings.load().media_key_secret_id))


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
