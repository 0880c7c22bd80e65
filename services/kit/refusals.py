"""What a caller is told when a call did not come to its end, whichever entry it came through."""

from typing import Any

from services.kit.metrics import FAILURES, NEWER_SHAPES, REFUSALS
from services.kit.observability import count, logger
from services.kit.problems import BUSY, INTERNAL, OVERLOADED, Problem
from services.kit.store import Conflict, NewerShape, Throttled


def refused(error: Exception) -> dict[str, Any]:
    """The answer to the gateway. It counts refusals by their code, and logs what nobody has foreseen."""
    problem = _problem_of(error)
    if problem is None:
        logger().exception("unhandled", exc_info=error)
        count(FAILURES)
        return INTERNAL.problem().event()
    if isinstance(error, NewerShape):
        count(NEWER_SHAPES)
    count(REFUSALS, code=problem.type.code)
    return problem.event()


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Conflict | NewerShape):
        return BUSY.problem()
    return OVERLOADED.problem() if isinstance(error, Throttled) else None
