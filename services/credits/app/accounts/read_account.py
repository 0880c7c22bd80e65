"""The learner's view: balances, and what is held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import RulesContext
from services.credits.app.ledger.items import read_entries
from services.credits.domain.awarding import periods_so_far
from services.credits.domain.balances import PeriodBalance, awarded, not_counted, open_holds, period_balance
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry, Reason
from services.credits.domain.periods import Period
from services.kit.days import civil_day


@dataclass(frozen=True)
class CertificateBalance:
    """A certificate with the period that runs now, and all others since its first one, oldest first.

    Those with awards are as the entries name them: an edition of rules that came later may divide the years otherwise.
    """

    certificate: Certificate
    current: PeriodBalance
    earlier: list[PeriodBalance]


@dataclass(frozen=True)
class AccountView:
    """What a learner has. `held` are the hold entries still open, but for `for_others`: who has registered some
    certificate need not hear for ever of those that they have not; until then all of it is held.

    `not_counted` says of what was watched and neither counts nor waits nor lies in any of the periods why not: before
    a certificate's first one, or for a certificate that is not registered; in ledger order.
    """

    certificates: list[CertificateBalance]
    held: list[Entry]
    for_others: list[Entry]
    not_counted: list[Entry]


def read_account(ctx: RulesContext, learner_id: LearnerId) -> AccountView:
    """Balances per certificate and period, added up from the entries."""
    certificates = current_certificates(ctx.store, learner_id)
    entries = read_entries(ctx.store, learner_id)
    balances = balances_of(ctx, certificates, entries)
    holds = open_holds(entries)
    for_others = [hold for hold in holds if certificates and _of_another(hold, certificates)]
    periods = [period for balance in balances for period in [balance.current, *balance.earlier]]
    told = {entry.number for period in periods for entry in period.not_counted} | {hold.number for hold in holds}
    return AccountView(
        balances,
        held=[hold for hold in holds if hold not in for_others],
        for_others=for_others,
        not_counted=[entry for entry in not_counted(entries) if entry.number not in told],
    )


def balances_of(
    ctx: RulesContext, certificates: Mapping[Credential, Certificate], entries: Sequence[Entry]
) -> list[CertificateBalance]:
    """What each certificate's periods have, by the ledger's entries."""
    return [_balance(ctx, certificate, entries) for certificate in certificates.values()]


def account_page(account: AccountView, after: int, limit: int) -> tuple[AccountView, int | None]:
    """The account with some of the entries that it lists: at most `limit`, the newest, or those before number `after`.

    Whoever asks for the next page gives the number that is answered; all else is the same on every page.
    """
    numbers = sorted({entry.number for entry in _listed(account)}, reverse=True)
    rest = [number for number in numbers if not after or number < after]
    shown = set(rest[:limit])

    def cut(entries: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.number in shown]

    def cut_period(balance: PeriodBalance) -> PeriodBalance:
        return replace(balance, not_counted=cut(balance.not_counted))

    certificates = [
        replace(of, current=cut_period(of.current), earlier=[cut_period(period) for period in of.earlier])
        for of in account.certificates
    ]
    page = replace(account, certificates=certificates, held=cut(account.held), not_counted=cut(account.not_counted))
    return page, rest[limit - 1] if len(rest) > limit else None


def _listed(account: AccountView) -> Iterator[Entry]:
    yield from account.held
    yield from account.not_counted
    for balance in account.certificates:
        for period in (balance.current, *balance.earlier):
            yield from period.not_counted


def _of_another(hold: Entry, certificates: Mapping[Credential, Certificate]) -> bool:
    return hold.reason is Reason.NO_CERTIFICATE and hold.credential not in certificates


def _balance(ctx: RulesContext, certificate: Certificate, entries: Sequence[Entry]) -> CertificateBalance:
    credential = certificate.credential
    # The function's clocks may differ by seconds, so a period that starts today may seem to start tomorrow.
    first = Period(certificate.period_start)
    *ended, current = periods_so_far(certificate, civil_day(ctx.clock.now()), ctx.rules) or [first]
    earlier = {period.start: period for period in ended}
    earlier |= {
        e.period.start: e.period for e in awarded(entries, credential) if e.period and e.period.start != current.start
    }

    def balance(period: Period) -> PeriodBalance:
        return period_balance(entries, credential, period, ctx.rules.in_force(credential, period.start))

    return CertificateBalance(certificate, balance(current), [balance(earlier[start]) for start in sorted(earlier)])
