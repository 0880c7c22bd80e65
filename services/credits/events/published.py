"""What credits publishes. The schemas beside this file are generated from these models."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, Field

from services.credits.domain.credentials import Category, Credential


class HoursAwarded(BaseModel):
    """A fact: the ledger has an award entry."""

    TYPE: ClassVar = "credits.hours_awarded.v1"

    entry_id: str
    learner_id: str
    credential: Credential
    hours: str = Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="exact decimal")
    category: Category
    period_start: date = Field(description="civil date, Asia/Shanghai")
    period_end: date | None = Field(description="last day of the period; null where its length is not known")
    watch_id: str
    course_id: str
    awarded_at: datetime


class CertificateConfirmed(BaseModel):
    """A fact: an administrator has confirmed a certificate; hours held for it are released."""

    TYPE: ClassVar = "credits.certificate_confirmed.v1"

    learner_id: str
    credential: Credential
    period_start: date = Field(description="civil date, Asia/Shanghai")
    confirmed_at: datetime


PUBLISHED: dict[str, type[BaseModel]] = {
    HoursAwarded.TYPE: HoursAwarded,
    CertificateConfirmed.TYPE: CertificateConfirmed,
}
