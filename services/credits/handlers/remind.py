"""Once a day: learners are reminded of deadlines."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.notices.deadlines import remind


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Does all that is due by now, whatever calls were missed."""
    days, given = remind(bootstrap.reminding())
    return {"days": days, "reminders": given}
