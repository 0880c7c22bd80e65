"""A code that was sent, and what it proves. Each try is written before anything is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hmac import compare_digest
from math import ceil
from typing import TypeVar

from services.credits.app.context import AccessContext
from services.credits.app.identities.items import code_key
from services.credits.app.identities.problems import CODE_OVER, CODE_WRONG
from services.credits.app.identities.send_codes import CODE
from services.credits.app.metrics import IDENTITY_PROOFS
from services.credits.domain.identities import IdentityKind
from services.credits.domain.sent_codes import TRIES, SentCode
from services.kit.observability import count
from services.kit.problems import Problem
from services.kit.store import Change, Write, commit_retrying

T = TypeVar("T")


@dataclass(frozen=True)
class CodeProof:
    """Somebody's claim to a number or an address: the code that was sent to it, and the id that the browser was told.

    `target` is a number in E.164, or an address.
    """

    kind: IdentityKind
    target: str
    code_id: str
    code: str


def use_code(ctx: AccessContext, proof: CodeProof, act: Callable[[str], tuple[Sequence[Write], T]]) -> T:
    """Uses a right code for what it is to bring about, in one transaction; a wrong one costs a try.

    `act` plans, by the hash of what was proven. Where it refuses, as it may for want of a further proof, that costs a
    try too and the code stays.

    Raises:
        Problem: CODE_WRONG, CODE_OVER, or what `act` raises.
        Conflict: others kept writing.
    """
    hashed = ctx.fingerprints.of(proof.kind, proof.target)
    given = ctx.fingerprints.of(CODE, f"{hashed}:{proof.code_id}:{proof.code}")

    def plan() -> tuple[Change, T | Problem]:
        stored = ctx.store.get(code_key(hashed, proof.code_id), SentCode)
        # Another browser's code, another number's, and none: the same answer.
        if stored is None or not stored.value.is_open(ctx.clock.now()):
            raise CODE_OVER.problem()
        tried, expiry = stored.value.tried(), ceil(stored.value.until.timestamp())
        if not compare_digest(stored.value.hashed, given):
            return Change([stored.put(tried, expiry)]), CODE_WRONG.problem(tries_left=TRIES - tried.tries)
        try:
            writes, result = act(hashed)
        except Problem as refusal:
            return Change([stored.put(tried, expiry)]), refusal
        return Change([stored.put(replace(tried, used=True), expiry), *writes]), result

    found = commit_retrying(ctx.store, plan)
    outcome = found.type.code if isinstance(found, Problem) else "taken"
    count(IDENTITY_PROOFS, kind=proof.kind, outcome=outcome)
    if isinstance(found, Problem):
        raise found
    return found
