"""The learner's view: balances, and what is held."""

from dataclasses import dataclass

from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import RulesContext
from services.credits.app.ledger.items import read_entries
from services.credits.domain.awarding import period_on
from services.credits.domain.balances import PeriodBalance, awarded, open_holds, period_balance
from services.credits.domain.certificates import Certificate
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.credits.domain.periods import Period
from services.kit.days import civil_day


@dataclass(frozen=True)
class CertificateBalance:
    """A certificate with the period that runs now, and the earlier ones that have awards, oldest first."""

    certificate: Certificate
    current: PeriodBalance
    earlier: list[PeriodBalance]


@dataclass(frozen=True)
class AccountView:
    """What a learner has. `held` are the hold entries still open, of whatever credential."""

    certificates: list[CertificateBalance]
    held: list[Entry]


def read_account(ctx: RulesContext, learner_id: LearnerId) -> AccountView:
    """Balances per certificate and period, added up from the entries."""
    certificates = current_certificates(ctx.store, learner_id)
    entries = read_entries(ctx.store, learner_id)
    balances = [_balance(ctx, certificate, entries) for certificate in certificates.values()]
    return AccountView(balances, open_holds(entries))


def _balance(ctx: RulesContext, certificate: Certificate, entries: list[Entry]) -> CertificateBalance:
    # The function's clocks may differ by seconds, so a period that starts today may seem to start tomorrow.
    current = period_on(certificate, civil_day(ctx.clock.now()), ctx.rules) or Period(certificate.period_start)
    awards = awarded(entries, certificate.credential)
    earlier = {e.period.start: e.period for e in awards if e.period and e.period.start < current.start}

    def balance(period: Period) -> PeriodBalance:
        rule = ctx.rules.in_force(certificate.credential, period.start)
        return period_balance(entries, certificate.credential, period, rule)

    return CertificateBalance(certificate, balance(current), [balance(earlier[start]) for start in sorted(earlier)])
