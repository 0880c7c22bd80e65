"""Who is calling: only ever from claims that the gateway's authorizer has verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.kit.problems import NOT_SIGNED_IN, WRONG_ROLE


class Role(StrEnum):
    """What somebody may do. Staff roles are the user pool's groups; whoever is in no group is a learner."""

    LEARNER = "learner"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    RECORDS = "records"
    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    SUPPORT = "support"


@dataclass(frozen=True)
class Principal:
    """The caller: the user pool's opaque id and the groups that we know."""

    id: str
    roles: frozenset[Role]

    def require(self, *allowed: Role) -> None:
        """Raises WRONG_ROLE unless the caller has one of these roles."""
        if self.roles.isdisjoint(allowed):
            raise WRONG_ROLE.problem()


def principal_from(event: Mapping[str, Any]) -> Principal:
    """Reads the claims of an HTTP API event (payload format 2.0).

    Only access tokens count: an ID token, made for the client, has other claims and another audience.

    Raises:
        Problem: NOT_SIGNED_IN where there are no verified claims of an access token.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or claims.get("token_use") != "access":
        raise NOT_SIGNED_IN.problem()
    return Principal(subject, _roles(claims.get("cognito:groups")))


def _roles(groups: object) -> frozenset[Role]:
    # The gateway flattens the claim's list to the text "[editor learner]"; elsewhere it stays a list.
    names = groups if isinstance(groups, list) else str(groups or "").strip("[]").replace(",", " ").split()
    if not names:
        return frozenset({Role.LEARNER})
    known = {role.value for role in Role} - {Role.LEARNER}
    return frozenset(Role(name) for name in names if name in known)
