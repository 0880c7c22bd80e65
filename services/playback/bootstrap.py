"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3

from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore
from services.playback.adapters.archive import ANCHORS, S3Archive
from services.playback.app.context import Context
from services.playback.app.grant_media import grant_media

if TYPE_CHECKING:
    from services.playback.adapters.signer import KmsSigner


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class WatchingSettings(StoreSettings):
    """Of functions that write signed records."""

    keyring_secret_id: str


class HttpSettings(WatchingSettings):
    """Of the player's function."""

    origin_secret_id: str


class EvidenceSettings(Settings):
    """Of the function that hands out evidence packs.

    `evidence_key_ids`: KMS keys, comma-separated; the first one signs, the others are retired.
    """

    evidence_bucket_name: str
    evidence_key_ids: str
    origin_secret_id: str


class ArchiveSettings(StoreSettings):
    """Of the functions that sign what goes into the archive."""

    evidence_bucket_name: str
    evidence_key_ids: str


class PackSettings(StoreSettings):
    """Of functions that read packs and what belongs to them: the reviewers', and that of statements."""

    evidence_bucket_name: str
    origin_secret_id: str


class VerifySettings(ArchiveSettings):
    """Of the operator's command."""

    keyring_secret_id: str


class MediaSettings(StoreSettings):
    """Of the function that opens lectures."""

    keyring_secret_id: str
    media_key_secret_id: str
    origin_secret_id: str


class RelaySettings(Settings):
    """Of the relay."""

    event_bus_name: str


@dataclass(frozen=True)
class Verifying:
    """What an operator checks the signed records with."""

    store: DynamoStore
    keys: KeyRing
    packs: S3Archive
    anchors: S3Archive
    signer: "KmsSigner"
    clock: SystemClock


@cache
def http_api() -> HttpApi:
    """The player's routes on the real adapters."""
    from services.playback.handlers.http import build_api

    return build_api(watching(), json_secret(HttpSettings.load().origin_secret_id))


@cache
def watching() -> Context:
    """What the use cases of watching work with."""
    settings = WatchingSettings.load()
    clock, ids = SystemClock(), RandomIds()
    store = DynamoStore(settings.table_name, settings.outbox_table_name, clock)
    keys = KeyRing(json_secret(settings.keyring_secret_id))
    return Context(store, keys, clock, ids, EventFactory("playback", clock, ids))


@cache
def media_api() -> HttpApi:
    """The route that opens a lecture to its live session."""
    from services.playback.adapters.media_signer import CookieSigner
    from services.playback.handlers.media import build_api

    settings = MediaSettings.load()
    clock = SystemClock()
    tables = DynamoStore(settings.table_name, settings.outbox_table_name, clock)
    keys = KeyRing(json_secret(settings.keyring_secret_id))
    signer = CookieSigner(json_secret(settings.media_key_secret_id))
    grant = partial(grant_media, tables, keys, clock, signer)
    return build_api(grant, json_secret(settings.origin_secret_id))


@cache
def verifying() -> Verifying:
    """What an operator checks the signed records with."""
    settings = VerifySettings.load()
    store, signer, packs, clock, _ = archiving()
    keys = KeyRing(json_secret(settings.keyring_secret_id))
    return Verifying(store, keys, packs, _anchors(settings.evidence_bucket_name), signer, clock)


@cache
def anchoring() -> tuple[DynamoStore, "KmsSigner", S3Archive, SystemClock]:
    """Where grown chains are found, and what anchors are signed by and kept in."""
    store, signer, _, clock, _ = archiving()
    return store, signer, _anchors(ArchiveSettings.load().evidence_bucket_name), clock


def _anchors(bucket: str) -> S3Archive:
    return S3Archive(boto3.client("s3"), bucket, ANCHORS)


@cache
def evidence_api() -> HttpApi:
    """The routes of evidence packs and public keys."""
    from services.playback.handlers.evidence import build_api

    settings = EvidenceSettings.load()
    archive = S3Archive(boto3.client("s3"), settings.evidence_bucket_name)
    return build_api(_signer(settings.evidence_key_ids), archive, json_secret(settings.origin_secret_id))


@cache
def archiving() -> tuple[DynamoStore, "KmsSigner", S3Archive, SystemClock, EventFactory]:
    """What an evidence pack is made from, signed by and kept in, and what tells of its signals."""
    settings = ArchiveSettings.load()
    clock = SystemClock()
    archive = S3Archive(boto3.client("s3"), settings.evidence_bucket_name)
    tables = DynamoStore(settings.table_name, settings.outbox_table_name, clock)
    return tables, _signer(settings.evidence_key_ids), archive, clock, EventFactory("playback", clock, RandomIds())


@cache
def risk_api() -> HttpApi:
    """The reviewers' routes."""
    from services.playback.handlers.risk import build_api

    settings = PackSettings.load()
    clock = SystemClock()
    tables = DynamoStore(settings.table_name, settings.outbox_table_name, clock)
    archive = S3Archive(boto3.client("s3"), settings.evidence_bucket_name)
    return build_api(tables, archive, clock, AuditLog(clock, RandomIds()), json_secret(settings.origin_secret_id))


@cache
def statements_api() -> HttpApi:
    """The routes of xAPI statements."""
    from services.playback.handlers.statements import build_api

    settings = PackSettings.load()
    archive = S3Archive(boto3.client("s3"), settings.evidence_bucket_name)
    tables = DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())
    return build_api(tables, archive, json_secret(settings.origin_secret_id))


def _signer(key_ids: str) -> "KmsSigner":
    # Imported here: the cryptography library has no place in the start of the function that answers beats.
    from services.playback.adapters.signer import KmsSigner

    client: Any = boto3.client("kms")  # its stubs spell out every request, which a narrow protocol cannot match
    return KmsSigner(client, key_ids.split(","))


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
