"""Every few minutes: whether a learner gets from the home page into a lecture."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import count, logger, measure
from services.playback import bootstrap
from services.playback.app.canary.walk_site import StepFailed, walk_site
from services.playback.app.metrics import CANARY_FAILURES, CANARY_TIME


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    """One walk. That it failed is told as a metric: to call the function again would say nothing more."""
    try:
        measure(CANARY_TIME, walk_site(bootstrap.canary()))
    except StepFailed as failed:
        logger().error("the canary's walk failed", step=failed.step, reason=failed.reason)
        count(CANARY_FAILURES, step=failed.step)
        return {"failed": failed.step}
    return {"failed": ""}
