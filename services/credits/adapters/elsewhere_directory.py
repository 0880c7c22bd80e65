"""Accounts of another issuer, which has its own ways to look them up."""

from services.credits.app.ports import PoolAccount


class ElsewhereDirectory:
    """Knows nobody: learners are found by what they have told us, and by the whole of their id."""

    def by_email(self, email: str, most: int) -> list[PoolAccount]:  # noqa: ARG002 (the port's)
        """None."""
        return []

    def by_phone(self, phone: str, most: int) -> list[PoolAccount]:  # noqa: ARG002 (the port's)
        """None."""
        return []

    def by_id(self, beginning: str, most: int) -> list[PoolAccount]:  # noqa: ARG002 (the port's)
        """None."""
        return []
