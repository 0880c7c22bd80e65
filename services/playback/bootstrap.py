"""Where adapters are chosen. Everything is made on first use and kept while the function lives.

What only some functions use is imported where it is made: neither S3 nor the cryptography library has a place in the
start of the function that answers beats.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.secrets import json_secret
from services.kit.settings import Settings
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


class KeySettings(Settings):
    """Of functions that write or check signed records, or read session tokens."""

    keyring_secret_id: str


class ArchiveSettings(Settings):
    """Of functions that read or write evidence packs."""

    evidence_bucket_name: str


class SignerSettings(Settings):
    """Of functions that sign, or hand out public keys: KMS keys, comma-separated; the first one signs, the others are
    retired.
    """

    evidence_key_ids: str


class LogFilesSettings(Settings):
    """Of functions that read or write the log's files."""

    log_bucket_name: str


class LogSettings(Settings):
    """Of the log's writer."""

    log_key_id: str
    log_policy_parameter: str


class MediaSettings(Settings):
    """Of the function that opens lectures."""

    media_key_secret_id: str


@cache
def context() -> Context:
    """Of watching, and of what decides who may."""
    return Context(store(), SystemClock(), RandomIds(), _events(), _keys())


@cache
def media() -> MediaContext:
    """Of opening lectures."""
    from services.playback.adapters.media_signer import CookieSigner

    signer = CookieSigner(json_secret(MediaSettings.load().media_key_secret_id))
    return MediaContext(store(), SystemClock(), _keys(), signer)


@cache
def evidence() -> EvidenceContext:
    """Of handing packs and public keys out."""
    return EvidenceContext(signer(), packs())


@cache
def proofs() -> ProofContext:
    """Of proving what is in the log."""
    return ProofContext(store(), log_files())


@cache
def log() -> LogContext:
    """Of the log's writer."""
    from services.kit.signing import KmsEd25519
    from services.playback.adapters.http_witnesses import HttpWitnesses
    from services.playback.adapters.log_policy import log_policy

    settings, client = LogSettings.load(), _kms()
    key = KmsEd25519(client, settings.log_key_id)
    policy = log_policy(settings.log_policy_parameter)
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
    return VerificationContext(store(), SystemClock(), _keys(), packs(), kept_heads())


@cache
def _keys() -> KeyRing:
    return KeyRing(json_secret(KeySettings.load().keyring_secret_id))


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

    return S3Archive(boto3.client("s3"), ArchiveSettings.load().evidence_bucket_name, prefix)


@cache
def log_files() -> "S3LogFiles":
    """The log as everybody reads it."""
    from services.playback.adapters.log_files import S3LogFiles

    return S3LogFiles(boto3.client("s3"), LogFilesSettings.load().log_bucket_name)


@cache
def signer() -> "KmsSigner":
    """What signs packs."""
    from services.kit.signing import KmsSigner

    return KmsSigner(_kms(), SignerSettings.load().evidence_key_ids.split(","))


def _kms() -> Any:
    # Its stubs spell out every request, which a narrow protocol cannot match.
    return boto3.client("kms")
