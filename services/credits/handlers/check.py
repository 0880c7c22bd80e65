"""The nightly schedule: compares ledgers with what is kept beside them. It can change nothing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.ledger.check_ledgers import check_ledgers
from services.credits.app.ledger.sealed_records import HeadsFolder
from services.credits.app.metrics import LEDGER_FAULTS
from services.kit.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One run."""
    checked = check_ledgers(bootstrap.ledger(), HeadsFolder(bootstrap.records().objects))
    for learner_id, faults in checked.faults.items():
        for fault in faults:
            logger().error("ledger differs", learner_id=learner_id, kind=fault.kind, number=fault.number)
            count(LEDGER_FAULTS)
    for problem in checked.problems:
        logger().error("heads differ", problem=problem)
        count(LEDGER_FAULTS)
    return {"ledgers": checked.ledgers, "faults": sum(map(len, checked.faults.values())) + len(checked.problems)}
