"""Evidence packs, the keys to check them with, and proofs of what is in the log.

A function of its own: beats need neither KMS nor the archive.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import EvidenceContext, ProofContext
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.app.log.problems import LOG_PROOF_NOT_FOUND
from services.playback.handlers.routes.evidence import add_evidence_routes
from services.playback.handlers.routes.log import add_log_routes


def build_api(
    ctx: EvidenceContext, proofs: ProofContext, origin_secret: Callable[[bool], Mapping[str, str]]
) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (EVIDENCE_NOT_FOUND, LOG_PROOF_NOT_FOUND), origin_secret)
    add_evidence_routes(api.app, ctx)
    add_log_routes(api.app, proofs)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.evidence(), bootstrap.proofs(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
