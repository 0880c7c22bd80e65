"""Bodies and answers of the HTTP API. Hours are exact decimals written as text; null is a figure that is not known."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, StrictInt, StrictStr

from services.credits.app.awarding.reasons import TEXTS
from services.credits.app.documents.wording import hours_text
from services.credits.domain.certificates import Certificate, State
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ledger import Entry, Kind, Reason
from services.credits.domain.review import Standing
from services.kit.bodies import Day, Request

Reason500 = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]
LearnerId = Annotated[
    StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner")
]
Hours = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="exact decimal", examples=["1.5"])]


class RegisterRequest(Request):
    """A certificate that the learner holds."""

    credential: Credential
    number: StrictStr = Field(pattern=r"^[A-Za-z0-9-]{4,32}$", description="as printed on the certificate")
    period_start: Day = Field(description="first day of the current period, Asia/Shanghai")
    valid_until: Day | None = Field(
        default=None, description="the certificate's last day of validity, as printed on it"
    )


class ConfirmRequest(Request):
    """An administrator's confirmation."""

    reason: Reason500
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if the learner has changed it since"
    )


class RenewalRequest(Request):
    """Days on which a certificate is valid: both are included."""

    valid_from: Day
    valid_until: Day
    reason: Reason500
    revision: StrictInt | None = Field(
        default=None, ge=1, description="the revision that was looked at; refused if another one is known now"
    )


class ReviewRequest(Request):
    """What a reviewer decides."""

    standing: Standing = Field(description="what the award is to be: under_review, stands (again), or void for good")
    reason: StrictStr = Field(pattern=r"\S", max_length=500, description="why; the learner reads it")


class PeriodSpan(BaseModel):
    """A period; both days are included."""

    start: date
    end: date | None


class CertificateAnswer(BaseModel):
    """A certificate as it stands."""

    credential: Credential
    number: str
    period_start: date
    validity: list[PeriodSpan] = Field(
        description="the days it is valid on, in the order in which they were recorded; empty: nobody has said"
    )
    state: State
    revision: int = Field(description="counts every change, from 1")
    changed_at: datetime


class CertificatesAnswer(BaseModel):
    """A learner's certificates."""

    certificates: list[CertificateAnswer]


class ReasonAnswer(BaseModel):
    """Why, for programs and for people."""

    code: Reason
    text: str
    text_en: str


class EntryAnswer(BaseModel):
    """One entry of the ledger."""

    number: int = Field(description="place in the ledger, from 1")
    entry_id: str
    at: datetime
    kind: Kind
    credential: Credential | None = Field(description="null: the course serves no certificate")
    hours: Hours = Field(description="what the entry moves: 0 where nothing was given")
    reason: ReasonAnswer
    period: PeriodSpan | None
    settles: int | None = Field(
        description="the number of the entry that this one acts on: a release's hold; a reversal's or review's award"
    )
    note: str | None = Field(description="a reviewer's or administrator's words")
    watch_id: str = Field(description="empty, as the course's id and version: of a grant, which has no watch here")
    course_id: str
    content_version: str
    title: str
    title_en: str | None = Field(description="null: it has none, or the entry is from before it was kept")
    category: Category
    course_hours: Hours = Field(description="what the course version gives")
    completed_at: datetime


class TimelineAnswer(BaseModel):
    """Every entry, newest first."""

    entries: list[EntryAnswer]


class ReviewAnswer(BaseModel):
    """An award, and what it is worth now."""

    award: EntryAnswer
    standing: Standing


def certificate_answer(certificate: Certificate) -> CertificateAnswer:
    """The answer for one certificate."""
    return CertificateAnswer(
        credential=certificate.credential,
        number=certificate.number,
        period_start=certificate.period_start,
        validity=[PeriodSpan(start=span.start, end=span.end) for span in certificate.validity],
        state=certificate.state,
        revision=certificate.revision,
        changed_at=certificate.at,
    )


def entry_answer(entry: Entry) -> EntryAnswer:
    """The answer for one entry."""
    watch, text = entry.completion, TEXTS[entry.reason]
    return EntryAnswer(
        number=entry.number,
        entry_id=entry.entry_id,
        at=entry.at,
        kind=entry.kind,
        credential=entry.credential,
        hours=hours_text(entry.hours),
        reason=ReasonAnswer(code=entry.reason, text=text.zh, text_en=text.en),
        period=PeriodSpan(start=entry.period.start, end=entry.period.end) if entry.period else None,
        settles=entry.settles,
        note=entry.note,
        watch_id=watch.watch_id,
        course_id=watch.course_id,
        content_version=watch.content_version,
        title=watch.title,
        title_en=watch.title_en,
        category=watch.category,
        course_hours=hours_text(watch.hours),
        completed_at=watch.completed_at,
    )


def known_hours(hours: Decimal | None) -> str | None:
    """A figure, or null where it is not known or there is none."""
    return None if hours is None else hours_text(hours)
