"""Evidence packs, and the keys to check them with."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel

from services.kit.http import call_of, public, secured
from services.kit.identity import Role
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.read_evidence import read_evidence
from services.playback.handlers.routes.fields import WatchId


class SignedPackAnswer(BaseModel):
    """A flattened JWS (RFC 7515), ES256. `payload` is the pack, JSON in base64url."""

    payload: str
    protected: str
    signature: str


class JwkAnswer(BaseModel):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JwksAnswer(BaseModel):
    """The key that signs now, and all retired ones."""

    keys: list[JwkAnswer]


def add_evidence_routes(app: APIGatewayHttpResolver, ctx: EvidenceContext) -> None:
    """Packs for whom they concern; keys for everybody."""

    @app.get(
        "/v1/playback/watches/<watch_id>/evidence",
        operation_id="read_evidence",
        summary="The signed evidence pack of a completed watch",
        **secured(Role.LEARNER, Role.AUDITOR, function="evidence"),
    )
    def evidence(watch_id: Annotated[WatchId, Path()]) -> SignedPackAnswer:
        return SignedPackAnswer(**read_evidence(ctx, call_of(app), watch_id))

    @app.get(
        "/v1/playback/jwks",
        operation_id="read_jwks",
        summary="The public keys that evidence packs are checked with",
        **public(function="evidence"),
    )
    def jwks() -> JwksAnswer:
        return JwksAnswer(keys=[JwkAnswer(**key) for key in ctx.signer.public_keys()])
