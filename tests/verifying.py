"""The stranger's verifier, for the tests of what makes the evidence: what it says against a document, by code."""

from collections.abc import Sequence
from typing import Any

from services.playback.app.evidence.packs import as_text
from xueshi_verify.check import Files, check
from xueshi_verify.packs import pack_problems, read_pack

Json = dict[str, Any]


def problems_of_pack(signed: Json, jwks: Json, proof: str, policy: str, older: Sequence[str] = ()) -> list[str]:
    """Of a signed pack and its proof from the log, by trusted keys, log and witnesses."""
    return _problems(as_text(signed), as_text(jwks), proof, policy, older)


def problems_of_statement(statement: str, proof: str, policy: str, older: Sequence[str] = ()) -> list[str]:
    """Of what a certificate states, and its proof from the log."""
    return _problems(statement.encode(), None, proof, policy, older)


def _problems(document: bytes, keys: bytes | None, proof: str, policy: str, older: Sequence[str]) -> list[str]:
    files = Files(document, policy.encode(), keys, proof.encode(), [text.encode() for text in older])
    return [problem.code for problem in check(files).problems]


def doubts(pack: Json) -> list[str]:
    """Of what a pack says, whoever signed it."""
    return [problem.code for problem in pack_problems(read_pack(as_text(pack).decode()))]
