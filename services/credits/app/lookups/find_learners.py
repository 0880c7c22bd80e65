"""Finding a learner by what is known of them: the whole of it, never a part; each time is in the audit log.

What was looked for is not written down, since it may name anybody: by what, and the ids of who was found.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from services.credits.app.allowances.use_allowance import use_allowance
from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import PeopleContext
from services.credits.app.ledger.items import head_key
from services.credits.app.lookups.items import Handle, name_pk, number_pk
from services.credits.app.lookups.problems import LOOKUP_NOT_ALLOWED, LOOKUP_UNREADABLE
from services.credits.app.lookups.sight import LookupKey, Sight, may_find_by, shown_name, shown_number, sight_of
from services.credits.app.ports import PoolAccount
from services.credits.app.profiles.items import profile_key
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.credits.domain.names import clean_real_name
from services.credits.domain.profile import Profile, clean_email
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, read_or

MOST_FOUND = 10
"""People are shown at once; a name that more have is no way to find one of them."""
A_DAY = 300
"""So often may one person of the staff look in a day: a busy desk, and no list of all learners."""
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_NUMBER = re.compile(r"[A-Za-z0-9-]{4,32}")
_ID = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}|[A-Za-z0-9-]{9,64}")
_CHINA = "+86"


@dataclass(frozen=True)
class FoundCertificate:
    """One of the learner's certificates, its number as it may be seen."""

    credential: Credential
    number: str | None
    confirmed: bool


@dataclass(frozen=True)
class FoundLearner:
    """Who was found, as much of them as the caller may see."""

    learner_id: LearnerId
    name: str | None
    certificates: list[FoundCertificate]
    erased: bool


@dataclass(frozen=True)
class Findings:
    """Who was found; `more` of them are not shown."""

    learners: list[FoundLearner]
    more: bool


def find_learners(ctx: PeopleContext, call: Call, by: LookupKey, text: str) -> Findings:
    """Those to whom this belongs, at most MOST_FOUND.

    Raises:
        Problem: LOOKUP_NOT_ALLOWED, LOOKUP_UNREADABLE, TOO_OFTEN.
        Conflict: others kept writing.
    """
    allowed = may_find_by(call.caller.roles)
    if by not in allowed:
        raise LOOKUP_NOT_ALLOWED.problem(allowed=sorted(allowed))
    readable = _readable(by, text)
    # Before it is looked for, so that who may look no more learns nothing.
    use_allowance(ctx, call.caller_id, "lookups", A_DAY)
    ids = list(dict.fromkeys(islice(_FINDERS[by](ctx, readable), 2 * MOST_FOUND)))
    found = ids[:MOST_FOUND]

    def plan() -> tuple[Change, None]:
        used = use_allowance(ctx, call.caller_id, "lookups", A_DAY)
        audit = ctx.audit.entry(call.caller, "find_learners", " ".join(found) or "nobody", f"by {by}")
        return Change([used, audit]), None

    commit_retrying(ctx.store, plan)
    sight = sight_of(call.caller.roles)
    learners = [_found(ctx, learner_id, sight) for learner_id in found]
    # Of who was forgotten nothing is left but the id, by which alone they are found.
    shown = [learner for learner in learners if not learner.erased or by is LookupKey.LEARNER_ID]
    return Findings(shown, len(ids) > MOST_FOUND)


def clean_phone(text: str) -> str:
    """A number as the user pool has it: of the mainland where no country is named. Raises ValueError."""
    digits = re.sub(r"[\s()-]", "", text)
    if not _PHONE.fullmatch(digits):
        raise ValueError("not the form of a phone number")
    return digits if digits.startswith("+") else f"{_CHINA}{digits.removeprefix('86') if len(digits) > 11 else digits}"


def _readable(by: LookupKey, text: str) -> str:
    try:
        return _READERS[by](text.strip())
    except ValueError:
        raise LOOKUP_UNREADABLE.problem() from None


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError("another form")
        return text

    return read


def _by_name(ctx: PeopleContext, name: str) -> Iterable[LearnerId]:
    return _under(ctx, [name_pk(ctx.macs, key_id, name) for key_id in ctx.macs.ids()])


def _by_number(ctx: PeopleContext, number: str) -> Iterable[LearnerId]:
    return _under(ctx, [number_pk(ctx.macs, key_id, number) for key_id in ctx.macs.ids()])


def _under(ctx: PeopleContext, partitions: Iterable[str]) -> Iterable[LearnerId]:
    for pk in partitions:
        for stored in ctx.store.page(pk, "", Handle, None, 2 * MOST_FOUND).items:
            yield stored.value.learner_id


def _by_id(ctx: PeopleContext, beginning: str) -> Iterable[LearnerId]:
    """The pool knows beginnings; who has no account there any more is known by the whole id."""
    yield from _ids(ctx.directory.by_id(beginning, MOST_FOUND + 1))
    learner_id = LearnerId(beginning)
    head, profile = ctx.store.get(head_key(learner_id), Head), ctx.store.get(profile_key(learner_id), Profile)
    if head or profile:
        yield learner_id


def _ids(accounts: Iterable[PoolAccount]) -> Iterable[LearnerId]:
    return (account.learner_id for account in accounts)


def _found(ctx: PeopleContext, learner_id: LearnerId, sight: Sight) -> FoundLearner:
    profile = read_or(ctx.store, profile_key(learner_id), Profile()).value
    certificates = [
        FoundCertificate(credential, shown_number(known.number, sight), known.confirmed)
        for credential, known in current_certificates(ctx.store, learner_id).items()
    ]
    name = shown_name(profile.real_name, sight)
    return FoundLearner(learner_id, name, certificates, profile.erased_at is not None)


_READERS: dict[LookupKey, Callable[[str], str]] = {
    LookupKey.EMAIL: clean_email,
    LookupKey.PHONE: clean_phone,
    LookupKey.NAME: clean_real_name,
    LookupKey.CERTIFICATE_NUMBER: _matching(_NUMBER),
    LookupKey.LEARNER_ID: lambda text: _matching(_ID)(text.lower()),
}
_FINDERS: dict[LookupKey, Callable[[PeopleContext, str], Iterable[LearnerId]]] = {
    LookupKey.EMAIL: lambda ctx, email: _ids(ctx.directory.by_email(email, MOST_FOUND + 1)),
    LookupKey.PHONE: lambda ctx, phone: _ids(ctx.directory.by_phone(phone, MOST_FOUND + 1)),
    LookupKey.NAME: _by_name,
    LookupKey.CERTIFICATE_NUMBER: _by_number,
    LookupKey.LEARNER_ID: _by_id,
}
