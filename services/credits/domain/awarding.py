"""What a completed watch gives to each credential: an award, a hold or a declined entry, never nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from services.credits.domain.certificates import Certificate
from services.credits.domain.courses import CourseVersion
from services.credits.domain.credentials import Credential
from services.credits.domain.ledger import Completion, Draft, Entry, Kind, Reason
from services.credits.domain.periods import Period, civil_date, period_containing
from services.credits.domain.rules import RuleBook

NO_HOURS = Decimal(0)

AWAITING_CERTIFICATE = frozenset({Reason.NO_CERTIFICATE, Reason.CERTIFICATE_NOT_CONFIRMED})
"""Holds that the certificate's confirmation ends."""


class Awards(Protocol):
    """Which lectures have been awarded. There is one mark per credential, content and period, kept for ever."""

    def contains(self, credential: Credential, content_id: str, period: Period) -> bool:
        """Whether this content was awarded in this period."""

    def add(self, credential: Credential, content_id: str, period: Period) -> None:
        """Marks it as awarded."""


def completion_of(
    course: CourseVersion, watch_id: str, completed_at: datetime, counts_against_member_quota: bool
) -> Completion:
    """A completed watch. Hours and category are the course version's own."""
    return Completion(
        watch_id=watch_id,
        course_id=course.course_id,
        content_id=course.content_id,
        content_version=course.content_version,
        title=course.title,
        hours=course.hours,
        category=course.category,
        completed_at=completed_at,
        counts_against_member_quota=counts_against_member_quota,
    )


def outcomes(
    completion: Completion,
    eligible: Sequence[Credential],
    certificates: Mapping[Credential, Certificate],
    rules: RuleBook,
    awards: Awards,
) -> list[Draft]:
    """One draft for every credential that the course serves or the learner holds."""
    concerned = [credential for credential in Credential if credential in eligible or credential in certificates]
    if not concerned:
        return [_declined(completion, None, Reason.NO_ELIGIBLE_CREDENTIAL)]
    return [
        _outcome(completion, credential, certificates.get(credential), rules, awards)
        if credential in eligible
        else _declined(completion, credential, Reason.CREDENTIAL_NOT_ELIGIBLE)
        for credential in concerned
    ]


def released(hold: Entry, certificate: Certificate, rules: RuleBook, awards: Awards) -> list[Draft]:
    """A hold's end, and what the watch then gives to the certificate."""
    release = Draft(
        Kind.RELEASE,
        Reason.CERTIFICATE_CONFIRMED,
        hold.hours,
        hold.completion,
        hold.credential,
        settles=hold.number,
    )
    return [release, _outcome(hold.completion, certificate.credential, certificate, rules, awards)]


def _outcome(
    completion: Completion, credential: Credential, certificate: Certificate | None, rules: RuleBook, awards: Awards
) -> Draft:
    if certificate is None:
        return _held(completion, credential, Reason.NO_CERTIFICATE)
    if not certificate.confirmed:
        return _held(completion, credential, Reason.CERTIFICATE_NOT_CONFIRMED)
    period = period_at(certificate, completion.completed_at, rules)
    if period is None:
        return _declined(completion, credential, Reason.BEFORE_FIRST_PERIOD)
    if awards.contains(credential, completion.content_id, period):
        return _declined(completion, credential, Reason.ALREADY_AWARDED_IN_PERIOD, period)
    if completion.counts_against_member_quota:
        return _held(completion, credential, Reason.MEMBER_QUOTA_UNDECIDED)
    awards.add(credential, completion.content_id, period)
    return Draft(Kind.AWARD, Reason.COMPLETED, completion.hours, completion, credential, period)


def period_at(certificate: Certificate, instant: datetime, rules: RuleBook) -> Period | None:
    """The certificate's period at an instant; None before its first one."""
    length = partial(rules.period_years, certificate.credential)
    return period_containing(certificate.period_start, civil_date(instant), length)


def _held(completion: Completion, credential: Credential, reason: Reason) -> Draft:
    return Draft(Kind.HOLD, reason, completion.hours, completion, credential)


def _declined(
    completion: Completion, credential: Credential | None, reason: Reason, period: Period | None = None
) -> Draft:
    return Draft(Kind.DECLINED, reason, NO_HOURS, completion, credential, period)
