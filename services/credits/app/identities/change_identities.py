"""Adding, replacing and removing what one signs in with, and joining two accounts by proof of both.

Who changes anything has signed in just now, which proves one of the old; the new is proven by its code or by WeChat.
Where the new one is another account's, the two are one person's. Hours, orders and evidence never move, as they are
signed under the learner's id: identities go to the account that has something (decision 0058).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.credits.app.access.recent_sign_in import require_recent_sign_in
from services.credits.app.context import AccessContext
from services.credits.app.identities.check_code import CodeProof, use_code
from services.credits.app.identities.items import has_something, holder_key, read_identities
from services.credits.app.identities.problems import (
    ACCOUNTS_BOTH_USED,
    IDENTITY_ABSENT,
    IDENTITY_TAKEN,
    LAST_IDENTITY,
)
from services.credits.app.identities.read_identities import count_identities
from services.credits.app.identities.sign_in import (
    Further,
    Proven,
    by_code,
    held_by,
    is_doubted,
    proven_now,
    require_further,
)
from services.credits.app.ports import AddressTaken
from services.credits.domain.identities import Identities, IdentityHolder, IdentityKind, JoinOutcome, joining
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, Stored, Write, commit_retrying


@dataclass(frozen=True)
class Outcome:
    """What came of it. `moved_to` is the account that has the identities now; another than the caller's means that
    the caller goes on there, and signs in again."""

    joining: JoinOutcome
    moved_to: LearnerId
    others: LearnerId | None = None


def add_phone(ctx: AccessContext, call: Call, proof: CodeProof, further: Further) -> Outcome:
    """Makes a number the caller's, in place of the one before.

    Raises:
        Problem: SIGN_IN_RECENTLY, CODE_WRONG, CODE_OVER, NUMBER_IN_DOUBT, FURTHER_PROOF_WRONG, IDENTITY_TAKEN,
            ACCOUNTS_BOTH_USED.
        Conflict: others kept writing.
    """
    require_recent_sign_in(ctx.clock, call)
    person_id = LearnerId(call.caller_id)
    outcome = use_code(ctx, proof, lambda hashed: take_over(ctx, person_id, by_code(proof, hashed), further))
    settle_pool(ctx, person_id, outcome)
    return outcome


def change_email(ctx: AccessContext, call: Call, proof: CodeProof) -> Outcome:
    """Makes an address the caller's, in place of the one before.

    Raises:
        Problem: SIGN_IN_RECENTLY, CODE_WRONG, CODE_OVER, IDENTITY_TAKEN, ACCOUNTS_BOTH_USED.
        Conflict: others kept writing.
    """
    require_recent_sign_in(ctx.clock, call)
    person_id = LearnerId(call.caller_id)
    outcome = use_code(ctx, proof, lambda _: _meet_address(ctx, person_id, proof.target))
    if outcome.joining is JoinOutcome.HERE:
        # The pool takes an address once: where somebody is stopped in between, nobody has it, and they do it again.
        if outcome.others:
            ctx.pool.take_email(outcome.others, None)
        try:
            ctx.pool.take_email(person_id, proof.target)
        except AddressTaken:
            raise IDENTITY_TAKEN.problem() from None
    settle_pool(ctx, person_id, outcome)
    return outcome


def remove_identity(ctx: AccessContext, call: Call, kind: IdentityKind) -> None:
    """Takes one away; never the last.

    Raises:
        Problem: SIGN_IN_RECENTLY, IDENTITY_ABSENT, LAST_IDENTITY.
        Conflict: others kept writing.
    """
    require_recent_sign_in(ctx.clock, call)
    person_id = LearnerId(call.caller_id)
    email = ctx.pool.standing(person_id).email

    def plan() -> tuple[Change, None]:
        stored = read_identities(ctx.store, person_id)
        known = stored.value.of(kind)
        if known is None:
            raise IDENTITY_ABSENT.problem()
        if count_identities(stored.value, email) == 1:
            raise LAST_IDENTITY.problem()
        return Change([stored.put(stored.value.with_one(kind, None)), *_released(ctx, known.hashed)]), None

    commit_retrying(ctx.store, plan)
    if kind is IdentityKind.PHONE:
        ctx.pool.show_phone(person_id, None)


def take_over(
    ctx: AccessContext, person_id: LearnerId, proven: Proven, further: Further
) -> tuple[list[Write], Outcome]:
    """What becomes of an identity that somebody who is signed in has proven, and the writes.

    Raises:
        Problem: NUMBER_IN_DOUBT, FURTHER_PROOF_WRONG, IDENTITY_TAKEN, ACCOUNTS_BOTH_USED.
    """
    holder = ctx.store.get(holder_key(proven.hashed), IdentityHolder)
    own = read_identities(ctx.store, person_id)
    if holder is None or holder.value.person_id == person_id:
        return [*_bound(ctx, own, proven, holder, person_id)], Outcome(JoinOutcome.HERE, person_id)
    other_id = holder.value.person_id
    others = read_identities(ctx.store, other_id)
    known = others.value.of(proven.kind)
    doubted = known is not None and is_doubted(ctx, other_id, proven.kind, known)
    if doubted and not further.not_mine:
        require_further(ctx, other_id, further)
    came_of_it = JoinOutcome.HERE if doubted and further.not_mine else meet(ctx, person_id, other_id)
    if came_of_it is JoinOutcome.THERE:
        kept = others.value.with_one(proven.kind, proven_now(ctx, known, proven))
        return _handed_over(own, others, kept, other_id, ctx), Outcome(JoinOutcome.THERE, other_id, other_id)
    writes = [*_bound(ctx, own, proven, holder, person_id), others.put(others.value.with_one(proven.kind, None))]
    return writes, Outcome(JoinOutcome.HERE, person_id, other_id)


def meet(ctx: AccessContext, person_id: LearnerId, other_id: LearnerId) -> JoinOutcome:
    """Which of two accounts of one person goes on. Raises IDENTITY_TAKEN, ACCOUNTS_BOTH_USED."""
    if ctx.pool.standing(other_id).is_staff:
        raise IDENTITY_TAKEN.problem()
    found = joining(own=has_something(ctx.store, person_id), others=has_something(ctx.store, other_id))
    if found is JoinOutcome.REFUSED:
        raise ACCOUNTS_BOTH_USED.problem()
    return found


def _meet_address(ctx: AccessContext, person_id: LearnerId, address: str) -> tuple[list[Write], Outcome]:
    other_id = ctx.pool.find(address)
    if other_id is None or other_id == person_id:
        return [], Outcome(JoinOutcome.HERE, person_id)
    if meet(ctx, person_id, other_id) is JoinOutcome.HERE:
        return [], Outcome(JoinOutcome.HERE, person_id, other_id)
    own, others = read_identities(ctx.store, person_id), read_identities(ctx.store, other_id)
    return _handed_over(own, others, others.value, other_id, ctx), Outcome(JoinOutcome.THERE, other_id, other_id)


def _handed_over(
    own: Stored[Identities], others: Stored[Identities], kept: Identities, other_id: LearnerId, ctx: AccessContext
) -> list[Write]:
    """This account's identities go to the other, where it has none of a kind; the rest is nobody's any more."""
    writes: list[Write] = []
    for kind, identity in own.value.held().items():
        if kept.of(kind) is None:
            kept = kept.with_one(kind, identity)
            writes += _held_by(ctx, identity.hashed, other_id)
        else:
            writes += _released(ctx, identity.hashed)
    emptied = [own.put(replace(own.value, phone=None, wechat=None))] if own.value.held() else []
    return [*writes, *emptied, others.put(kept)]


def _bound(
    ctx: AccessContext,
    own: Stored[Identities],
    proven: Proven,
    holder: Stored[IdentityHolder] | None,
    person_id: LearnerId,
) -> Sequence[Write]:
    """It is this person's from now on; the one before of its kind is nobody's."""
    before, bound = own.value.of(proven.kind), held_by(holder, proven.hashed, person_id)
    released = _released(ctx, before.hashed) if before and before.hashed != proven.hashed else []
    return [bound, own.put(own.value.with_one(proven.kind, proven_now(ctx, before, proven))), *released]


def _held_by(ctx: AccessContext, hashed: str, person_id: LearnerId) -> list[Write]:
    return [held_by(ctx.store.get(holder_key(hashed), IdentityHolder), hashed, person_id)]


def _released(ctx: AccessContext, hashed: str) -> list[Write]:
    holder = ctx.store.get(holder_key(hashed), IdentityHolder)
    return [holder.remove()] if holder else []


def settle_pool(ctx: AccessContext, person_id: LearnerId, outcome: Outcome) -> None:
    """Notes at the pool, for staff, what the accounts' numbers are now, and ends what is signed in to one that is left.

    Safe to repeat; what is not done because of a crash here is done by the next sign-in, or ends by itself.
    """
    if outcome.joining is JoinOutcome.THERE:
        ctx.pool.end_all(person_id)
    for each in {person_id, *([outcome.others] if outcome.others else [])}:
        phone = read_identities(ctx.store, each).value.phone
        ctx.pool.show_phone(each, phone.subject if phone else None)
