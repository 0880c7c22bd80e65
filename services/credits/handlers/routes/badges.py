"""Open Badges: credentials for their holders, and what anybody checks them with."""

from datetime import date
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from services.credits.app.attestations.read_attestations import read_attestation
from services.credits.app.badges.open_badge import issuer_profile, keys_url, open_badge
from services.credits.app.badges.status_lists import status_list
from services.credits.app.context import BadgesContext
from services.credits.domain.ids import LearnerId
from services.credits.handlers.routes.fields import EntryIdPath
from services.kit.bodies import Day
from services.kit.days import civil_day
from services.kit.http import caller, public, secured
from services.kit.identity import Role
from services.kit.jose import compact_jwt
from services.kit.problems import NOT_FOUND

JWT = "application/vc+jwt"
JWT_ANSWER: dict[int, Any] = {200: {"description": "A compact JWT", "content": {JWT: {"schema": {"type": "string"}}}}}
KEPT = "public, max-age=300"
"""Keys, lists and the profile change rarely; a revocation is seen everywhere within five minutes."""

FIRST_DAY = date(2026, 1, 1)
"""No certificate was issued before, so nobody makes us sign the lists of centuries."""

T = TypeVar("T", bound=BaseModel)
Thumbprint = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="RFC 7638")]


class ProfileAnswer(BaseModel):
    """Who issues the credentials."""

    id: str
    type: list[str]
    name: str
    url: str


class RsaJwkAnswer(BaseModel):
    """A public key (RFC 7517)."""

    model_config = ConfigDict(title="RsaJwkAnswer")

    kty: str
    n: str
    e: str
    kid: str
    alg: str
    use: str


class RsaJwksAnswer(BaseModel):
    """The key that signs now, and all retired ones."""

    keys: list[RsaJwkAnswer]


def add_badge_routes(app: APIGatewayHttpResolver, ctx: BadgesContext) -> None:
    """The holder's route, and those that anybody may read."""
    _add_credential_route(app, ctx)
    _add_key_routes(app, ctx)
    _add_status_route(app, ctx)


def _add_credential_route(app: APIGatewayHttpResolver, ctx: BadgesContext) -> None:
    @app.get(
        "/v1/credits/attestations/<entry_id>/credential",
        summary="The certificate of completion as an Open Badges 3.0 credential",
        operation_id="read_credential",
        responses=JWT_ANSWER,
        **secured(Role.LEARNER, function="badges"),
    )
    def credential(entry_id: EntryIdPath) -> Response[str]:
        issued, name = read_attestation(ctx.store, LearnerId(caller(app).id), entry_id)
        url = ctx.public_url()
        return Response(200, JWT, compact_jwt(ctx.signer, open_badge(issued, name, url), keys_url(url)))


def _add_key_routes(app: APIGatewayHttpResolver, ctx: BadgesContext) -> None:
    anybody = public(function="badges")

    def published() -> list[RsaJwkAnswer]:
        prefix = keys_url(ctx.public_url())
        return [RsaJwkAnswer(**{**key, "kid": f"{prefix}/{key['kid']}"}) for key in ctx.signer.public_keys()]

    @app.get("/v1/credits/issuer", summary="Who issues the credentials", operation_id="read_issuer", **anybody)
    def issuer() -> Response[ProfileAnswer]:
        return _kept(ProfileAnswer(**issuer_profile(ctx.public_url())))

    @app.get(
        "/v1/credits/jwks",
        summary="The public keys that credentials are checked with",
        operation_id="read_badge_jwks",
        **anybody,
    )
    def jwks() -> Response[RsaJwksAnswer]:
        return _kept(RsaJwksAnswer(keys=published()))

    @app.get(
        "/v1/credits/keys/<thumbprint>",
        summary="One public key, as a credential's `kid` names it",
        operation_id="read_badge_key",
        **anybody,
    )
    def key(thumbprint: Annotated[Thumbprint, Path()]) -> Response[RsaJwkAnswer]:
        found = [known for known in published() if known.kid.endswith(f"/{thumbprint}")]
        if not found:
            raise NOT_FOUND.problem()
        return _kept(found[0])


def _add_status_route(app: APIGatewayHttpResolver, ctx: BadgesContext) -> None:
    @app.get(
        "/v1/credits/status-lists/<day>",
        summary="Which credentials issued on a day are revoked: a signed bitstring status list",
        operation_id="read_status_list",
        responses=JWT_ANSWER,
        **public(function="badges"),
    )
    def revoked(day: Annotated[Day, Path()]) -> Response[str]:
        if not FIRST_DAY <= day <= civil_day(ctx.clock.now()):
            raise NOT_FOUND.problem()
        url = ctx.public_url()
        token = compact_jwt(ctx.signer, status_list(ctx.store, day, url), keys_url(url))
        return Response(200, JWT, token, headers={"Cache-Control": KEPT})


def _kept(answer: T) -> Response[T]:
    return Response(200, "application/json", answer, headers={"Cache-Control": KEPT})
