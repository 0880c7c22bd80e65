"""Checking the signed records of watches: in the table and the archive, and against the heads that the log has."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.days import Days
from services.kit.store import Stored
from services.playback.app.context import LEG_PURPOSE, VerificationContext, prompt_positions_of
from services.playback.app.evidence.packs import recorded_legs
from services.playback.app.evidence.read_heads import HeadsReport
from services.playback.app.watching.seals import is_sealed_attempt, is_sealed_live
from services.playback.app.watching.watches import read_attempts, read_legs, read_live
from services.playback.domain.heads import DatedHead, verify_heads, verify_noted
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Finding, Leg, verify_legs
from services.playback.domain.policy import policy
from services.playback.domain.seals import attempt_problems, may_lack_seal, session_problems
from services.playback.domain.watch import Attempt, Live


@dataclass(frozen=True)
class Verdict:
    """What was found of one watch; whole where `findings` is empty. `course_id` is unknown of a watch that is gone."""

    watch_id: WatchId
    course_id: CourseId | None
    legs: int
    findings: list[Finding]


def verify_watches(ctx: VerificationContext, report: HeadsReport, learner_id: LearnerId) -> list[Verdict]:
    """Checks every watch of a learner against its own head and those of days gone by; what has only these is gone.

    Raises UnknownKey where a key has been taken away.
    """
    live, heads = read_live(ctx.store, learner_id), report.heads
    watches = [stored.value for stored in read_attempts(ctx.store, learner_id)]
    here = {watch.watch_id for watch in watches}
    gone = [Verdict(id_, None, 0, verify_heads([], found)) for id_, found in heads.items() if id_ not in here]
    found = [verify_watch(ctx, heads.get(watch.watch_id, []), report.sealed, watch) for watch in watches]
    return [*found, *gone, *verify_live(ctx, learner_id, live, watches)]


def verify_live(
    ctx: VerificationContext, learner_id: LearnerId, stored: Stored[Live] | None, watches: Sequence[Attempt]
) -> list[Verdict]:
    """What is wrong with the live item: it is not sealed, cannot follow from its attempt, or is gone."""
    if stored is None:
        return [Verdict(watches[-1].watch_id, None, 0, [Finding(0, "the live item is gone")])] if watches else []
    live, watch = stored.value, next((watch for watch in watches if watch.watch_id == stored.value.watch_id), None)
    if watch is None:
        return [Verdict(live.watch_id, live.course_id, 0, [Finding(0, "is live, and its attempt is gone")])]
    problems = [] if is_sealed_live(ctx.keys, learner_id, live) else ["the live item has no seal that fits"]
    if is_sealed_attempt(ctx.keys, watch):
        problems += session_problems(watch, live, prompt_positions_of(ctx.keys, watch, policy(watch.policy_id)))
    problems += ["the live item is older than its attempt"] if stored.version < watch.live_version else []
    return [Verdict(watch.watch_id, watch.course_id, watch.legs, [Finding(0, p) for p in problems])] if problems else []


def _sealed(ctx: VerificationContext, watch: Attempt, legs: Sequence[Leg]) -> list[Finding]:
    """What is wrong with the attempt's item: release 1.0.0 sealed none, and its legs speak for those."""
    unsealed = not is_sealed_attempt(ctx.keys, watch) and (
        watch.seal or not legs or not may_lack_seal(legs[-1].facts.at)
    )
    problems = ["the attempt has no seal that fits"] if unsealed else []
    problems += attempt_problems(watch, legs, None) if legs else []
    return [Finding(watch.legs, problem) for problem in problems]


def verify_watch(ctx: VerificationContext, heads: Sequence[DatedHead], sealed: Days | None, watch: Attempt) -> Verdict:
    """Checks one watch, as of its last leg; `heads` are all of it in the documents of the sealed days.

    Raises:
        UnknownKey: a key has been taken away.
    """
    # Of what is in the archive some hot legs may have aged out, some not yet.
    hot = [stored.value for stored in read_legs(ctx.store, watch.watch_id)]
    legs = recorded_legs(ctx.store, ctx.packs, watch.watch_id)
    head = (watch.legs, watch.head_mac)
    findings = [
        *_sealed(ctx, watch, legs),
        *verify_legs(watch.watch_id, legs, head, lambda key_id, message: ctx.keys.mac(key_id, LEG_PURPOSE, message)),
        *(Finding(leg.facts.number, "is not the leg that the archive keeps") for leg in hot if leg not in legs),
        *verify_heads(legs, heads),
        *verify_noted(watch.grown_on, watch.legs, heads, sealed),
    ]
    return Verdict(watch.watch_id, watch.course_id, len(legs), findings)
