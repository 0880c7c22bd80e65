"""The steps of a production that a recording is looked into and packaged by. The machine calls it."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap_packaging
from services.catalog.app.productions.package_recording import encode_recording, probe_recording
from services.catalog.app.productions.take_step import StepCall

_STEPS = {"probe": probe_recording, "encode": encode_recording}


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One step: `{"production_id", "run", "step"}`. Answers whether the run goes on."""
    call = StepCall(event["production_id"], event["run"], event["step"])
    return asdict(_STEPS[call.step](bootstrap_packaging.packaging(), call))
