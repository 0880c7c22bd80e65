"""Users of another issuer, whom nothing here can delete."""

from services.credits.domain.ids import LearnerId
from services.kit.observability import logger


class ElsewhereUsers:
    """Says whom to delete where people sign in. Until then they sign in, and find that they were forgotten."""

    def delete(self, learner_id: LearnerId) -> None:
        """Says it in the log, by the id in their tokens."""
        logger().warning("delete this user at the issuer", learner_id=learner_id)
