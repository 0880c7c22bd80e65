"""Open Badges: credentials for their holders, and what anybody checks them with."""

from datetime import date
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from pydantic import Field, StrictStr

from services.credits.app.attestations.read_attestations import read_attestation
from services.credits.app.badges.open_badge import issuer_profile, keys_url, open_badge
from services.credits.app.badges.status_lists import status_list
from services.credits.app.context import BadgesContext
from services.credits.handlers.routes.fields import EntryId, learner_id
from services.kit.bodies import Answer, Day
from services.kit.days import civil_day
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.jose import compact_jwt
from services.kit.problems import NOT_FOUND

JWT = "application/vc+jwt"
JWT_ANSWER: dict[int, Any] = {200: {"description": "A compact JWT", "content": {JWT: {"schema": {"type": "string"}}}}}
KEPT = "public, max-age=300"
"""Keys, lists and the profile change rarely; a revocation is seen everywhere within five minutes."""

FIRST_DAY = date(2026, 1, 1)
"""No certificate was issued before, so nobody makes us sign the lists of centuries."""

T = TypeVar("T", bound=Answer)
Thumbprint = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="RFC 7638")]


class ProfileAnswer(Answer):
    """Who issues the credentials."""

    id: str
    type: list[str]
    name: str
    url: str


class RsaJwkAnswer(Answer):
    """A public key (RFC 7517)."""

    kty: str
    n: str
    e: str
    kid: str
    alg: str
    use: str


class RsaJwksAnswer(Answer):
    """The key that signs now, and all retired ones."""

    keys: list[RsaJwkAnswer]


def add_badge_routes(api: HttpApi, ctx: BadgesContext) -> None:
    """The holder's route, and those that anybody may read."""
    _add_credential_route(api, ctx)
    _add_public_routes(api, ctx)


def _add_credential_route(api: HttpApi, ctx: BadgesContext) -> None:
    @api.secured(Role.LEARNER).route(
        "GET /v1/credits/attestations/<entry_id>/credential", "read_credential", responses=JWT_ANSWER
    )
    def credential(entry_id: EntryId) -> Response[str]:
        """The certificate of completion as an Open Badges 3.0 credential."""
        issued, name = read_attestation(ctx.store, learner_id(api), entry_id)
        url = ctx.public_url()
        return Response(200, JWT, compact_jwt(ctx.signer, open_badge(issued, name, url), keys_url(url)))


def _add_public_routes(api: HttpApi, ctx: BadgesContext) -> None:
    anybody = api.public()

    def published() -> list[RsaJwkAnswer]:
        prefix = keys_url(ctx.public_url())
        return [RsaJwkAnswer(**{**key, "kid": f"{prefix}/{key['kid']}"}) for key in ctx.signer.public_keys()]

    @anybody.route("GET /v1/credits/issuer", "read_issuer")
    def issuer() -> Response[ProfileAnswer]:
        """Who issues the credentials."""
        return _kept(ProfileAnswer(**issuer_profile(ctx.public_url())))

    @anybody.route("GET /v1/credits/jwks", "read_badge_jwks")
    def jwks() -> Response[RsaJwksAnswer]:
        """The public keys that credentials are checked with."""
        return _kept(RsaJwksAnswer(keys=published()))

    @anybody.route("GET /v1/credits/keys/<thumbprint>", "read_badge_key")
    def key(thumbprint: Thumbprint) -> Response[RsaJwkAnswer]:
        """One public key, as a credential's `kid` names it."""
        found = [known for known in published() if known.kid.endswith(f"/{thumbprint}")]
        if not found:
            raise NOT_FOUND.problem()
        return _kept(found[0])

    @anybody.route("GET /v1/credits/status-lists/<day>", "read_status_list", responses=JWT_ANSWER)
    def revoked(day: Day) -> Response[str]:
        """Which credentials issued on a day are revoked: a signed bitstring status list."""
        if not FIRST_DAY <= day <= civil_day(ctx.clock.now()):
            raise NOT_FOUND.problem()
        url = ctx.public_url()
        token = compact_jwt(ctx.signer, status_list(ctx.store, day, url), keys_url(url))
        return Response(200, JWT, token, headers={"Cache-Control": KEPT})


def _kept(answer: T) -> Response[T]:
    return Response(200, "application/json", answer, headers={"Cache-Control": KEPT})
