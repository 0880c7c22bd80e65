"""Revocations as W3C Bitstring Status Lists, one for each day of issue: which places are revoked, and nothing else."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.credits.app.documents.attestations import list_attestations
from services.credits.app.documents.keys import REVOKED, revoked_key, status_list_pk
from services.credits.app.documents.open_badge import VC_CONTEXT, instant_text, issuer_id, status_list_url
from services.credits.domain.attestations import STATUS_LIST_LENGTH, Attestation
from services.credits.domain.review import Standing
from services.kit import base64url
from services.kit.clock import Clock
from services.kit.days import start_of
from services.kit.store import Change, Put, Store, commit_retrying


@dataclass(frozen=True)
class Revocation:
    """A revoked certificate's place, and since when it is published."""

    index: int
    at: datetime


def publish_revocations(store: Store, clock: Clock, learner_id: str) -> None:
    """Marks those of a learner's certificates that the ledger no longer stands behind. Safe to repeat.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    for issued in list_attestations(store, learner_id):
        if issued.standing is Standing.VOID:
            _mark(store, clock, issued.attestation)


def status_list(store: Store, day: date, public_url: str) -> dict[str, Any]:
    """The claims of the status list of certificates issued on a day; the same ones until another is revoked."""
    found = [stored.value for stored in store.query(status_list_pk(day), REVOKED, Revocation)]
    id_ = status_list_url(public_url, day.isoformat())
    start = start_of(day)
    return {
        "@context": [VC_CONTEXT],
        "id": id_,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id(public_url),
        "validFrom": instant_text(start),
        "credentialSubject": {
            "id": f"{id_}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list(revocation.index for revocation in found),
        },
        "iss": issuer_id(public_url),
        "jti": id_,
        "nbf": int(start.timestamp()),
    }


def encoded_list(indexes: Iterable[int]) -> str:
    """A bitstring with these bits set, the first one leftmost: compressed, base64url, with multibase's prefix."""
    bits = bytearray(STATUS_LIST_LENGTH // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64url.encode(gzip.compress(bytes(bits), mtime=0))


def _mark(store: Store, clock: Clock, attestation: Attestation) -> None:
    key = revoked_key(attestation.status_list, attestation.status_index)

    def plan() -> tuple[Change, None]:
        if store.get(key, Revocation) is not None:
            return Change(), None
        return Change([Put(key, Revocation(attestation.status_index, clock.now()))]), None

    commit_retrying(store, plan)
