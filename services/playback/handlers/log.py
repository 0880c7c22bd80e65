"""The minute's schedule: the log's one writer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import count, logger
from services.playback import bootstrap
from services.playback.adapters.log_policy import PolicyUnset
from services.playback.app.log.write_log import BrokenLog, NotCosigned, Run, write_log
from services.playback.app.metrics import LOG_FAULTS, LOG_RUNS, LOG_WITNESS_FAILURES
from services.playback.app.ports import OtherContent

ENOUGH = timedelta(seconds=40)
"""How long a run begins batches, so that the next minute's finds it done."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run. What is wrong with the log itself is raised, and ends in the schedule's dead letters."""
    ctx = bootstrap.log()
    try:
        run = write_log(ctx, ctx.clock.now() + ENOUGH)
    except (BrokenLog, OtherContent):
        count(LOG_FAULTS)
        raise
    except NotCosigned as error:
        _tell(error.failures)
        return {"batches": 0}
    except PolicyUnset:
        # An alarm misses the run; the schedule's dead letters need not hear of each minute.
        logger().error("the log has no policy: python -m ops.log_policy")
        return {"batches": 0}
    _tell(run.failures)
    count(LOG_RUNS)
    return _said(run)


def _said(run: Run) -> dict[str, int]:
    if run.batches:
        logger().info("logged", batches=run.batches, size=run.size)
    return {"batches": run.batches, "size": run.size}


def _tell(failures: Sequence[str]) -> None:
    for failure in failures:
        logger().warning("not cosigned", failure=failure)
        count(LOG_WITNESS_FAILURES)
