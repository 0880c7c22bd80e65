"""Where adapters are chosen. Everything is made on first use and kept while the function lives.

What only some functions use is imported where it is made: neither S3 nor the cryptography library has a place in the
start of the function that answers beats.
"""

from functools import cache
from os import environ
from typing import TYPE_CHECKING, Any

import boto3

from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.secrets import json_secret
from services.kit.wiring.tables import store
from services.playback.app.context import (
    ArchiveContext,
    Context,
    EvidenceContext,
    MediaContext,
    RiskContext,
    StatementsContext,
    VerificationContext,
)

if TYPE_CHECKING:
    from services.kit.signing import KmsSigner
    from services.playback.adapters.archive import S3Archive


@cache
def context() -> Context:
    """Of watching, and of what decides who may."""
    return Context(store(), SystemClock(), RandomIds(), _events(), _keys())


@cache
def media() -> MediaContext:
    """Of opening lectures."""
    from services.playback.adapters.media_signer import CookieSigner

    signer = CookieSigner(json_secret(environ["MEDIA_KEY_SECRET_ID"]))
    return MediaContext(store(), SystemClock(), _keys(), signer)


@cache
def evidence() -> EvidenceContext:
    """Of handing packs and public keys out."""
    return EvidenceContext(signer(), packs())


def archive(documents: "S3Archive") -> ArchiveContext:
    """Of signing and keeping packs, or anchors."""
    return ArchiveContext(store(), SystemClock(), signer(), documents)


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
    """Of the operators' command."""
    return VerificationContext(store(), SystemClock(), _keys(), signer(), packs(), anchors())


@cache
def _keys() -> KeyRing:
    return KeyRing(json_secret(environ["KEYRING_SECRET_ID"]))


@cache
def _events() -> EventFactory:
    return EventFactory("playback", SystemClock(), RandomIds())


@cache
def packs() -> "S3Archive":
    """The evidence packs."""
    from services.playback.adapters.archive import PACKS

    return _archive(PACKS)


@cache
def anchors() -> "S3Archive":
    """The daily anchors, beside the packs."""
    from services.playback.adapters.archive import ANCHORS

    return _archive(ANCHORS)


def _archive(prefix: str) -> "S3Archive":
    from services.playback.adapters.archive import S3Archive

    return S3Archive(boto3.client("s3"), environ["EVIDENCE_BUCKET_NAME"], prefix)


@cache
def signer() -> "KmsSigner":
    """What signs packs and anchors: the first of the KMS keys; the others are retired."""
    from services.kit.signing import KmsSigner

    client: Any = boto3.client("kms")  # its stubs spell out every request, which a narrow protocol cannot match
    return KmsSigner(client, environ["EVIDENCE_KEY_IDS"].split(","))
