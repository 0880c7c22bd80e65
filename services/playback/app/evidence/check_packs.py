"""The hourly check of packs in turn: each still has the watch that it is of, and its place in the log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.kit.clock import from_ms, to_ms
from services.kit.days import ONE_DAY
from services.kit.heads import in_turn
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.packs import content_of, kept_signed, pack_digest
from services.playback.app.items import attempt_key
from services.playback.app.log.check_log import LogView, entry_problems
from services.playback.app.log.note_entries import is_noted
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.legs import Finding
from services.playback.domain.watch import Attempt

LOGGED_WITHIN_MS = int(ONE_DAY / timedelta(milliseconds=1))
BEGINNINGS = [f"{number:03x}" for number in range(16**3)]
"""Of packs' names, which are watches' ids and so random: as many packs have each."""


@dataclass
class PackCheck:
    """How many packs were looked at; what was found, by watch; and what is wrong with the log."""

    packs: int = 0
    faults: dict[WatchId, list[Finding]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def check_packs(ctx: VerificationContext, number: int, rounds: int) -> PackCheck:
    """Checks the packs whose turn it is in the run with this number. The archive locks them: they are the list of all
    that was ever completed, whatever became of the watches and of the notes about them.
    """
    log = ctx.log()
    check = PackCheck(problems=list(log.problems) if log else [])
    for beginning in in_turn(BEGINNINGS, number, rounds):
        for watch_id in map(WatchId, ctx.packs.names(beginning)):
            check.packs += 1
            signed = kept_signed(ctx.packs, watch_id) or {}
            watch = content_of(signed)["watch"]
            problems = [*_watch_problems(ctx, watch), *_log_problems(ctx, log, watch, pack_digest(signed))]
            if problems:
                check.faults[watch_id] = [Finding(0, problem) for problem in problems]
    return check


def _watch_problems(ctx: VerificationContext, watch: dict[str, Any]) -> Iterator[str]:
    key = attempt_key(LearnerId(watch["learner_id"]), CourseId(watch["course_id"]), watch["number"])
    stored = ctx.store.get(key, Attempt)
    if stored is None or stored.value.watch_id != watch["watch_id"]:
        yield "has a pack, and its attempt is gone"
    elif stored.value.completed_at != watch["completed_at"]:
        yield "has a pack, and its attempt is not completed as that says"


def _log_problems(ctx: VerificationContext, log: LogView | None, watch: dict[str, Any], digest: str) -> Iterator[str]:
    if to_ms(ctx.clock.now()) - watch["completed_at"] < LOGGED_WITHIN_MS:
        return
    if log is None:
        # Nothing is logged before there is a policy, and nothing is lost: it waits.
        yield from () if is_noted(ctx.store, digest) else ["its pack was never noted for the log"]
    else:
        found = entry_problems(ctx.store, log, digest, from_ms(watch["completed_at"]))
        yield from (f"its pack {problem}" for problem in found)
