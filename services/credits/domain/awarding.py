"""What a completed watch gives to each credential: an award, a hold or a declined entry, never nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from services.credits.domain.certificates import Certificate
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Credential
from services.credits.domain.ledger import Completion, Draft, Entry, Kind, Reason
from services.credits.domain.periods import Period, period_containing
from services.credits.domain.quota import MemberQuota
from services.credits.domain.rules import RuleBook
from services.kit.days import civil_day

NO_HOURS = Decimal(0)

AWAITING_CERTIFICATE = frozenset({Reason.NO_CERTIFICATE, Reason.CERTIFICATE_NOT_CONFIRMED})
"""Holds that the certificate's confirmation ends."""

RELEASED_BY = {
    Reason.NO_CERTIFICATE: Reason.CERTIFICATE_CONFIRMED,
    Reason.CERTIFICATE_NOT_CONFIRMED: Reason.CERTIFICATE_CONFIRMED,
    Reason.CERTIFICATE_EXPIRED: Reason.CERTIFICATE_RENEWED,
    Reason.PROFILE_INCOMPLETE: Reason.REAL_NAME_GIVEN,
    Reason.MEMBER_QUOTA_EXCEEDED: Reason.MEMBER_QUOTA_FREED,
}
"""Why each hold that ends by itself does."""


class Awards(Protocol):
    """Which lectures have been awarded. There is one mark per credential, content and period, kept for ever."""

    def contains(self, credential: Credential, content_id: str, period: Period) -> bool:
        """Whether this content was awarded in this period."""

    def add(self, credential: Credential, content_id: str, period: Period) -> None:
        """Marks it as awarded."""


@dataclass(frozen=True)
class Circumstances:
    """What decides, beside the course, what a watch gives.

    `named` is whether the learner's profile has a real name: hours are reported for a person.
    """

    certificates: Mapping[Credential, Certificate]
    named: bool
    rules: RuleBook
    awards: Awards
    quota: MemberQuota


def completion_of(
    course: CourseVersion, watch_id: str, completed_at: datetime, membership_period_id: str | None
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


def outcomes(completion: Completion, eligible: Sequence[Credential], now: Circumstances) -> list[Draft]:
    """One draft for every credential that the course serves or the learner holds."""
    concerned = [credential for credential in Credential if credential in eligible or credential in now.certificates]
    if not concerned:
        return [_declined(completion, None, Reason.NO_ELIGIBLE_CREDENTIAL)]
    return [
        _outcome(completion, credential, now)
        if credential in eligible
        else _declined(completion, credential, Reason.CREDENTIAL_NOT_ELIGIBLE)
        for credential in concerned
    ]


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
    if now.awards.contains(credential, completion.content_id, period):
        return _declined(completion, credential, Reason.ALREADY_AWARDED_IN_PERIOD, period)
    if not certificate.valid_on(civil_day(completion.completed_at)):
        return _held(completion, credential, Reason.CERTIFICATE_EXPIRED)
    if not now.named:
        return _held(completion, credential, Reason.PROFILE_INCOMPLETE)
    if not now.quota.charge(completion):
        return _held(completion, credential, Reason.MEMBER_QUOTA_EXCEEDED)
    now.awards.add(credential, completion.content_id, period)
    return Draft(Kind.AWARD, Reason.COMPLETED, completion.hours, completion, credential, period)


def period_on(certificate: Certificate, day: date, rules: RuleBook) -> Period | None:
    """The certificate's period on a day, Asia/Shanghai; None before its first one."""
    return period_containing(certificate.period_start, day, partial(rules.period_years, certificate.credential))


def _held(completion: Completion, credential: Credential, reason: Reason) -> Draft:
    return Draft(Kind.HOLD, reason, completion.hours, completion, credential)


def _declined(
    completion: Completion, credential: Credential | None, reason: Reason, period: Period | None = None
) -> Draft:
    return Draft(Kind.DECLINED, reason, NO_HOURS, completion, credential, period)
