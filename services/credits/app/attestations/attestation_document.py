"""What a certificate of completion says, for the layout that draws it."""

from typing import Any

from services.credits.app.texts.wording import CATEGORIES, day_en, day_zh, hours_text, period_zh
from services.credits.domain.attestations import Attestation, written
from services.credits.domain.ledger import Entry
from services.kit.days import civil_day


def verification_url(public_url: str, code: str) -> str:
    """The page that anybody can check a certificate on."""
    return f"{public_url}/verify/{code}"


def attestation_document(attestation: Attestation, award: Entry, name: str, public_url: str) -> dict[str, Any]:
    """The texts of the layout `attestation`."""
    if award.credential is None or award.period is None:
        raise ValueError("an award names its credential and period")
    watch = award.completion
    completed = civil_day(watch.completed_at)
    category, category_en = CATEGORIES[watch.category]
    return {
        "name": name,
        "course": watch.title,
        "completed_on": day_zh(completed),
        "completed_on_en": day_en(completed),
        "credential": award.credential.value,
        "hours": hours_text(award.hours),
        "category": category,
        "category_en": category_en,
        "period": period_zh(award.period),
        "issued_on": day_zh(civil_day(attestation.issued_at)),
        "code": written(attestation.code),
        "url": verification_url(public_url, attestation.code),
        "url_shown": f"{public_url}/verify",
    }
