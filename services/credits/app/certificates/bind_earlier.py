"""What release 1.0.0 left: it bound no number to a person, confirmed no name, had no list of what waits, and nobody
was found by name or number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.numbers import bind_number
from services.credits.app.certificates.problems import NUMBER_TAKEN
from services.credits.app.certificates.read_claim import read_claim, read_claims
from services.credits.app.certificates.waiting import asked
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.items import head_key
from services.credits.app.lookups.items import name_writes, number_writes
from services.credits.app.profiles.items import is_erased, profile_key
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.credits.domain.profile import Profile
from services.kit.problems import Problem
from services.kit.store import Change, Check, commit_retrying, read_or


@dataclass(frozen=True)
class LooseCertificate:
    """A confirmed certificate that an administrator has to look at: two people have its number, or no name is confirmed
    with it, so that no document can be had for it."""

    learner_id: LearnerId
    credential: Credential
    number_taken: bool
    name_missing: bool


def bind_earlier(ctx: LedgerContext, learner_ids: Iterable[LearnerId]) -> Iterator[LooseCertificate]:
    """Binds the number of each confirmed certificate of these people that is not bound, and puts all others into the
    list of what waits; files all where they are found by name and number. Yields what is left to be done.

    Names are not bound: nobody has looked at them. Done again, it changes nothing.

    Raises:
        Conflict: others kept writing.
    """
    for learner_id in learner_ids:
        if is_erased(ctx.store, learner_id):
            continue
        _file_name(ctx, learner_id)
        for claim in list(read_claims(ctx.store, learner_id)):
            _file_number(ctx, claim.certificate)
            if claim.certificate.confirmed:
                taken = not _bind(ctx, claim.certificate)
                if taken or claim.holder.name is None:
                    yield LooseCertificate(learner_id, claim.certificate.credential, taken, claim.holder.name is None)
            else:
                _put_into_list(ctx, claim.certificate)


def _file_name(ctx: LedgerContext, learner_id: LearnerId) -> None:
    def plan() -> tuple[Change, None]:
        profile = read_or(ctx.store, profile_key(learner_id), Profile())
        writes = name_writes(ctx.store, ctx.macs, learner_id, profile.value.real_name)
        return Change([*writes, Check(profile.key, profile.version)] if writes else []), None

    commit_retrying(ctx.store, plan)


def _file_number(ctx: LedgerContext, certificate: Certificate) -> None:
    learner_id, credential = certificate.learner_id, certificate.credential

    def plan() -> tuple[Change, None]:
        # The head first: a correction or an erasure after this makes the transaction fail.
        head = ctx.store.get(head_key(learner_id), Head)
        if head is None or is_erased(ctx.store, learner_id):
            return Change(), None
        number = read_claim(ctx.store, learner_id, credential).certificate.number
        writes = number_writes(ctx.store, ctx.macs, learner_id, credential, number)
        return Change([*writes, Check(head_key(learner_id), head.version)] if writes else []), None

    commit_retrying(ctx.store, plan)


def _bind(ctx: LedgerContext, certificate: Certificate) -> bool:
    """Whether its number is its holder's now."""
    learner_id, credential = certificate.learner_id, certificate.credential

    def plan() -> tuple[Change, None]:
        # The head first: a correction or an erasure after this makes the transaction fail.
        head = ctx.store.get(head_key(learner_id), Head)
        number = read_claim(ctx.store, learner_id, credential).certificate.number
        erased = is_erased(ctx.store, learner_id)
        writes = [] if erased or head is None else bind_number(ctx, learner_id, credential, number)
        return Change([*writes, Check(head_key(learner_id), head.version)] if head and writes else []), None

    try:
        commit_retrying(ctx.store, plan)
    except Problem as problem:
        if problem.type is not NUMBER_TAKEN:
            raise
        return False
    return True


def _put_into_list(ctx: LedgerContext, certificate: Certificate) -> None:
    """Unless it waits there, or was returned and not sent again since."""
    learner_id, credential = certificate.learner_id, certificate.credential

    def plan() -> tuple[Change, None]:
        # The head first, as above.
        head = ctx.store.get(head_key(learner_id), Head)
        known = read_claim(ctx.store, learner_id, credential).certificate
        holder = read_holder(ctx.store, learner_id, credential)
        returned_at = holder.value.returned_at
        settled = known.confirmed or (returned_at is not None and returned_at >= known.at)
        if head is None or settled or is_erased(ctx.store, learner_id):
            return Change(), None
        writes = asked(learner_id, credential, holder, holder.value.proof, known.at)
        return Change([*writes, Check(head_key(learner_id), head.version)] if writes else []), None

    commit_retrying(ctx.store, plan)
