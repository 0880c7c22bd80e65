"""Evidence packs and the keys to check them with. A function of its own: beats need neither KMS nor the archive."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret
from services.playback import bootstrap
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.handlers.routes.evidence import add_evidence_routes


def build_api(ctx: EvidenceContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi playback", (EVIDENCE_NOT_FOUND,), origin_secret)
    add_evidence_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.evidence(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
