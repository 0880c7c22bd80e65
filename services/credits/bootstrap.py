"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.cognito_users import CognitoUsers
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.adapters.ses_post import SesPost
from services.credits.adapters.stored_names import StoredNames
from services.credits.app.context import Context, context
from services.credits.app.documents.attestations import Issuing
from services.credits.app.documents.records import Records
from services.credits.app.documents.records import records as made_records
from services.credits.app.documents.transcript_pdf import Transcripts
from services.credits.app.erase_person import Erasing
from services.credits.app.notices.deadlines import Reminding
from services.credits.app.notices.inbox import Telling
from services.credits.app.notices.mail_notice import Mailing
from services.credits.app.ports import Draw
from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.ids import RandomIds
from services.kit.jose import Signer
from services.kit.keyring import KeyRing
from services.kit.objects import S3Objects
from services.kit.public_url import PublicUrl, public_url
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


class LinkSettings(Settings):
    """Of functions that write links."""

    public_url_parameter: str


class BadgeSettings(Settings):
    """Of the function that signs: KMS keys, comma-separated; the first one signs, the others are retired."""

    badge_key_ids: str


class MailSettings(Settings):
    """Of the function that sends e-mail."""

    mail_sender: str


class ErasureSettings(Settings):
    """Of the function that deletes users."""

    user_pool_id: str


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
    return context(store(), SystemClock(), RandomIds(), keys, load_rules(), load_profile_policy())


@cache
def records() -> Records:
    """What hands the records out."""
    # Buckets made since 2020 take links of this version only.
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    objects = S3Objects(client, RecordsSettings.load().records_bucket_name)
    return made_records(store(), SystemClock(), RandomIds(), objects)


@cache
def telling() -> Telling:
    """What telling learners works with."""
    clock = SystemClock()
    return Telling(store(), clock, EventFactory("credits", clock, RandomIds()))


@cache
def reminding() -> Reminding:
    """What reminding works with."""
    clock = SystemClock()
    return Reminding(store(), clock, load_rules(), EventFactory("credits", clock, RandomIds()))


@cache
def mailing() -> Mailing:
    """What e-mail is sent with."""
    settings = MailSettings.load()
    client: Any = boto3.client("sesv2")  # its stubs spell out every request, which a narrow protocol cannot match
    post = SesPost(client, settings.mail_sender)
    return Mailing(store(), SystemClock(), post, link())


@cache
def erasing() -> Erasing:
    """What the rest of an erasure works with."""
    users = CognitoUsers(boto3.client("cognito-idp"), ErasureSettings.load().user_pool_id)
    return Erasing(store(), SystemClock(), users)


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header that only our own origin sends."""
    return json_secret(HttpSettings.load().origin_secret_id)


@cache
def link() -> PublicUrl:
    """Where the public reaches us."""
    return public_url(LinkSettings.load().public_url_parameter)


@cache
def issuing() -> Issuing:
    """What certificates of completion are issued and drawn with."""
    return Issuing(store(), SystemClock(), RandomCodes(), StoredNames(store()), _draw(), link())


@cache
def transcripts() -> Transcripts:
    """What transcripts are drawn with."""
    clock = SystemClock()
    return Transcripts(store(), clock, StoredNames(store()), load_rules(), _draw(), AuditLog(clock, RandomIds()))


@cache
def _draw() -> Draw:
    # Imported here: one function only carries fonts and Typst.
    from services.credits.adapters.typesetter import Typesetter

    return Typesetter().draw


@cache
def signer() -> Signer:
    """What signs credentials."""
    # Imported here: other functions need no `cryptography`.
    from services.kit.signing import KmsSigner

    client: Any = boto3.client("kms")  # as SES above
    return KmsSigner(client, BadgeSettings.load().badge_key_ids.split(","))


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
