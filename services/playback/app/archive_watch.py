"""Making the evidence pack of a completed watch, and handing it out."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any, Protocol

from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.store import Change, Put, Store, Stored
from services.playback.app.context import attempt_key, leg_key
from services.playback.app.problems import EVIDENCE_NOT_FOUND
from services.playback.domain.evidence import evidence_pack, legs_of
from services.playback.domain.legs import Leg
from services.playback.domain.policy import policy
from services.playback.domain.watch import Attempt
from services.playback.events.published import WatchCompleted

HOT_RETENTION = timedelta(days=180)
"""How long legs stay in the table once their pack is kept; afterwards the pack is the record."""

AS_WRITTEN = 1
EXPIRED_AT_ONCE = 50


class NotKept(Exception):
    """The archive does not hold what was to be put there; the hot legs stay."""


class Signer(Protocol):
    """Signs with an asymmetric key that never leaves its keeper."""

    def sign(self, payload: bytes) -> dict[str, str]:
        """A JWS in flattened JSON form (RFC 7515): `payload`, `protected` and `signature`, ES256."""

    def public_keys(self) -> list[dict[str, str]]:
        """The public keys as JWKs, the signing one first, then the retired ones."""


class EvidenceArchive(Protocol):
    """Keeps packs for five years; what was put once cannot be changed."""

    def put(self, watch_id: str, pack: bytes) -> None:
        """Keeps a pack, its checksum confirmed by the archive. Putting a watch's pack again changes nothing."""

    def get(self, watch_id: str) -> bytes | None:
        """A kept pack, its checksum verified on the way; None where there is none."""


def archive_watch(store: Store, signer: Signer, archive: EvidenceArchive, clock: Clock, event: Envelope) -> None:
    """Builds, signs and keeps the pack of the watch that an event says is complete; then lets its hot legs age out.

    Safe to repeat after a crash anywhere: the archive keeps the first pack, and a complete watch gets no more legs.

    Raises:
        LookupError: no such watch is complete here.
        NotKept: the archive does not hold every leg.
    """
    data = WatchCompleted.model_validate(event.data)
    stored = store.get(attempt_key(data.learner_id, data.course_id, data.attempt), Attempt)
    if stored is None or stored.value.watch_id != data.watch_id or stored.value.completed_at is None:
        raise LookupError(f"watch {data.watch_id} is not complete here")
    legs = store.query(leg_key(data.watch_id, 0).pk, "LEG#", Leg)
    if archive.get(data.watch_id) is None:
        pack = evidence_pack(stored.value, [leg.value for leg in legs], policy(stored.value.policy_id))
        archive.put(data.watch_id, as_text(signer.sign(as_text(pack))))
    _confirm(archive, data.watch_id, [leg.value for leg in legs])
    _let_expire(store, legs, int((clock.now() + HOT_RETENTION).timestamp()))


def _confirm(archive: EvidenceArchive, watch_id: str, legs: list[Leg]) -> None:
    """Reads back what is kept: no leg may age out that is not in it as it is here. Raises NotKept."""
    pack = kept_pack(archive, watch_id)
    kept = legs_of(pack) if pack else []
    missing = [leg.facts.number for leg in legs if leg not in kept]
    if missing:
        raise NotKept(f"legs {missing} of watch {watch_id} are not in its pack")


def read_evidence(archive: EvidenceArchive, principal: Principal, watch_id: str) -> dict[str, Any]:
    """A signed pack, for the learner it is about and for auditors.

    Raises:
        Problem: EVIDENCE_NOT_FOUND; the same to whom it does not concern, so that ids cannot be tried out.
    """
    text = archive.get(watch_id)
    if text is None:
        raise EVIDENCE_NOT_FOUND.problem()
    signed: dict[str, Any] = json.loads(text)
    if Role.AUDITOR not in principal.roles and pack_of(signed)["watch"]["learner_id"] != principal.id:
        raise EVIDENCE_NOT_FOUND.problem()
    return signed


def kept_pack(archive: EvidenceArchive, watch_id: str) -> dict[str, Any] | None:
    """The pack that the archive keeps of a watch; None where there is none."""
    text = archive.get(watch_id)
    return pack_of(json.loads(text)) if text else None


def pack_of(signed: dict[str, Any]) -> dict[str, Any]:
    """The pack inside a flattened JWS; its signature is not checked here."""
    payload = signed["payload"]
    pack: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return pack


def _let_expire(store: Store, legs: list[Stored[Leg]], expires_at: int) -> None:
    fresh = [leg for leg in legs if leg.version == AS_WRITTEN]
    for start in range(0, len(fresh), EXPIRED_AT_ONCE):
        batch = fresh[start : start + EXPIRED_AT_ONCE]
        store.commit(Change([Put(leg.key, leg.value, after=leg.version, expires_at=expires_at) for leg in batch]))


def as_text(value: dict[str, Any]) -> bytes:
    """JSON, the same for the same values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
