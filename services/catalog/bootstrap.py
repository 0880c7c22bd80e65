"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from functools import cache

import boto3
from botocore.config import Config

from services.catalog.adapters.course_scan import CourseScan
from services.catalog.adapters.media_bucket import S3MediaBucket
from services.catalog.app.enquiries import Enquiries
from services.catalog.app.moderate_reviews import ModerateReviews
from services.catalog.app.publish_course import Publisher
from services.catalog.app.read_courses import ReadCourses
from services.catalog.app.upload_media import UploadMedia
from services.catalog.app.withdraw_course import Withdrawer
from services.catalog.app.write_review import WriteReview
from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.relay import EventsClient
from services.kit.secrets import json_secret
from services.kit.settings import Settings
from services.kit.store.dynamodb import DynamoStore


class StoreSettings(Settings):
    """Of functions that keep state."""

    table_name: str
    outbox_table_name: str


class HttpSettings(StoreSettings):
    """Of functions that answer HTTP."""

    origin_secret_id: str


class EditorSettings(HttpSettings):
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
def http_api() -> HttpApi:
    """The readers' routes on the real adapters."""
    from services.catalog.handlers.http import build_api

    search = CourseScan(store(), SystemClock())
    return build_api(ReadCourses(store()), search, json_secret(HttpSettings.load().origin_secret_id))


@cache
def editor_api() -> HttpApi:
    """The editors' routes on the real adapters."""
    from services.catalog.handlers.editor import build_api

    settings = EditorSettings.load()
    clock, ids = SystemClock(), RandomIds()
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    bucket, audit = S3MediaBucket(client, settings.media_bucket_name), AuditLog(clock, ids)
    events = EventFactory("catalog", clock, ids)
    publisher, withdrawer = Publisher(store(), bucket, events, audit, clock), Withdrawer(store(), events, audit, clock)
    uploads = UploadMedia(store(), bucket, audit)
    return build_api(ReadCourses(store()), uploads, publisher, withdrawer, json_secret(settings.origin_secret_id))


@cache
def reviews_api() -> HttpApi:
    """The routes about reviews on the real adapters."""
    from services.catalog.handlers.reviews import build_api

    clock, ids = SystemClock(), RandomIds()
    moderation = ModerateReviews(store(), clock, AuditLog(clock, ids))
    return build_api(WriteReview(store(), clock, ids), moderation, json_secret(HttpSettings.load().origin_secret_id))


@cache
def enquiries_api() -> HttpApi:
    """The routes about enquiries on the real adapters."""
    from services.catalog.handlers.enquiries import build_api

    clock, ids = SystemClock(), RandomIds()
    enquiries = Enquiries(store(), clock, ids, AuditLog(clock, ids))
    return build_api(enquiries, json_secret(HttpSettings.load().origin_secret_id))


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
