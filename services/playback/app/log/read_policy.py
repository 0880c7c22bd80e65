"""The stage's policy of the log, for those who check proofs and take the operator's word for log and witnesses."""

from services.kit.store import required
from services.playback.app.context import ProofContext
from services.playback.app.log.problems import LOG_POLICY_NOT_FOUND


def policy_text(ctx: ProofContext) -> str:
    """A tlog-policy. Raises LOG_POLICY_NOT_FOUND."""
    return required(ctx.policy(), LOG_POLICY_NOT_FOUND.problem())
