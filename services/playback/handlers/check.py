"""The hourly schedule: verifies watches and packs in turn. It can change nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import count, logger
from services.playback import bootstrap
from services.playback.app.evidence.check_packs import check_packs
from services.playback.app.evidence.check_watches import RUNS_OF_A_ROUND, check_watches, run_number
from services.playback.app.metrics import WATCH_FAULTS
from services.playback.domain.ids import WatchId
from services.playback.domain.legs import Finding


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run."""
    ctx = bootstrap.verification()
    watches = check_watches(ctx)
    packs = check_packs(ctx, run_number(ctx.clock), RUNS_OF_A_ROUND)
    _tell_watches(watches.faults)
    _tell_watches(packs.faults)
    problems = [*watches.problems, *packs.problems]
    for problem in problems:
        logger().error("heads or log differ", problem=problem)
        count(WATCH_FAULTS)
    faults = len(watches.faults) + len(packs.faults) + len(problems)
    return {"watches": watches.watches, "packs": packs.packs, "faults": faults}


def _tell_watches(faults: Mapping[WatchId, Sequence[Finding]]) -> None:
    for watch_id, findings in faults.items():
        logger().error("watch differs", watch_id=watch_id, findings=[f"leg {f.number} {f.problem}" for f in findings])
        count(WATCH_FAULTS)
