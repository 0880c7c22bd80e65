"""The whole check of a file, by keys and a policy that the caller trusts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from xueshi_verify.encoding import Unreadable, json_object, text_of
from xueshi_verify.notes import MAX_NOTE_BYTES
from xueshi_verify.packs import pack_problems, read_pack
from xueshi_verify.policies import read_policy
from xueshi_verify.problems import Problem
from xueshi_verify.proofs import (
    MAX_PROOF_BYTES,
    Proof,
    Seen,
    inclusion_problems,
    kept_problems,
    read_checkpoint,
    read_proof,
    seen_by,
)
from xueshi_verify.shapes import is_object, is_text, one_of, require
from xueshi_verify.signatures import read_keys, read_signed, signature_problems
from xueshi_verify.statements import FORMAT as STATEMENT
from xueshi_verify.statements import issued_at, read_statement, statement_problems

BUNDLE = "xueshi.bundle/1"
MAX_DOCUMENT_BYTES = 8 * 1024 * 1024


class Verdict(StrEnum):
    """What a check says; a refused document can be read, and something in it is not right."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Files:
    """Contents of files, nothing checked. `proof` is None where the document is to bring its own."""

    document: bytes
    policy: bytes
    keys: bytes | None = None
    proof: bytes | None = None
    checkpoints: Sequence[bytes] = ()


@dataclass(frozen=True)
class Result:
    """What was found: of a pack its content, of a certificate its statement, and what the log says of it."""

    problems: list[Problem]
    verdict: Verdict
    pack: dict[str, Any] | None = None
    statement: dict[str, Any] | None = None
    key_id: str = ""
    proof: Proof | None = None
    cosigned_at: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Document:
    """A document of which the form is known: a flattened JWS or a statement, and its proof's text."""

    pack: Any
    statement: str | None
    proof: str


def check(files: Files) -> Result:
    """Checks a document with everything that is given. Raises nothing: what cannot be read is a verdict too."""
    try:
        document = _document(files)
        return _pack_result(files, document) if document.statement is None else _statement_result(files, document)
    except Unreadable as error:
        return Result([Problem(error.code, error.detail)], Verdict.UNREADABLE)


def _document(files: Files) -> _Document:
    text = text_of(files.document, MAX_DOCUMENT_BYTES, "document")
    value = json_object(text, "document")
    outside = None if files.proof is None else text_of(files.proof, MAX_PROOF_BYTES, "proof")
    if value.get("format") == BUNDLE:
        members = {"format": one_of(BUNDLE), "proof": is_text_of_proof, "pack": is_object, "statement": is_text}
        require(value, members, "the bundle", absent=frozenset({"pack", "statement"}))
        if ("pack" in value) == ("statement" in value):
            raise Unreadable("document", "a bundle has either a pack or a statement")
        return _Document(value.get("pack"), value.get("statement"), value["proof"] if outside is None else outside)
    if outside is None:
        raise Unreadable("proof_missing", "the document brings no proof, and none is beside it")
    if value.get("format") == STATEMENT:
        return _Document(None, text, outside)
    return _Document(value, None, outside)


def is_text_of_proof(value: Any) -> bool:
    """A text; how long it may be its reader says."""
    return isinstance(value, str)


def _pack_result(files: Files, document: _Document) -> Result:
    signed = read_signed(document.pack)
    pack = read_pack(signed.payload)
    if files.keys is None:
        raise Unreadable("keys", "a pack needs the published keys")
    problems = [*signature_problems(signed, read_keys(files.keys)), *pack_problems(pack)]
    proof, seen, found = _log_problems(files, document.proof, signed.entry, pack["watch"]["completed_at"])
    found = [*problems, *found]
    return Result(found, _verdict(found), pack, None, signed.key_id, proof, seen.cosigned_at)


def _statement_result(files: Files, document: _Document) -> Result:
    text = document.statement or ""
    statement = read_statement(text)
    entry = sha256(text.encode()).digest()
    proof, seen, found = _log_problems(files, document.proof, entry, issued_at(statement))
    found = [*statement_problems(statement), *found]
    return Result(found, _verdict(found), None, statement, "", proof, seen.cosigned_at)


def _log_problems(files: Files, text: str, entry: bytes, made_at: int) -> tuple[Proof, Seen, list[Problem]]:
    policy, proof = read_policy(files.policy), read_proof(text)
    kept = [read_checkpoint(text_of(content, MAX_NOTE_BYTES, "checkpoint")) for content in files.checkpoints]
    seen = seen_by(proof.note, policy)
    if seen.problems:
        return proof, seen, seen.problems
    found = inclusion_problems(proof, entry, seen, made_at)
    return proof, seen, [*found, *kept_problems(proof, seen, kept, policy, made_at)]


def _verdict(problems: list[Problem]) -> Verdict:
    return Verdict.REFUSED if problems else Verdict.ACCEPTED
