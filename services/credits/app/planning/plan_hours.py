"""A learner's plan: what is missing by their account, filled with courses that they can come by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.credits.app.accounts.read_account import CertificateBalance, balances_of
from services.credits.app.advice.advise import NO_WATCH
from services.credits.app.context import LedgerContext
from services.credits.app.courses.items import course_key, published_versions
from services.credits.app.ledger.account import Account
from services.credits.app.memberships.items import membership_periods
from services.credits.app.planning.plan_settings import read_plan_settings
from services.credits.domain.awarding import Circumstances, completion_of, outcomes
from services.credits.domain.balances import Shortfall
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import CourseId, LearnerId
from services.credits.domain.ledger import Draft, Kind, Reason
from services.credits.domain.planning import Access, Offer, Plan, Quota, Target, make_plan, needs_of
from services.credits.domain.quota import QuotaState, quota_state
from services.kit.days import civil_day
from services.kit.store import MAX_BATCH_ITEMS, Store

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Candidate:
    """A course as other services told the learner that it stands for them: how they come by it, what it costs them
    to buy (fen), and how much of the version that they would watch is left (milliseconds). Without a version it is the
    one that is published."""

    course_id: CourseId
    content_version: str | None
    access: Access
    price_fen: int
    left_ms: int
    started: bool


@dataclass(frozen=True)
class PlanView:
    """A plan with what it rests on.

    `gaps` says of each need the shortfall that it comes from, `over` are shortfalls whose days are over. `waits` are
    the certificates whose hours would be held at first, and why; `unknown` those whose rule asks for no known figure.
    """

    weekly_minutes: int
    plan: Plan
    gaps: Mapping[Target, Shortfall]
    over: Sequence[tuple[Credential, Shortfall]]
    waits: Mapping[Credential, Reason]
    unknown: Sequence[CertificateBalance]
    balances: Sequence[CertificateBalance]
    quota: QuotaState | None


def plan_hours(ctx: LedgerContext, learner_id: LearnerId, candidates: Sequence[Candidate]) -> PlanView:
    """The plan of this moment. It enters nothing.

    What is missing, what a course gives and what the quota pays are decided by the functions that the account, the
    award and the quota go by. A candidate that is not known here (yet) is left out, and so is all of a lecture that
    counts or waits already.
    """
    now, account = ctx.clock.now(), Account(ctx, learner_id)
    today, entries = civil_day(now), account.entries()
    balances = balances_of(ctx, account.certificates, entries)
    gaps = {need: gap for balance in balances for need, gap in _gaps(balance, today)}
    circumstances = account.circumstances()
    periods = membership_periods(ctx.store, learner_id).values()
    quota = next((quota_state(period, entries) for period in periods if period.covers(now)), None)
    drafts = {
        candidate: (course, outcomes(completion_of(course, NO_WATCH, now, None), course.eligible, circumstances))
        for candidate, course in _known(ctx.store, candidates)
    }
    offers = [_offer(candidate, *found, balances) for candidate, found in drafts.items()]
    weekly_minutes = read_plan_settings(ctx.store, learner_id).weekly_minutes
    return PlanView(
        weekly_minutes,
        make_plan(list(gaps), offers, _spendable(quota), today, weekly_minutes),
        gaps,
        over=[(balance.certificate.credential, gap) for balance in balances for gap in _over(balance, today)],
        waits=_waits((draft for _, each in drafts.values() for draft in each), circumstances),
        unknown=[balance for balance in balances if balance.current.rule.figures is None],
        balances=balances,
        quota=quota,
    )


def _gaps(balance: CertificateBalance, today: date) -> Iterator[tuple[Target, Shortfall]]:
    gaps = balance.current.shortfalls
    for need in needs_of(balance.certificate.credential, balance.current, today):
        yield need, next(gap for gap in gaps if (gap.requirement, gap.span.end) == (need.requirement, need.end))


def _over(balance: CertificateBalance, today: date) -> list[Shortfall]:
    return [gap for gap in balance.current.shortfalls if gap.unearned and gap.span.end and gap.span.end < today]


def _known(store: Store, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, CourseVersion]]:
    unsaid = (candidate.course_id for candidate in candidates if candidate.content_version is None)
    published = published_versions(store, unsaid)
    for begin in range(0, len(candidates), MAX_BATCH_ITEMS):
        some = candidates[begin : begin + MAX_BATCH_ITEMS]
        versions = {each: each.content_version or published.get(each.course_id) for each in some}
        keys = {each: course_key(each.course_id, version) for each, version in versions.items() if version}
        found = store.get_many(dict.fromkeys(keys.values()))
        for candidate, key in keys.items():
            course = found.get(key, CourseVersion)
            if course is not None:
                yield candidate, course.value


def _offer(
    candidate: Candidate, course: CourseVersion, drafts: Iterable[Draft], balances: Iterable[CertificateBalance]
) -> Offer:
    counting = {draft.credential for draft in drafts if draft.kind is not Kind.DECLINED}
    serves = {
        balance.certificate.credential
        for balance in balances
        if balance.certificate.credential in counting
        and course.content_id not in {entry.completion.content_id for entry in balance.current.waiting}
    }
    minutes = -(-candidate.left_ms // MINUTE_MS)
    return Offer(course, candidate.access, candidate.price_fen, minutes, candidate.started, frozenset(serves))


def _spendable(quota: QuotaState | None) -> Quota | None:
    """What the running membership opens to be watched; its last instant is not its own."""
    if quota is None or not quota.period.opens_library:
        return None
    return Quota(quota.left, civil_day(quota.period.valid_until - timedelta(microseconds=1)))


def _waits(drafts: Iterable[Draft], now: Circumstances) -> dict[Credential, Reason]:
    """Why hours would be held at first, of certificates that are registered."""
    held = [(draft.credential, draft.reason) for draft in drafts if draft.kind is Kind.HOLD]
    return {credential: reason for credential, reason in held if credential and credential in now.certificates}
