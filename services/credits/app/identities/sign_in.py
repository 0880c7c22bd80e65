"""Signing in with a phone number or WeChat. Registering is the same: the first proof makes the account."""

import re
from dataclasses import dataclass, replace
from hmac import compare_digest

from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import AccessContext
from services.credits.app.identities.check_code import CodeProof, use_code
from services.credits.app.identities.items import has_something, holder_key, identities_key, read_identities
from services.credits.app.identities.problems import (
    FURTHER_PROOF_WRONG,
    NUMBER_IN_DOUBT,
    SIGN_IN_REFUSED,
    STAFF_SIGN_IN,
)
from services.credits.app.ports import Refused, Tokens
from services.credits.app.profiles.items import profile_key
from services.credits.domain.identities import Identities, Identity, IdentityHolder, IdentityKind, in_doubt
from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile
from services.kit.read_codes import letters_and_digits
from services.kit.store import Put, Stored, Write, read_or

CERTIFICATE, NAME = "certificate_number", "real_name"
"""What else an account may be proven with."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Further:
    """What is said of a number that may have changed hands.

    `proof` is something of the old account that its person knows; `not_mine` says that it is somebody else's.
    """

    proof: str | None = None
    not_mine: bool = False


@dataclass(frozen=True)
class Proven:
    """An identity that was just proven. `once` names this proof: an account that it makes is one, whoever stops."""

    kind: IdentityKind
    subject: str
    hashed: str
    once: str


def sign_in_by_phone(ctx: AccessContext, proof: CodeProof, further: Further) -> Tokens:
    """Signs in whoever has the number, and makes the account if it is the first time.

    Raises:
        Problem: CODE_WRONG, CODE_OVER, NUMBER_IN_DOUBT, FURTHER_PROOF_WRONG, STAFF_SIGN_IN, SIGN_IN_REFUSED.
        Conflict: others kept writing.
    """
    person_id = use_code(ctx, proof, lambda hashed: admit(ctx, by_code(proof, hashed), further))
    # Again at each sign-in: who was stopped before this is found by staff after the next one.
    ctx.pool.show_phone(person_id, proof.target)
    return let_in(ctx, person_id)


def admit(ctx: AccessContext, proven: Proven, further: Further) -> tuple[list[Write], LearnerId]:
    """Whose identity this is, or a new account's, and the writes after which it was proven now.

    Raises:
        Problem: NUMBER_IN_DOUBT, FURTHER_PROOF_WRONG, STAFF_SIGN_IN.
    """
    holder = ctx.store.get(holder_key(proven.hashed), IdentityHolder)
    if holder is None:
        return _registered(ctx, proven, None)
    person_id = holder.value.person_id
    if ctx.pool.standing(person_id).is_staff:
        raise STAFF_SIGN_IN.problem()
    identities = read_identities(ctx.store, person_id)
    known = identities.value.of(proven.kind)
    if known and is_doubted(ctx, person_id, proven.kind, known):
        if further.not_mine:
            writes, fresh = _registered(ctx, proven, holder)
            return [*writes, identities.put(identities.value.with_one(proven.kind, None))], fresh
        require_further(ctx, person_id, further)
    return [identities.put(_with_proof(ctx, identities.value, proven))], person_id


def by_code(proof: CodeProof, hashed: str) -> Proven:
    """What a right code proves."""
    return Proven(proof.kind, proof.target, hashed, proof.code_id)


def let_in(ctx: AccessContext, person_id: LearnerId) -> Tokens:
    """Tokens of the user pool, which is shown by a ticket that the person was proven.

    Raises:
        Problem: SIGN_IN_REFUSED.
    """
    try:
        return ctx.pool.sign_in(person_id, ctx.ticket)
    except Refused:
        raise SIGN_IN_REFUSED.problem() from None


def is_doubted(ctx: AccessContext, person_id: LearnerId, kind: IdentityKind, known: Identity) -> bool:
    """Whether a number may be somebody else's by now, and would open what is another person's."""
    return in_doubt(kind, known, ctx.clock.now()) and has_something(ctx.store, person_id)


def require_further(ctx: AccessContext, person_id: LearnerId, further: Further) -> None:
    """Raises NUMBER_IN_DOUBT where nothing further was said, and FURTHER_PROOF_WRONG where it does not fit."""
    kind, known = _known_things(ctx, person_id)
    if further.proof is None or kind is None:
        raise NUMBER_IN_DOUBT.problem(accepts=[kind] if kind else [])
    given = _plain(kind, further.proof).encode()
    if not any(compare_digest(given, _plain(kind, one).encode()) for one in known):
        raise FURTHER_PROOF_WRONG.problem()


def _known_things(ctx: AccessContext, person_id: LearnerId) -> tuple[str | None, list[str]]:
    """What only its person is likely to know of an account: certificates' numbers, or else the real name."""
    numbers = [one.number for one in current_certificates(ctx.store, person_id).values()]
    if numbers:
        return CERTIFICATE, numbers
    name = read_or(ctx.store, profile_key(person_id), Profile()).value.real_name
    return (NAME, [name]) if name else (None, [])


def _plain(kind: str, text: str) -> str:
    return letters_and_digits(text) if kind == CERTIFICATE else _BLANKS.sub("", text).casefold()


def _registered(
    ctx: AccessContext, proven: Proven, before: Stored[IdentityHolder] | None
) -> tuple[list[Write], LearnerId]:
    """A new account, which what was proven opens from now on."""
    person_id = ctx.pool.create(ctx.fingerprints.of("account", f"{proven.hashed}:{proven.once}"))
    identities = Put(identities_key(person_id), _with_proof(ctx, Identities(), proven))
    return [held_by(before, proven.hashed, person_id), identities], person_id


def held_by(before: Stored[IdentityHolder] | None, hashed: str, person_id: LearnerId) -> Put:
    """The write after which an identity is somebody's, whosever it was."""
    if before is None:
        return Put(holder_key(hashed), IdentityHolder(person_id))
    return before.put(replace(before.value, person_id=person_id))


def _with_proof(ctx: AccessContext, identities: Identities, proven: Proven) -> Identities:
    return identities.with_one(proven.kind, proven_now(ctx, identities.of(proven.kind), proven))


def proven_now(ctx: AccessContext, known: Identity | None, proven: Proven) -> Identity:
    """The identity as it is kept: the same one proven again, or another."""
    now = ctx.clock.now()
    if known and known.hashed == proven.hashed:
        return replace(known, proven_at=now)
    return Identity(proven.subject, proven.hashed, now, now)
