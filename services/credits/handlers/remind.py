"""Once a day: learners are reminded of deadlines."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.deadlines.remind import remind_learners


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Does all that is due by now, whatever calls were missed."""
    days, given = remind_learners(bootstrap.notices())
    return {"days": days, "reminders": given}
