"""Evidence packs and the keys to check them with. A function of its own: beats need neither KMS nor the archive."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, StrictStr

from services.kit.http import HttpApi, caller, public, secured
from services.kit.identity import Role
from services.playback import bootstrap
from services.playback.app.archive_watch import EvidenceArchive, Signer, read_evidence
from services.playback.app.problems import EVIDENCE_NOT_FOUND

WatchId = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{32}$", description="the watch's id")]


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


def build_api(signer: Signer, archive: EvidenceArchive, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (EVIDENCE_NOT_FOUND,), origin_secret)
    app = api.app

    @app.get(
        "/v1/playback/watches/<watch_id>/evidence",
        operation_id="read_evidence",
        summary="The signed evidence pack of a completed watch",
        **secured(Role.LEARNER, Role.AUDITOR, function="evidence"),
    )
    def evidence(watch_id: Annotated[WatchId, Path()]) -> SignedPackAnswer:
        return SignedPackAnswer(**read_evidence(archive, caller(app), watch_id))

    @app.get(
        "/v1/playback/jwks",
        operation_id="read_jwks",
        summary="The public keys that evidence packs are checked with",
        **public(function="evidence"),
    )
    def jwks() -> JwksAnswer:
        return JwksAnswer(keys=[JwkAnswer(**key) for key in signer.public_keys()])

    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.signer(), bootstrap.packs(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
