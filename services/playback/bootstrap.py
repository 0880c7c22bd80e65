"""Where adapters are chosen. Everything is made on first use and kept while the function lives.

What only some functions use is imported where it is made: neither S3 nor the cryptography library has a place in the
start of the function that answers beats.
"""

from functools import cache
from os import environ
from typing import TYPE_CHECKING

from services.kit.aws import client
from services.kit.clock import SystemClock
from services.kit.direct.values import secret
from services.kit.event_factory import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.secrets import json_secret
from services.kit.wiring.tables import store
from services.playback.app.context import (
    ArchiveContext,
    Context,
    EvidenceContext,
    HeadsContext,
    LogContext,
    MediaContext,
    ProofContext,
    RiskContext,
    StatementsContext,
    VerificationContext,
)

if TYPE_CHECKING:
    from services.kit.signing import KmsSigner
    from services.playback.adapters.archive import S3Archive
    from services.playback.adapters.log_files import S3LogFiles
    from services.playback.app.canary.walk_site import CanaryContext
    from services.playback.app.log.check_log import LogView


@cache
def context() -> Context:
    """Of watching, and of what decides who may."""
    return Context(store(), SystemClock(), RandomIds(), _events(), _keys())


@cache
def media() -> MediaContext:
    """Of opening lectures."""
    from services.playback.adapters.media_signer import CookieSigner

    signer = CookieSigner(json_secret(secret(environ["MEDIA_KEY_SECRET_ID"])))
    return MediaContext(store(), SystemClock(), _keys(), signer)


@cache
def evidence() -> EvidenceContext:
    """Of handing packs and public keys out."""
    return EvidenceContext(signer(), packs())


@cache
def proofs() -> ProofContext:
    """Of proving what is in the log."""
    from services.playback.adapters.log_policy import log_policy_text

    return ProofContext(store(), log_files(), log_policy_text(environ["LOG_POLICY_PARAMETER"]))


@cache
def log() -> LogContext:
    """Of the log's writer."""
    from services.kit.signing import KmsEd25519
    from services.playback.adapters.http_witnesses import HttpWitnesses
    from services.playback.adapters.log_policy import log_policy

    key = KmsEd25519(client("kms"), environ["LOG_KEY_ID"])
    policy = log_policy(environ["LOG_POLICY_PARAMETER"])
    return LogContext(store(), SystemClock(), log_files(), key, key.public, policy, HttpWitnesses())


@cache
def archive() -> ArchiveContext:
    """Of signing and keeping packs."""
    return ArchiveContext(store(), SystemClock(), signer(), packs())


@cache
def heads() -> HeadsContext:
    """Of putting each day's heads into the archive."""
    return HeadsContext(store(), SystemClock(), kept_heads())


@cache
def risk() -> RiskContext:
    """Of noticing and reviewing what is worth a look."""
    from services.kit.audit import AuditLog

    return RiskContext(store(), SystemClock(), _events(), AuditLog(SystemClock(), RandomIds()), packs())


@cache
def statements() -> StatementsContext:
    """Of telling others of completed watches."""
    return StatementsContext(store(), packs())


@cache
def verification() -> VerificationContext:
    """Of checking what is recorded."""
    return VerificationContext(store(), SystemClock(), _keys(), packs(), kept_heads(), _log_view)


@cache
def canary() -> "CanaryContext":
    """Of walking through the site."""
    from services.kit.public_url import public_url
    from services.playback.adapters.http_site import HttpSite
    from services.playback.app.canary.walk_site import CanaryContext

    account = json_secret(secret(environ["CANARY_SECRET_ID"]))
    site = HttpSite(public_url(environ["PUBLIC_URL_PARAMETER"]))
    return CanaryContext(site, lambda: account(False), SystemClock(), RandomIds())


def _log_view() -> "LogView | None":
    from services.playback.adapters.log_policy import PolicyUnset, log_policy
    from services.playback.app.log.check_log import view_log

    try:
        return view_log(log_files(), log_policy(environ["LOG_POLICY_PARAMETER"])())
    except PolicyUnset:
        return None


@cache
def _keys() -> KeyRing:
    return KeyRing(json_secret(secret(environ["KEYRING_SECRET_ID"])))


@cache
def _events() -> EventFactory:
    return EventFactory("playback", SystemClock(), RandomIds())


@cache
def packs() -> "S3Archive":
    """The evidence packs."""
    from services.playback.adapters.archive import PACKS

    return _archive(PACKS)


@cache
def kept_heads() -> "S3Archive":
    """Each day's heads, beside the packs."""
    from services.playback.adapters.archive import HEADS

    return _archive(HEADS)


def _archive(prefix: str) -> "S3Archive":
    from services.playback.adapters.archive import S3Archive

    return S3Archive(client("s3"), environ["EVIDENCE_BUCKET_NAME"], prefix)


@cache
def log_files() -> "S3LogFiles":
    """The log as everybody reads it."""
    from services.playback.adapters.log_files import S3LogFiles

    return S3LogFiles(client("s3"), environ["LOG_BUCKET_NAME"])


@cache
def signer() -> "KmsSigner":
    """What signs packs: the first of the KMS keys; the others are retired."""
    from services.kit.signing import KmsSigner

    return KmsSigner(client("kms"), environ["EVIDENCE_KEY_IDS"].split(","))
