"""The hourly schedule: verifies watches in turn. It can change nothing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import count, logger
from services.playback import bootstrap
from services.playback.app.evidence.check_watches import check_watches

FAULTS = "WatchFaults"
"""The metric that an alarm looks at."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run."""
    found = check_watches(bootstrap.verification())
    for watch_id, findings in found.faults.items():
        logger().error("watch differs", watch_id=watch_id, findings=[f"leg {f.number} {f.problem}" for f in findings])
        count(FAULTS)
    for problem in found.problems:
        logger().error("heads differ", problem=problem)
        count(FAULTS)
    return {"watches": found.watches, "faults": len(found.faults) + len(found.problems)}
