"""A learner's account: what is required, earned and missing, and why not. Null is a figure not known."""

from datetime import date

from pydantic import Field

from services.credits.app.accounts.read_account import AccountView, CertificateBalance, account_page, read_account
from services.credits.app.context import RulesContext
from services.credits.app.lookups.sight import Sight, shown_number, sight_of
from services.credits.app.texts.shortfalls import shortfall_text
from services.credits.domain.balances import PeriodBalance, Requirement, Shortfall, YearBalance
from services.credits.handlers.routes.certificates import CertificateAnswer, certificate_answer
from services.credits.handlers.routes.fields import (
    Hours,
    LearnerId,
    Number,
    OtherCertificatesAnswer,
    learner_id,
    other_certificates,
)
from services.credits.handlers.routes.ledger import MAX_ENTRIES, Entries, EntryAnswer, entry_answer
from services.kit.bodies import Answer
from services.kit.days import civil_day
from services.kit.http import HttpApi
from services.kit.identity import Role


class YearAnswer(Answer):
    """One year of a period; both days are included."""

    start: date
    end: date | None
    earned_hours: Hours
    required_hours: Hours | None
    remaining_hours: Hours | None


class MissingAnswer(Answer):
    """Hours that one requirement still asks for, and what became of those that were watched."""

    requirement: Requirement = Field(description="period: all of it; compulsory: 必修; year: one of its years")
    start: date
    deadline: date | None = Field(description="last day of the period or year that asks for them, Asia/Shanghai")
    missed: bool = Field(description="that day is over")
    missing_hours: Hours
    waiting_hours: Hours = Field(description="of the missing: watched, and held; see `not_counted`")
    unearned_hours: Hours = Field(description="of the missing: still to be watched")
    text: str
    text_en: str


class RuleAnswer(Answer):
    """The rule in force for a period, and where it comes from."""

    id: str
    known: bool = Field(description="false: the figures are not known, see the note")
    source: str
    source_en: str
    note: str
    note_en: str


class PeriodAnswer(Answer):
    """Hours of one certificate in one period."""

    start: date
    deadline: date | None = Field(description="last day of the period, Asia/Shanghai")
    earned_hours: Hours
    required_hours: Hours | None
    remaining_hours: Hours | None
    compulsory_hours: Hours
    compulsory_required_hours: Hours | None
    compulsory_remaining_hours: Hours | None
    elective_hours: Hours
    years: list[YearAnswer]
    missing: list[MissingAnswer] = Field(description="what the rule still asks for; empty where it is not known")
    not_counted: list[EntryAnswer] = Field(
        description="of each watch completed in the period that does not count now: the entry that says why not"
    )
    rule: RuleAnswer


class CertificateBalanceAnswer(Answer):
    """A certificate and its hours."""

    certificate: CertificateAnswer
    current: PeriodAnswer
    earlier: list[PeriodAnswer] = Field(description="every period that has ended since its first one, oldest first")


class AccountAnswer(Answer):
    """What the learner has: balances per certificate and period, and what is held with its reason."""

    certificates: list[CertificateBalanceAnswer]
    held: list[EntryAnswer] = Field(description="but for `other_certificates`, unless no certificate is registered")
    other_certificates: OtherCertificatesAnswer | None = Field(
        description="of certificates that are not registered: watched lectures would count for them too"
    )
    not_counted: list[EntryAnswer] = Field(
        description="of each watch that lies in none of these periods and neither counts nor is held: why not"
    )
    after: int | None = Field(
        description="ask with this for the older entries of `held` and every `not_counted`; null: these are all"
    )


def add_account_routes(api: HttpApi, ctx: RulesContext) -> None:
    """The learner's route."""

    @api.secured(Role.LEARNER).route("GET /v1/credits/account", "read_account")
    def account(after: Number = 0, limit: Entries = MAX_ENTRIES) -> AccountAnswer:
        """Hours per certificate and period, with the entries that it lists a page at a time."""
        page, rest = account_page(read_account(ctx, learner_id(api)), after, limit)
        return _account(page, rest, civil_day(ctx.clock.now()))

    @api.secured(Role.ADMINISTRATOR, Role.SUPPORT, Role.REVIEWER).route(
        "GET /v1/credits/learners/<learner_id>/account", "read_learner_account"
    )
    def of_learner(learner_id: LearnerId, after: Number = 0, limit: Entries = MAX_ENTRIES) -> AccountAnswer:
        """A learner's hours, as they see them themselves; certificates' numbers are masked but for administrators."""
        page, rest = account_page(read_account(ctx, learner_id), after, limit)
        answer = _account(page, rest, civil_day(ctx.clock.now()))
        sight = max(Sight.MASKED, sight_of(api.call().caller.roles))
        for balance in answer.certificates:
            balance.certificate.number = shown_number(balance.certificate.number, sight) or ""
        return answer


def _account(account: AccountView, after: int | None, today: date) -> AccountAnswer:
    certificates = [_balance(balance, today) for balance in account.certificates]
    return AccountAnswer(
        certificates=certificates,
        held=[entry_answer(entry) for entry in account.held],
        other_certificates=other_certificates(hold.credential for hold in account.for_others),
        not_counted=[entry_answer(entry) for entry in reversed(account.not_counted)],
        after=after,
    )


def _balance(balance: CertificateBalance, today: date) -> CertificateBalanceAnswer:
    return CertificateBalanceAnswer(
        certificate=certificate_answer(balance.certificate),
        current=_period(balance.current, today),
        earlier=[_period(period, today) for period in balance.earlier],
    )


def _period(balance: PeriodBalance, today: date) -> PeriodAnswer:
    rule = balance.rule
    return PeriodAnswer.of(
        balance.period,
        deadline=balance.period.end,
        earned_hours=balance.earned,
        required_hours=balance.required,
        remaining_hours=balance.remaining,
        compulsory_hours=balance.compulsory,
        compulsory_required_hours=balance.compulsory_required,
        compulsory_remaining_hours=balance.compulsory_remaining,
        elective_hours=balance.elective,
        years=[_year(year) for year in balance.years],
        missing=[_missing(shortfall, today) for shortfall in balance.shortfalls],
        not_counted=[entry_answer(entry) for entry in reversed(balance.not_counted)],
        rule=RuleAnswer.of(rule, known=rule.figures is not None),
    )


def _year(balance: YearBalance) -> YearAnswer:
    return YearAnswer.of(
        balance.year,
        earned_hours=balance.earned,
        required_hours=balance.required,
        remaining_hours=balance.remaining,
    )


def _missing(shortfall: Shortfall, today: date) -> MissingAnswer:
    deadline, text = shortfall.span.end, shortfall_text(shortfall, today)
    return MissingAnswer.of(
        shortfall,
        shortfall.span,
        deadline=deadline,
        missed=deadline is not None and deadline < today,
        missing_hours=shortfall.missing,
        waiting_hours=shortfall.waiting,
        unearned_hours=shortfall.unearned,
        text=text.zh,
        text_en=text.en,
    )
