"""Evidence packs and the keys to check them with. A function of its own: beats need neither KMS nor the archive."""

from services.kit.http import HttpApi, OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.handlers.routes.evidence import add_evidence_routes


def build_api(ctx: EvidenceContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (EVIDENCE_NOT_FOUND,), origin_secret, function="evidence")
    add_evidence_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.evidence(), secret))
