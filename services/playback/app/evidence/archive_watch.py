"""Making the evidence pack of a completed watch."""

from datetime import timedelta

from services.kit.events import Envelope
from services.kit.store import Change, Store, Stored
from services.playback.app.context import ArchiveContext
from services.playback.app.evidence.packs import kept_pack, kept_signed, pack_digest, signed_text
from services.playback.app.items import attempt_key
from services.playback.app.log.note_entries import note_entry
from services.playback.app.ports import Archive
from services.playback.app.watching.watches import read_legs
from services.playback.domain.evidence import evidence_pack, legs_of
from services.playback.domain.ids import WatchId
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


def archive_watch(ctx: ArchiveContext, event: Envelope) -> None:
    """Builds, signs and keeps the pack of the watch that an event says is complete; then lets its hot legs age out.

    Safe to repeat after a crash anywhere: the archive keeps the first pack, a complete watch gets no more legs, and a
    leg may age out only once the pack's hash is noted for the log.

    Raises:
        LookupError: no such watch is complete here.
        NotKept: the archive does not hold every leg.
    """
    data = WatchCompleted.model_validate(event.data)
    watch_id = data.watch_id
    stored = ctx.store.get(attempt_key(data.learner_id, data.course_id, data.attempt), Attempt)
    if stored is None or stored.value.watch_id != watch_id or stored.value.completed_at is None:
        raise LookupError(f"watch {watch_id} is not complete here")
    stored_legs = read_legs(ctx.store, watch_id)
    legs = [leg.value for leg in stored_legs]
    if ctx.archive.get(watch_id) is None:
        pack = evidence_pack(stored.value, legs, policy(stored.value.policy_id))
        ctx.archive.put(watch_id, signed_text(ctx.signer, pack))
    _confirm(ctx.archive, watch_id, legs)
    note_entry(ctx.store, ctx.clock, pack_digest(kept_signed(ctx.archive, watch_id) or {}))
    _let_expire(ctx.store, stored_legs, int((ctx.clock.now() + HOT_RETENTION).timestamp()))


def _confirm(archive: Archive, watch_id: WatchId, legs: list[Leg]) -> None:
    """Reads back what is kept: no leg may age out that is not in it as it is here. Raises NotKept."""
    pack = kept_pack(archive, watch_id)
    kept = legs_of(pack) if pack else []
    missing = [leg.facts.number for leg in legs if leg not in kept]
    if missing:
        raise NotKept(f"legs {missing} of watch {watch_id} are not in its pack")


def _let_expire(store: Store, legs: list[Stored[Leg]], expires_at: int) -> None:
    fresh = [leg for leg in legs if leg.version == AS_WRITTEN]
    for start in range(0, len(fresh), EXPIRED_AT_ONCE):
        batch = fresh[start : start + EXPIRED_AT_ONCE]
        store.commit(Change([leg.put(leg.value, expires_at) for leg in batch]))
