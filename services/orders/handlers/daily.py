"""The schedule of what finance wants of every day that is over."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.orders import bootstrap
from services.orders.app.exports import request_daily_exports


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    asked = request_daily_exports(bootstrap.orders(), context.aws_request_id)
    return {"exports": [f"{day}" for day in asked]}
