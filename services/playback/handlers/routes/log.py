"""Proofs of what is in the log. Its tiles and checkpoint are files beside these routes: /log/."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from services.kit.http import HttpApi
from services.playback.app.context import ProofContext
from services.playback.app.log.prove_entry import prove_entry
from services.playback.app.log.read_policy import policy_text

TEXT = "text/plain; charset=utf-8"
PROOF_ANSWER: dict[int, Any] = {
    200: {
        "description": "A tlog-proof (https://c2sp.org/tlog-proof): place, hashes, cosigned checkpoint",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
POLICY_ANSWER: dict[int, Any] = {
    200: {
        "description": "A tlog-policy (https://c2sp.org/tlog-policy): the log's key, its witnesses, who must cosign",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}

Digest = Annotated[
    str, Field(strict=True, pattern=r"^[0-9a-f]{64}$", description="the SHA-256 of what was logged, hexadecimal")
]


def add_log_routes(api: HttpApi, ctx: ProofContext) -> None:
    """For whoever has the document: its hash says nothing to anybody else."""

    @api.public().route("GET /v1/playback/log/proofs/<digest>", "prove_log_entry", responses=PROOF_ANSWER)
    def prove(digest: Digest) -> Response[str]:
        """The proof that something is in the transparency log."""
        return Response(200, TEXT, str(prove_entry(ctx, digest)), headers={"Cache-Control": "no-store"})

    @api.public().route("GET /v1/playback/log/policy", "read_log_policy", responses=POLICY_ANSWER)
    def policy() -> Response[str]:
        """The operator's policy of the transparency log. Who does not trust the operator brings another."""
        return Response(200, TEXT, policy_text(ctx), headers={"Cache-Control": "no-store"})
