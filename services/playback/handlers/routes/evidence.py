"""Evidence packs, and the keys to check them with."""

from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.read_evidence import read_evidence
from services.playback.handlers.routes.fields import WatchId


class SignedPackAnswer(Answer):
    """A flattened JWS (RFC 7515), ES256. `payload` is the pack, JSON in base64url."""

    payload: str
    protected: str
    signature: str


class JwkAnswer(Answer):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JwksAnswer(Answer):
    """The key that signs now, and all retired ones."""

    keys: list[JwkAnswer]


def add_evidence_routes(api: HttpApi, ctx: EvidenceContext) -> None:
    """Packs for whom they concern; keys for everybody."""

    @api.secured(Role.LEARNER, Role.AUDITOR).route("GET /v1/playback/watches/<watch_id>/evidence", "read_evidence")
    def evidence(watch_id: WatchId) -> SignedPackAnswer:
        """The signed evidence pack of a completed watch."""
        return SignedPackAnswer(**read_evidence(ctx, api.call(), watch_id))

    @api.public().route("GET /v1/playback/jwks", "read_jwks")
    def jwks() -> JwksAnswer:
        """The public keys that evidence packs are checked with."""
        return JwksAnswer(keys=[JwkAnswer(**key) for key in ctx.signer.public_keys()])
