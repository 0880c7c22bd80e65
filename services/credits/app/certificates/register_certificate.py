"""Registering a certificate, by its holder."""

from dataclasses import dataclass, replace
from datetime import date

from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.numbers import require_free
from services.credits.app.certificates.problems import (
    CERTIFICATE_ALREADY_CONFIRMED,
    PERIOD_START_OUT_OF_RANGE,
    VALIDITY_IMPLAUSIBLE,
)
from services.credits.app.certificates.waiting import asked
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account
from services.credits.app.lookups.items import number_writes
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.periods import Period
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.store import Change, commit_retrying


@dataclass(frozen=True)
class Registration:
    """What a learner says of a certificate. `valid_until` is its last day, None where the learner does not say.

    `proof` says by what it can be checked: where the certifying body lists it, or how a copy was sent.
    """

    credential: Credential
    number: str
    period_start: date
    valid_until: date | None = None
    proof: str | None = None

    @property
    def validity(self) -> tuple[Period, ...]:
        """The days it is said to be valid on: from the period's first day, before which nothing is awarded."""
        return (Period(self.period_start, self.valid_until),) if self.valid_until else ()


def register_certificate(ctx: LedgerContext, call: Call, wanted: Registration) -> Certificate:
    """Registers a certificate, or corrects one that is not confirmed; an administrator is to look at it then.

    The same again changes nothing, but one that was returned waits again.

    Raises:
        Problem: PERIOD_START_OUT_OF_RANGE, VALIDITY_IMPLAUSIBLE, CERTIFICATE_ALREADY_CONFIRMED, NUMBER_TAKEN,
            PERSON_ERASED.
        Conflict: others kept writing.
    """
    require_start(ctx, wanted.credential, wanted.period_start)
    if wanted.valid_until and wanted.valid_until < wanted.period_start:
        raise VALIDITY_IMPLAUSIBLE.problem()

    def plan() -> tuple[Change, Certificate]:
        account = Account(ctx, LearnerId(call.caller_id))
        known = account.certificates.get(wanted.credential)
        holder = read_holder(ctx.store, account.learner_id, wanted.credential)
        proof = wanted.proof or holder.value.proof
        waits = holder.value.returned is None and proof == holder.value.proof
        if known and _says_the_same(known, wanted) and (known.confirmed or waits):
            return Change(), known
        if known and known.confirmed:
            raise CERTIFICATE_ALREADY_CONFIRMED.problem()
        require_free(ctx, account.learner_id, wanted.credential, wanted.number)
        certificate = _registered(ctx, account.learner_id, wanted, known)
        waiting = asked(account.learner_id, wanted.credential, holder, proof, certificate.at)
        found_by = number_writes(ctx.store, ctx.macs, account.learner_id, wanted.credential, wanted.number)
        return Change([account.put_certificate(certificate), account.put_head(), *waiting, *found_by]), certificate

    return commit_retrying(ctx.store, plan)


def require_start(ctx: LedgerContext, credential: Credential, start: date) -> None:
    """Raises PERIOD_START_OUT_OF_RANGE for a first day that is to come, or before the first rule we know."""
    earliest, latest = ctx.rules.earliest_start(credential), civil_day(ctx.clock.now())
    if not earliest <= start <= latest:
        raise PERIOD_START_OUT_OF_RANGE.problem(earliest=str(earliest), latest=str(latest))


def _says_the_same(known: Certificate, wanted: Registration) -> bool:
    """A confirmed certificate may have been renewed since it was registered."""
    same = (known.number, known.period_start) == (wanted.number, wanted.period_start)
    silent = known.confirmed and not wanted.validity
    return same and (silent or known.validity[:1] == wanted.validity)


def _registered(
    ctx: LedgerContext, learner_id: LearnerId, wanted: Registration, known: Certificate | None
) -> Certificate:
    now, validity = ctx.clock.now(), wanted.validity
    if known is None:
        number, start = wanted.number, wanted.period_start
        return Certificate(1, learner_id, wanted.credential, number, start, State.REGISTERED, now, learner_id, validity)
    return replace(
        known,
        revision=known.revision + 1,
        number=wanted.number,
        period_start=wanted.period_start,
        validity=validity,
        at=now,
    )
