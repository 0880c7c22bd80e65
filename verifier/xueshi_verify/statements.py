"""What a certificate of completion states."""

from datetime import UTC, datetime, timedelta
from typing import Any

from xueshi_verify.encoding import Unreadable, is_canonical, json_object
from xueshi_verify.problems import Problem
from xueshi_verify.shapes import Is, is_day, is_id, is_positive, is_text, matching, maybe, one_of, require

FORMAT = "xueshi.certificate/1"
_INSTANT = matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+00:00")


def is_instant(value: Any) -> bool:
    """An instant as a text, UTC."""
    if not _INSTANT(value):
        return False
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return False
    return at.isoformat(timespec="milliseconds") == str(value)


STATEMENT: dict[str, Is] = {
    "format": one_of(FORMAT),
    "code": matching(r"[0-9A-HJKMNP-TV-Z]{28}"),
    "issued_at": is_instant,
    "completed_at": is_instant,
    "course_id": is_id,
    "content_version": is_id,
    "title": is_text,
    "hours": matching(r"(?!0*(\.0*)?$)[0-9]{1,6}(\.[0-9]{1,2})?"),
    "category": one_of("compulsory", "elective"),
    "credential": matching(r"[A-Z]{2,8}"),
    "period_start": is_day,
    "period_end": maybe(is_day),
    "entry_id": is_id,
    "entry_number": is_positive,
    "entry_mac": is_id,
}


def read_statement(text: str) -> dict[str, Any]:
    """What a statement says. Raises Unreadable."""
    statement = json_object(text, "document")
    require(statement, STATEMENT, "the statement")
    if not is_canonical(text, statement):
        raise Unreadable("encoding", "the statement is not canonical JSON")
    return statement


def issued_at(statement: dict[str, Any]) -> int:
    """When it says that the certificate was issued, milliseconds since 1970."""
    at = datetime.fromisoformat(statement["issued_at"])
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def statement_problems(statement: dict[str, Any]) -> list[Problem]:
    """Where a statement disagrees with itself. Its texts of time and day sort as they follow on each other."""
    after = statement["completed_at"] > statement["issued_at"]
    end = statement["period_end"]
    return [Problem("certificate_times")] if after or (end and end < statement["period_start"]) else []
