"""The nightly schedule: compares the ledgers that grew with what is kept beside them. It can change nothing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.ledger.check_ledgers import check_ledgers
from services.kit.observability import count, logger

FAULTS = "LedgerFaults"
"""The metric that an alarm looks at."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run."""
    checked = check_ledgers(bootstrap.ledger())
    for learner_id, fault in checked.faults.items():
        logger().error("ledger differs", learner_id=learner_id, kind=fault.kind, number=fault.number)
        count(FAULTS)
    return {"ledgers": checked.ledgers, "faults": len(checked.faults)}
