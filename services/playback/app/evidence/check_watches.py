"""The hourly check in turn: whatever ever grew is verified at least twice a month, whether or not it grew again."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from services.kit.clock import Clock, to_ms
from services.kit.days import ONE_DAY, Days
from services.kit.heads import Place, in_turn, part_of
from services.kit.sealing import Document, read_document
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.packs import kept_signed
from services.playback.app.evidence.verify_watches import verify_live, verify_watch
from services.playback.app.items import attempt_key
from services.playback.app.ports import Archive
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


@dataclass(frozen=True)
class LastDay:
    """The last day on which a watch grew, and its heads in that day's document."""

    day: Days
    heads: list[DatedHead]


class Documents:
    """Each day's heads, read once in a run."""

    def __init__(self, kept: Archive) -> None:
        self._kept = kept
        self._known: dict[str, Document] = {}

    def read(self, name: str) -> Document:
        """One that is kept."""
        if name not in self._known:
            self._known[name] = read_document(SERVICE, self._kept, name)
        return self._known[name]

    def last_of(self, watch: Attempt) -> LastDay | None:
        """What must have the watch, by its own word; None where that day's heads are not made, or never were."""
        if not watch.grown_on:
            return None
        day = date.fromisoformat(watch.grown_on)
        name = Place(day, part_of(watch.watch_id)).name
        if name not in self._known and self._kept.get(name) is None:
            return None
        heads = [DatedHead(day, head_in(value)) for value in self.read(name).heads]
        return LastDay(Days(day, day), [dated for dated in heads if dated.head.watch_id == watch.watch_id])


def run_number(clock: Clock) -> int:
    """Which of the hourly runs this is."""
    return int(clock.now().timestamp() // HOUR.total_seconds())


def check_watches(ctx: VerificationContext) -> WatchCheck:
    """Checks the watches in the documents whose turn it is. The documents are the list of all that ever grew.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    documents, check = Documents(ctx.heads), WatchCheck()
    for name in in_turn(ctx.heads.names(), run_number(ctx.clock), RUNS_OF_A_ROUND):
        document = documents.read(name)
        check.problems += document.problems
        for value in document.heads:
            dated = DatedHead(document.place.day, head_in(value))
            check.watches += 1
            # While a call is under way, live item and attempt may be read apart: only what is found twice is a fault.
            findings = _check(ctx, documents, dated) and _check(ctx, documents, dated)
            if findings:
                check.faults[dated.head.watch_id] = findings
    return check


def _check(ctx: VerificationContext, documents: Documents, dated: DatedHead) -> list[Finding]:
    head = dated.head
    stored = ctx.store.get(attempt_key(head.learner_id, head.course_id, head.number), Attempt)
    if stored is None or stored.value.watch_id != head.watch_id:
        return verify_heads([], [dated])
    watch, live = stored.value, read_live(ctx.store, head.learner_id)
    last = documents.last_of(watch)
    heads, day = ([dated, *last.heads], last.day) if last else ([dated], None)
    findings = [*verify_watch(ctx, heads, day, watch).findings, *_pack_findings(ctx, watch)]
    if live is None or live.value.watch_id == watch.watch_id:
        findings += [fault for told in verify_live(ctx, head.learner_id, live, [watch]) for fault in told.findings]
    return findings


def _pack_findings(ctx: VerificationContext, watch: Attempt) -> list[Finding]:
    """A watch that was completed long ago has its pack."""
    if watch.completed_at is None or to_ms(ctx.clock.now()) - watch.completed_at < ARCHIVED_WITHIN_MS:
        return []
    if kept_signed(ctx.packs, watch.watch_id) is None:
        return [Finding(watch.legs, "completes a watch whose pack is not kept")]
    return []
