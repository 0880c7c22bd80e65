"""Checking the signed records of a learner's watches: in the table, or in the archive once they have aged out."""

from dataclasses import dataclass

from services.kit.keyring import KeyRing
from services.kit.store import Store
from services.playback.app.archive_watch import EvidenceArchive, kept_pack
from services.playback.app.context import LEG_PURPOSE, leg_key, live_key
from services.playback.app.read_progress import newest
from services.playback.domain.evidence import legs_of
from services.playback.domain.legs import Finding, Leg, verify_legs
from services.playback.domain.watch import Attempt, Live


@dataclass(frozen=True)
class Verdict:
    """What was found of one watch; whole where `findings` is empty."""

    watch: Attempt
    legs: int
    findings: list[Finding]


def verify_watches(store: Store, keys: KeyRing, archive: EvidenceArchive, learner_id: str) -> list[Verdict]:
    """Checks every watch of a learner against its head. Raises UnknownKey where a key has been taken away."""
    live = store.get(live_key(learner_id), Live)
    attempts = store.query(live_key(learner_id).pk, "ATTEMPT#", Attempt)
    return [_verify(store, keys, archive, newest(stored.value, live)) for stored in attempts]


def _verify(store: Store, keys: KeyRing, archive: EvidenceArchive, watch: Attempt) -> Verdict:
    legs = [stored.value for stored in store.query(leg_key(watch.watch_id, 0).pk, "LEG#", Leg)]
    if not legs:
        legs = _archived(archive, watch.watch_id)
    head = (watch.legs, watch.head_mac)
    findings = verify_legs(watch.watch_id, legs, head, lambda key_id, message: keys.mac(key_id, LEG_PURPOSE, message))
    return Verdict(watch, len(legs), findings)


def _archived(archive: EvidenceArchive, watch_id: str) -> list[Leg]:
    pack = kept_pack(archive, watch_id)
    return legs_of(pack) if pack else []
