"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from collections.abc import Callable, Mapping
from functools import cache

import boto3
from botocore.config import Config

from services.catalog.adapters.course_scan import CourseScan
from services.catalog.adapters.media_bucket import S3MediaBucket
from services.catalog.app.enquiries import Enquiries
from services.catalog.app.moderate_reviews import ModerateReviews
from services.catalog.app.publish_course import Publisher
from services.catalog.app.upload_media import UploadMedia
from services.catalog.app.withdraw_course import Withdrawer
from services.catalog.app.write_review import WriteReview
from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.ids import RandomIds
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class HttpSettings(Settings):
    """Of functions that answer HTTP."""

    origin_secret_id: str


class MediaSettings(Settings):
    """Of the editors' function."""

    media_bucket_name: str


class RelaySettings(Settings):
    """Of the relay."""

    event_bus_name: str


@cache
def store() -> DynamoStore:
    """The tables."""
    settings = StoreSettings.load()
    return DynamoStore(settings.table_name, settings.outbox_table_name, SystemClock())


@cache
def search() -> CourseScan:
    """What finds courses."""
    return CourseScan(store(), SystemClock())


@cache
def media_bucket() -> S3MediaBucket:
    """The lectures' files."""
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    return S3MediaBucket(client, MediaSettings.load().media_bucket_name)


@cache
def audit() -> AuditLog:
    """The audit log."""
    return AuditLog(SystemClock(), RandomIds())


@cache
def uploads() -> UploadMedia:
    """What lets editors upload."""
    return UploadMedia(store(), media_bucket(), audit())


@cache
def publisher() -> Publisher:
    """What publishes."""
    return Publisher(store(), media_bucket(), _events(), audit(), SystemClock())


@cache
def withdrawer() -> Withdrawer:
    """What withdraws."""
    return Withdrawer(store(), _events(), audit(), SystemClock())


@cache
def reviews() -> WriteReview:
    """What learners do with reviews."""
    return WriteReview(store(), SystemClock(), RandomIds())


@cache
def moderation() -> ModerateReviews:
    """What moderators do with reviews."""
    return ModerateReviews(store(), SystemClock(), audit())


@cache
def enquiries() -> Enquiries:
    """Both sides of enquiries."""
    return Enquiries(store(), SystemClock(), RandomIds(), audit())


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header that only our own origin sends."""
    return json_secret(HttpSettings.load().origin_secret_id)


def _events() -> EventFactory:
    return EventFactory("catalog", SystemClock(), RandomIds())


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
