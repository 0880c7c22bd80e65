"""The hourly check in turn: whatever ever grew is verified at least twice a month, whether or not it grew again."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.kit.clock import to_ms
from services.kit.days import ONE_DAY
from services.kit.heads import in_turn
from services.kit.sealing import read_document
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.packs import kept_signed, pack_digest
from services.playback.app.evidence.verify_watches import verify_live, verify_watch
from services.playback.app.items import attempt_key
from services.playback.app.log.note_entries import is_noted
from services.playback.app.watching.watches import read_live
from services.playback.domain.heads import SERVICE, DatedHead, head_in, verify_heads
from services.playback.domain.ids import WatchId
from services.playback.domain.legs import Finding
from services.playback.domain.watch import Attempt

HOUR = timedelta(hours=1)
RUNS_OF_A_ROUND = 14 * 24
"""A fortnight of them, so that a run that failed leaves nothing unseen for a month."""
ARCHIVED_WITHIN_MS = int(ONE_DAY / timedelta(milliseconds=1))


@dataclass
class WatchCheck:
    """How many watches were looked at; what was found, by watch; and what is wrong with the documents of heads."""

    watches: int = 0
    faults: dict[WatchId, list[Finding]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def check_watches(ctx: VerificationContext) -> WatchCheck:
    """Checks the watches in the documents whose turn it is. The documents are the list of all that ever grew.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    number = int(ctx.clock.now().timestamp() // HOUR.total_seconds())
    check = WatchCheck()
    for name in in_turn(ctx.heads.names(), number, RUNS_OF_A_ROUND):
        document = read_document(SERVICE, ctx.heads, name)
        check.problems += document.problems
        for value in document.heads:
            dated = DatedHead(document.place.day, head_in(value))
            check.watches += 1
            # While a call is under way, live item and attempt may be read apart: only what is found twice is a fault.
            findings = _check(ctx, dated) and _check(ctx, dated)
            if findings:
                check.faults[dated.head.watch_id] = findings
    return check


def _check(ctx: VerificationContext, dated: DatedHead) -> list[Finding]:
    head = dated.head
    stored = ctx.store.get(attempt_key(head.learner_id, head.course_id, head.number), Attempt)
    if stored is None or stored.value.watch_id != head.watch_id:
        return verify_heads([], [dated])
    watch, live = stored.value, read_live(ctx.store, head.learner_id)
    findings = [*verify_watch(ctx, [dated], watch).findings, *_pack_findings(ctx, watch)]
    if live is None or live.value.watch_id == watch.watch_id:
        findings += [fault for told in verify_live(ctx, head.learner_id, live, [watch]) for fault in told.findings]
    return findings


def _pack_findings(ctx: VerificationContext, watch: Attempt) -> list[Finding]:
    """A watch that was completed long ago has its pack, and the log has that."""
    if watch.completed_at is None or to_ms(ctx.clock.now()) - watch.completed_at < ARCHIVED_WITHIN_MS:
        return []
    signed = kept_signed(ctx.packs, watch.watch_id)
    if signed is None:
        return [Finding(watch.legs, "completes a watch whose pack is not kept")]
    if not is_noted(ctx.store, pack_digest(signed)):
        return [Finding(watch.legs, "completes a watch whose pack was never noted for the log")]
    return []
