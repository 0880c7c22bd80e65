"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from functools import cache
from os import environ
from typing import Any

from botocore.config import Config

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.cognito_directory import CognitoDirectory
from services.credits.adapters.cognito_pool import CognitoPool
from services.credits.adapters.cognito_users import CognitoUsers
from services.credits.adapters.elsewhere_directory import ElsewhereDirectory
from services.credits.adapters.elsewhere_users import ElsewhereUsers
from services.credits.adapters.keyed_hash import KeyedHash
from services.credits.adapters.kms_seal import KmsSeal
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.adapters.s3_pictures import S3Pictures
from services.credits.adapters.ses_post import SesPost
from services.credits.adapters.sms import Account, Mailbox
from services.credits.adapters.tickets import Tickets
from services.credits.adapters.wechat_oauth import WeChatOAuth
from services.credits.app.context import (
    AccessContext,
    BadgesContext,
    CodesContext,
    Context,
    DevicesContext,
    DocumentsContext,
    ErasureContext,
    LedgerContext,
    MailContext,
    PeopleContext,
    Ports,
    PushContext,
    RecordsContext,
    RulesContext,
    ports,
)
from services.credits.app.ports import Messages, Post
from services.kit.aws import client
from services.kit.clock import SystemClock
from services.kit.direct.values import secret
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import S3Objects
from services.kit.public_url import PublicUrl, public_url
from services.kit.secrets import json_secret
from services.kit.wiring.tables import store


@cache
def context() -> Context:
    """Of what needs the tables alone."""
    return Context(*_ports())


@cache
def ledger() -> LedgerContext:
    """Of what adds entries or checks them."""
    keys = KeyRing(json_secret(secret(environ["KEYRING_SECRET_ID"])))
    return LedgerContext(*_ports(), load_rules(), keys, load_profile_policy())


@cache
def records() -> RecordsContext:
    """Of what hands the records out."""
    return RecordsContext(*_ports(), load_rules(), S3Objects(_s3(), environ["RECORDS_BUCKET_NAME"]))


@cache
def notices() -> RulesContext:
    """Of what tells and reminds learners."""
    return RulesContext(*_ports(), load_rules())


@cache
def mail() -> MailContext:
    """Of what sends e-mail."""
    return MailContext(*_ports(), SesPost(client("sesv2"), environ["MAIL_SENDER"]), _link())


@cache
def devices() -> DevicesContext:
    """Of what keeps devices."""
    # Imported here: other functions need no `cryptography`.
    from services.credits.adapters.web_push import PushKeys

    return DevicesContext(*_ports(), PushKeys(json_secret(secret(environ["PUSH_SECRET_ID"]))))


@cache
def push() -> PushContext:
    """Of what tells devices."""
    from services.credits.adapters.web_push import PushKeys, WebPusher

    keys = PushKeys(json_secret(secret(environ["PUSH_SECRET_ID"])))
    return PushContext(*_ports(), WebPusher(keys, environ["PUSH_CONTACT"]))


@cache
def erasure() -> ErasureContext:
    """Of the rest of an erasure."""
    # Another issuer's accounts are deleted there, by whoever runs it (docs/deployment.md).
    pool = environ.get("USER_POOL_ID")
    users = CognitoUsers(client("cognito-idp"), pool) if pool else ElsewhereUsers()
    return ErasureContext(*_ports(), users, _pictures())


@cache
def people() -> PeopleContext:
    """Of what finds learners and shows what they sent as proof."""
    keys, pool = KeyRing(json_secret(secret(environ["KEYRING_SECRET_ID"]))), environ.get("USER_POOL_ID")
    directory = CognitoDirectory(client("cognito-idp"), pool) if pool else ElsewhereDirectory()
    return PeopleContext(*_ports(), load_rules(), keys, load_profile_policy(), directory, _pictures())


@cache
def access() -> AccessContext:
    """Of second factors, sign-ins and what people sign in with."""
    pool = CognitoPool(client("cognito-idp"), environ["USER_POOL_ID"], environ["USER_POOL_CLIENT_ID"])
    tickets = Tickets(json_secret(secret(environ["TICKETS_SECRET_ID"])), SystemClock())
    apps = environ.get("WECHAT_SECRET_ID")
    return AccessContext(
        *_ports(),
        pool,
        KmsSeal(client("kms"), environ["SIGN_IN_KEY_ID"]),
        RandomCodes(),
        _fingerprints(),
        tickets,
        WeChatOAuth(json_secret(secret(apps)), _link()) if apps else None,
    )


@cache
def codes() -> CodesContext:
    """Of what sends codes."""
    post = SesPost(client("sesv2"), environ["MAIL_SENDER"])
    countries = tuple(environ.get("SMS_COUNTRIES", "").split())
    return CodesContext(*_ports(), RandomCodes(), _fingerprints(), post, _messages(post), countries)


@cache
def documents() -> DocumentsContext:
    """Of what issues and draws documents."""
    # Imported here: one function only carries fonts and Typst.
    from services.credits.adapters.typesetter import Typesetter

    return DocumentsContext(*_ports(), load_rules(), RandomCodes(), Typesetter().draw, _link())


@cache
def badges() -> BadgesContext:
    """Of what signs credentials: the first of the KMS keys; the others are retired."""
    # Imported here: other functions need no `cryptography`.
    from services.kit.signing import KmsSigner

    return BadgesContext(*_ports(), KmsSigner(client("kms"), environ["BADGE_KEY_IDS"].split(",")), _link())


def _pictures() -> S3Pictures:
    return S3Pictures(_s3(), environ["PICTURES_BUCKET_NAME"])


def _s3() -> Any:
    # Buckets made since 2020 take links of this version only; and pages may connect to the region's own address, which
    # signed forms and links have in this style alone.
    return client("s3", Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


def _ports() -> Ports:
    return ports(store(), SystemClock(), RandomIds())


def _messages(post: Post) -> Messages | None:
    """What the stage sends short messages by, if by anything."""
    provider = environ.get("SMS_PROVIDER")
    if provider in (None, "mailbox"):
        return Mailbox(post) if provider else None
    return Account(str(provider), json_secret(secret(environ["SMS_SECRET_ID"])))


def _fingerprints() -> KeyedHash:
    return KeyedHash(json_secret(secret(environ["IDENTITIES_SECRET_ID"])))


def _link() -> PublicUrl:
    return public_url(environ["PUBLIC_URL_PARAMETER"])
