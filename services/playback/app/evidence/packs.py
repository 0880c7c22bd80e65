"""Packs as they are kept."""

import json
from typing import Any

from services.kit.heads import digest_of
from services.kit.jose import Signer, compact_text, flattened, payload_of
from services.kit.store import Store
from services.playback.app.ports import Archive
from services.playback.app.watching.watches import read_legs
from services.playback.domain.evidence import legs_of
from services.playback.domain.ids import WatchId
from services.playback.domain.legs import Leg


def kept_signed(packs: Archive, watch_id: WatchId) -> dict[str, Any] | None:
    """The signed pack that the archive keeps of a watch; None where there is none."""
    text = packs.get(watch_id)
    signed: dict[str, Any] | None = json.loads(text) if text else None
    return signed


def kept_pack(packs: Archive, watch_id: WatchId) -> dict[str, Any] | None:
    """What the pack says that the archive keeps of a watch; None where there is none."""
    signed = kept_signed(packs, watch_id)
    return content_of(signed) if signed else None


def recorded_legs(store: Store, packs: Archive, watch_id: WatchId) -> list[Leg]:
    """From the pack, which is the record; from the table while the pack is being made. Legs of a table age out."""
    pack = kept_pack(packs, watch_id)
    return legs_of(pack) if pack else [stored.value for stored in read_legs(store, watch_id)]


def content_of(signed: dict[str, Any]) -> dict[str, Any]:
    """The document inside a flattened JWS; its signature is not checked here."""
    content: dict[str, Any] = json.loads(payload_of(signed))
    return content


def pack_digest(signed: dict[str, Any]) -> str:
    """What the log has of a pack: the SHA-256 of its compact form, in hexadecimal. Raises KeyError."""
    return digest_of(compact_text(signed).encode())


def signed_text(signer: Signer, document: dict[str, Any]) -> bytes:
    """A document as it is kept: a flattened JWS."""
    return as_text(flattened(signer, as_text(document)))


def as_text(value: dict[str, Any]) -> bytes:
    """JSON, the same for the same values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
