"""Revocations as W3C Bitstring Status Lists, one for each day of issue: which places are revoked, and nothing else."""

import gzip
from collections.abc import Iterable
from datetime import date
from typing import Any

from services.credits.app.attestations.items import status_list_pk
from services.credits.app.attestations.read_attestations import list_attestations
from services.credits.app.badges.items import REVOKED, RevokedPlace, revoked_key
from services.credits.app.badges.open_badge import VC_CONTEXT, instant_text, issuer_id, status_list_url
from services.credits.app.context import Context
from services.credits.domain.attestations import STATUS_LIST_LENGTH, Attestation
from services.credits.domain.ids import LearnerId
from services.credits.domain.review import Standing
from services.kit import base64url
from services.kit.days import start_of
from services.kit.store import Store, commit_retrying, put_once


def publish_revocations(ctx: Context, learner_id: LearnerId) -> None:
    """Marks those of a learner's certificates that the ledger no longer stands behind. Safe to repeat.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    for issued in list_attestations(ctx.store, learner_id):
        if issued.standing is Standing.VOID:
            _mark(ctx, issued.attestation)


def status_list(store: Store, day: date, public_url: str) -> dict[str, Any]:
    """The claims of the status list of certificates issued on a day; the same ones until another is revoked."""
    found = [stored.value for stored in store.query(status_list_pk(day), REVOKED, RevokedPlace)]
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


def _mark(ctx: Context, attestation: Attestation) -> None:
    key = revoked_key(attestation.status_list, attestation.status_index)
    revoked = RevokedPlace(attestation.status_index, ctx.clock.now())
    commit_retrying(ctx.store, lambda: (put_once(ctx.store, key, revoked), None))
