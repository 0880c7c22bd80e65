"""Who is calling: only ever from claims that the gateway's authorizer has verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.kit.problems import NOT_SIGNED_IN, WRONG_ROLE


class Role(StrEnum):
    """What somebody may do. Whoever has none is a learner; the token names roles only after a second factor."""

    LEARNER = "learner"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    RECORDS = "records"
    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    SUPPORT = "support"
    UNPROVEN = "unproven"
    """Staff who signed in without a second factor: they may set one up, and nothing else."""


ROLES_CLAIM = "roles"
"""Where an access token names roles: text with blanks between, or a list. Whoever issues tokens names a staff role
there only after a second factor; of the user pool, infra/triggers/token_roles.py does."""
POOL_GROUPS_CLAIM = "cognito:groups"


@dataclass(frozen=True)
class Principal:
    """The caller: the issuer's opaque id and the roles that we know.

    `session` is what all tokens of one sign-in share, `signed_in_at` when that began (Unix seconds); "" and 0 where
    the issuer does not say.
    """

    id: str
    roles: frozenset[Role]
    session: str = field(default="", compare=False)
    signed_in_at: int = field(default=0, compare=False)

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
    # Issuers that do not say what a token is for give ID tokens an audience that the authorizer refuses.
    if not isinstance(subject, str) or not subject or claims.get("token_use", "access") != "access":
        raise NOT_SIGNED_IN.problem()
    # The pool's name for it, and OpenID Connect's.
    session = str(claims.get("origin_jti") or claims.get("sid") or "")
    at = str(claims.get("auth_time", ""))
    return Principal(subject, _roles(claims), session, int(at) if at.isascii() and at.isdigit() else 0)


def _roles(claims: Mapping[str, Any]) -> frozenset[Role]:
    if ROLES_CLAIM not in claims:
        # Groups alone say nothing of a second factor: the pool's trigger did not make this token.
        return frozenset({Role.UNPROVEN if claims.get(POOL_GROUPS_CLAIM) else Role.LEARNER})
    named = claims[ROLES_CLAIM]
    # The gateway flattens a list to the text "[editor finance]"; elsewhere it stays a list.
    names = named if isinstance(named, list) else str(named or "").strip("[]").replace(",", " ").split()
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in names if name in known) if names else frozenset({Role.LEARNER})
