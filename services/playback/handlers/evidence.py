"""Evidence packs, the keys to check them with, and proofs of what is in the log.

A function of its own: beats need neither KMS nor the archive.
"""

from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function
from services.playback import bootstrap
from services.playback.app.context import EvidenceContext, ProofContext
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.app.log.problems import LOG_POLICY_NOT_FOUND, LOG_PROOF_NOT_FOUND
from services.playback.handlers.routes.evidence import add_evidence_routes
from services.playback.handlers.routes.log import add_log_routes


def build_api(ctx: EvidenceContext, proofs: ProofContext, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    problems = (EVIDENCE_NOT_FOUND, LOG_PROOF_NOT_FOUND, LOG_POLICY_NOT_FOUND)
    api = HttpApi("Xueshi playback", problems, origin_secret, function="evidence")
    add_evidence_routes(api, ctx)
    add_log_routes(api, proofs)
    return api


handler = http_function(lambda secret: build_api(bootstrap.evidence(), bootstrap.proofs(), secret))
