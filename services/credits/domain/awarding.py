"""What a completed watch gives to each credential: an award, a hold or a declined entry, never nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from services.credits.domain.certificates import Certificate
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import MembershipPeriodId, WatchId
from services.credits.domain.ledger import Completion, Draft, Entry, Kind, Reason
from services.credits.domain.periods import Period, period_containing, periods_until
from services.credits.domain.quota import QuotaState
from services.credits.domain.rules import RuleBook
from services.kit.days import civil_day

NO_HOURS = Decimal(0)

RELEASED_BY = {
    Reason.NO_CERTIFICATE: Reason.CERTIFICATE_CONFIRMED,
    Reason.CERTIFICATE_NOT_CONFIRMED: Reason.CERTIFICATE_CONFIRMED,
    Reason.CERTIFICATE_EXPIRED: Reason.CERTIFICATE_RENEWED,
    Reason.PROFILE_INCOMPLETE: Reason.REAL_NAME_GIVEN,
    Reason.MEMBER_QUOTA_EXCEEDED: Reason.MEMBER_QUOTA_FREED,
}
"""Why each hold that ends by itself does."""


@dataclass(frozen=True)
class Circumstances:
    """What decides, beside the course, what a watch gives.

    `named` is whether the learner's profile has a real name: hours are reported for a person. `awarded` are the marks
    of awards that were not taken back (see `mark_name`), and `quotas` the membership periods' by id, as far as the
    watch asks for any.
    """

    certificates: Mapping[Credential, Certificate]
    named: bool
    rules: RuleBook
    awarded: frozenset[str]
    quotas: Mapping[MembershipPeriodId, QuotaState]

    def has_room(self, watch: Completion) -> bool:
        """Whether the quota that a watch counts against, if it does, covers it."""
        return watch.membership_period_id is None or self.quotas[watch.membership_period_id].covers(watch)

    def after(self, draft: Draft) -> "Circumstances":
        """What they are once this is entered: only an award changes anything."""
        if draft.kind is not Kind.AWARD:
            return self
        watch, quotas = draft.completion, self.quotas
        if watch.membership_period_id is not None:
            quotas = {**quotas, watch.membership_period_id: quotas[watch.membership_period_id].charge(watch)}
        mark = mark_name(draft.credential, draft.period, watch.content_id)
        return replace(self, awarded=self.awarded | {mark}, quotas=quotas)


def mark_name(credential: Credential | None, period: Period | None, content_id: str) -> str:
    """What the mark is called that a lecture was awarded in a period: one of each, naming the last watch."""
    return f"{credential}#{period.start if period else None}#{content_id}"


def completion_of(
    course: CourseVersion, watch_id: WatchId, completed_at: datetime, membership_period_id: MembershipPeriodId | None
) -> Completion:
    """A completed watch. Hours and category are the course version's own."""
    return Completion(
        watch_id=watch_id,
        course_id=course.course_id,
        content_id=course.content_id,
        content_version=course.content_version,
        title=course.title,
        title_en=course.title_en,
        hours=course.hours,
        category=course.category,
        completed_at=completed_at,
        membership_period_id=membership_period_id,
    )


def award_mark(award: Entry) -> str:
    """What an award's mark is called."""
    return mark_name(award.credential, award.period, award.completion.content_id)


def standing_marks(entries: Iterable[Entry]) -> frozenset[str]:
    """The marks of what was awarded and not taken back: a reversal frees the lecture for a new watch."""
    awards: dict[int | None, str] = {}
    for entry in entries:
        if entry.kind is Kind.AWARD:
            awards[entry.number] = award_mark(entry)
        elif entry.kind is Kind.REVERSAL:
            awards.pop(entry.settles, None)
    return frozenset(awards.values())


def deciding_marks(
    completion: Completion,
    eligible: Sequence[Credential],
    certificates: Mapping[Credential, Certificate],
    rules: RuleBook,
) -> list[str]:
    """The marks whose presence decides what a watch gives; no other need be looked up."""
    confirmed = [known for known in certificates.values() if known.confirmed and known.credential in eligible]
    day = civil_day(completion.completed_at)
    periods = [(known.credential, period_on(known, day, rules)) for known in confirmed]
    return [mark_name(credential, period, completion.content_id) for credential, period in periods if period]


def outcomes(completion: Completion, eligible: Sequence[Credential], now: Circumstances) -> list[Draft]:
    """One draft for every credential that the course serves or the learner holds."""
    concerned = [credential for credential in Credential if credential in eligible or credential in now.certificates]
    drafts = []
    for credential in concerned:
        draft = _outcome(completion, credential, now) if credential in eligible else _not_served(completion, credential)
        drafts.append(draft)
        now = now.after(draft)
    return drafts or [_declined(completion, None, Reason.NO_ELIGIBLE_CREDENTIAL)]


def released(holds: Iterable[Entry], now: Circumstances, most: int) -> list[Draft]:
    """Of these open holds, ends the first `most` that have nothing to wait for: each one's end, and what it then gives.

    In ledger order, so that of two that want the same thing the earlier gets it. A reviewer's hold is not among them.
    """
    drafts: list[Draft] = []
    for hold in holds:
        if hold.reason not in RELEASED_BY or hold.credential is None or len(drafts) == 2 * most:
            continue
        outcome = _outcome(hold.completion, hold.credential, now)
        if not _same_wait(hold, outcome):
            drafts += [_release(hold), outcome]
            now = now.after(outcome)
    return drafts


def _same_wait(hold: Entry, outcome: Draft) -> bool:
    """Whether the outcome would be to go on waiting for the same thing."""
    return outcome.kind is Kind.HOLD and RELEASED_BY[outcome.reason] is RELEASED_BY[hold.reason]


def _release(hold: Entry) -> Draft:
    reason = RELEASED_BY[hold.reason]
    return Draft(Kind.RELEASE, reason, hold.hours, hold.completion, hold.credential, settles=hold.number)


def _outcome(completion: Completion, credential: Credential, now: Circumstances) -> Draft:
    certificate = now.certificates.get(credential)
    if certificate is None:
        return _held(completion, credential, Reason.NO_CERTIFICATE)
    if not certificate.confirmed:
        return _held(completion, credential, Reason.CERTIFICATE_NOT_CONFIRMED)
    period = period_on(certificate, civil_day(completion.completed_at), now.rules)
    if period is None:
        return _declined(completion, credential, Reason.BEFORE_FIRST_PERIOD)
    if mark_name(credential, period, completion.content_id) in now.awarded:
        return _declined(completion, credential, Reason.ALREADY_AWARDED_IN_PERIOD, period)
    if not certificate.valid_on(civil_day(completion.completed_at)):
        return _held(completion, credential, Reason.CERTIFICATE_EXPIRED)
    if not now.named:
        return _held(completion, credential, Reason.PROFILE_INCOMPLETE)
    if not now.has_room(completion):
        return _held(completion, credential, Reason.MEMBER_QUOTA_EXCEEDED)
    return Draft(Kind.AWARD, Reason.COMPLETED, completion.hours, completion, credential, period)


def period_on(certificate: Certificate, day: date, rules: RuleBook) -> Period | None:
    """The certificate's period on a day, Asia/Shanghai; None before its first one."""
    return period_containing(certificate.period_start, day, partial(rules.period_years, certificate.credential))


def periods_so_far(certificate: Certificate, day: date, rules: RuleBook) -> list[Period]:
    """The certificate's periods from its first one to that of a day; none before it."""
    return periods_until(certificate.period_start, day, partial(rules.period_years, certificate.credential))


def _held(completion: Completion, credential: Credential, reason: Reason) -> Draft:
    return Draft(Kind.HOLD, reason, completion.hours, completion, credential)


def _not_served(completion: Completion, credential: Credential) -> Draft:
    return _declined(completion, credential, Reason.CREDENTIAL_NOT_ELIGIBLE)


def _declined(
    completion: Completion, credential: Credential | None, reason: Reason, period: Period | None = None
) -> Draft:
    return Draft(Kind.DECLINED, reason, NO_HOURS, completion, credential, period)
