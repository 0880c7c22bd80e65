"""The steps of a production after its packaging, and what a machine needs besides. The machine calls it."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap_producing
from services.catalog.app.context import ProducingContext
from services.catalog.app.productions.check_lecture import check_lecture
from services.catalog.app.productions.draft_summary import draft_summary
from services.catalog.app.productions.fail_run import fail_run
from services.catalog.app.productions.package_recording import begin_encoding
from services.catalog.app.productions.take_step import Onward, StepCall
from services.catalog.app.productions.write_down import write_down
from services.kit.observability import logger

_ACTIONS: dict[str, Callable[[ProducingContext, StepCall], Onward]] = {
    "encode": begin_encoding,
    "check": check_lecture,
    "transcribe": write_down,
    "summarise": draft_summary,
}
_OUT_OF_TIME = {"Sandbox.Timedout", "States.Timeout"}
"""What the machine calls it where a function did not end in its time."""


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One step: `{"production_id", "run", "step"}`; "fail" has what failed for good as `failed` and `cause`."""
    ctx, call = bootstrap_producing.producing(), StepCall(event["production_id"], event["run"], event["step"])
    if event["step"] == "fail":
        error = event["cause"]["Error"]
        # What it said is in the log of the function that failed; a function that was ended says nothing there.
        logger().error("step failed for good", run=event["run"], step=event["failed"], error=error)
        return asdict(fail_run(ctx, replace(call, step=event["failed"]), error in _OUT_OF_TIME))
    return asdict(_ACTIONS[event["step"]](ctx, call))
