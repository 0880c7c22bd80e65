"""What a certificate of completion states, as a text that never changes: the transparency log has its hash.

Nobody's name is in it. What makes its hash say nothing to those who do not have it is the certificate's own code.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.credits.domain.attestations import Attestation
from services.credits.domain.ledger import Entry

FORMAT = "xueshi.certificate/1"


def statement_text(attestation: Attestation, award: Entry) -> str:
    """The statement: canonical JSON. It follows from what was issued and from the ledger's entry, which both stay."""
    if award.credential is None or award.period is None:
        raise ValueError("an award names its credential and period")
    watch, end = award.completion, award.period.end
    return _canonical(
        {
            "format": FORMAT,
            "code": attestation.code,
            "issued_at": _instant(attestation.issued_at),
            "course_id": watch.course_id,
            "content_version": watch.content_version,
            "title": watch.title,
            "completed_at": _instant(watch.completed_at),
            "hours": format(award.hours, "f"),
            "category": watch.category.value,
            "credential": award.credential.value,
            "period_start": award.period.start.isoformat(),
            "period_end": end.isoformat() if end else None,
            "entry_id": award.entry_id,
            "entry_number": award.number,
            "entry_mac": award.mac,
        }
    )


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")
