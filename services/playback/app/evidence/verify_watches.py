"""Checking the signed records of watches: in the table and the archive, and against the heads that the log has."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.playback.app.context import LEG_PURPOSE, VerificationContext
from services.playback.app.evidence.packs import recorded_legs
from services.playback.app.watching.watches import newest, read_attempts, read_legs, read_live
from services.playback.domain.heads import DatedHead, verify_heads
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Finding, verify_legs
from services.playback.domain.watch import Attempt


@dataclass(frozen=True)
class Verdict:
    """What was found of one watch; whole where `findings` is empty. `course_id` is unknown of a watch that is gone."""

    watch_id: WatchId
    course_id: CourseId | None
    legs: int
    findings: list[Finding]


def verify_watches(
    ctx: VerificationContext, heads: dict[WatchId, list[DatedHead]], learner_id: LearnerId
) -> list[Verdict]:
    """Checks every watch of a learner against its own head and those of days gone by; what has only these is gone.

    Raises UnknownKey where a key has been taken away.
    """
    live = read_live(ctx.store, learner_id)
    watches = [newest(stored.value, live) for stored in read_attempts(ctx.store, learner_id)]
    here = {watch.watch_id for watch in watches}
    gone = [Verdict(id_, None, 0, verify_heads([], found)) for id_, found in heads.items() if id_ not in here]
    return [*(verify_watch(ctx, heads.get(watch.watch_id, []), watch) for watch in watches), *gone]


def verify_watch(ctx: VerificationContext, heads: Sequence[DatedHead], watch: Attempt) -> Verdict:
    """Checks one watch, as of its last accepted call. Raises UnknownKey."""
    # Of what is in the archive some hot legs may have aged out, some not yet.
    hot = [stored.value for stored in read_legs(ctx.store, watch.watch_id)]
    legs = recorded_legs(ctx.store, ctx.packs, watch.watch_id)
    head = (watch.legs, watch.head_mac)
    findings = [
        *verify_legs(watch.watch_id, legs, head, lambda key_id, message: ctx.keys.mac(key_id, LEG_PURPOSE, message)),
        *(Finding(leg.facts.number, "is not the leg that the archive keeps") for leg in hot if leg not in legs),
        *verify_heads(legs, heads),
    ]
    return Verdict(watch.watch_id, watch.course_id, len(legs), findings)
