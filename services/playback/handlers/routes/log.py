"""Proofs of what is in the log. Its tiles and checkpoint are files beside these routes: /log/."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, Strict

from services.kit.http import public
from services.playback.app.context import ProofContext
from services.playback.app.log.prove_entry import prove_entry

TEXT = "text/plain; charset=utf-8"
PROOF_ANSWER: dict[int, Any] = {
    200: {
        "description": "A tlog-proof (https://c2sp.org/tlog-proof): place, hashes, cosigned checkpoint",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}

Digest = Annotated[
    str, Strict(), Field(pattern=r"^[0-9a-f]{64}$", description="the SHA-256 of what was logged, hexadecimal"), Path()
]


def add_log_routes(app: APIGatewayHttpResolver, ctx: ProofContext) -> None:
    """For whoever has the document: its hash says nothing to anybody else."""

    @app.get(
        "/v1/playback/log/proofs/<digest>",
        operation_id="prove_log_entry",
        summary="The proof that something is in the transparency log",
        responses=PROOF_ANSWER,
        **public(function="evidence"),
    )
    def prove(digest: Digest) -> Response[str]:
        return Response(200, TEXT, str(prove_entry(ctx, digest)), headers={"Cache-Control": "no-store"})
