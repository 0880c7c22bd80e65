"""Checking the signed records of a learner's watches: in the table and the archive, and against what was anchored."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.keyring import KeyRing
from services.kit.store import Store
from services.playback.app.anchor_chains import Anchored
from services.playback.app.archive_watch import EvidenceArchive, kept_pack
from services.playback.app.context import LEG_PURPOSE, leg_key, live_key
from services.playback.app.read_progress import newest
from services.playback.domain.anchors import ChainHead, verify_anchored
from services.playback.domain.evidence import legs_of
from services.playback.domain.legs import Finding, Leg, verify_legs
from services.playback.domain.watch import Attempt, Live


@dataclass(frozen=True)
class Verdict:
    """What was found of one watch; whole where `findings` is empty. `course_id` is unknown of a watch that is gone."""

    watch_id: str
    course_id: str | None
    legs: int
    findings: list[Finding]


def verify_watches(
    store: Store, keys: KeyRing, archive: EvidenceArchive, anchored: Anchored, learner_id: str
) -> list[Verdict]:
    """Checks every watch of a learner against its head and its anchors; watches that are only anchored are gone.

    Raises UnknownKey where a key has been taken away.
    """
    live = store.get(live_key(learner_id), Live)
    watches = [newest(stored.value, live) for stored in store.query(live_key(learner_id).pk, "ATTEMPT#", Attempt)]
    here = {watch.watch_id for watch in watches}
    gone = [
        Verdict(id_, None, 0, verify_anchored([], heads)) for id_, heads in anchored.heads.items() if id_ not in here
    ]
    return [*(_verify(store, keys, archive, anchored.heads.get(w.watch_id, []), w) for w in watches), *gone]


def _verify(
    store: Store, keys: KeyRing, archive: EvidenceArchive, heads: Sequence[tuple[str, ChainHead]], watch: Attempt
) -> Verdict:
    hot = [stored.value for stored in store.query(leg_key(watch.watch_id, 0).pk, "LEG#", Leg)]
    pack = kept_pack(archive, watch.watch_id)
    # Of what is in the archive some hot legs may have aged out, some not yet.
    legs = legs_of(pack) if pack else hot
    head = (watch.legs, watch.head_mac)
    findings = [
        *verify_legs(watch.watch_id, legs, head, lambda key_id, message: keys.mac(key_id, LEG_PURPOSE, message)),
        *(Finding(leg.facts.number, "is not the leg that the archive keeps") for leg in hot if leg not in legs),
        *verify_anchored(legs, heads),
    ]
    return Verdict(watch.watch_id, watch.course_id, len(legs), findings)
