"""What a dead-lettered message says of itself, and nothing that is about a person: neither payload nor subject."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
"""As SQS gives it."""


@dataclass(frozen=True)
class Letter:
    """One message.

    Members:
        id: SQS's, by which it can be delivered alone.
        what: the event's type; "stream records" or "call" where it is no event; "unreadable".
        age_s: seconds since it was first sent.
        receives: how often it was received from this queue, by looks and runs.
        error: a name or a code, where it is known.
        correlation_id: by which logs of all services are searched.
    """

    id: str
    what: str
    age_s: float
    receives: int
    error: str | None
    correlation_id: str | None


def read_letter(message: Message, logged: Callable[[str], str | None], now: float | None = None) -> Letter:
    """Reads a message as it was received.

    Args:
        message: with its system attributes SentTimestamp and ApproximateReceiveCount, and all message attributes.
        logged: looks the error up in the consumer's log, by the message's id.
        now: seconds since 1970; the clock's where it is left out.
    """
    what, error, correlation_id = _read(message)
    attributes = message["Attributes"]
    sent_s = int(attributes["SentTimestamp"]) / 1000
    return Letter(
        id=message["MessageId"],
        what=what,
        age_s=max(0.0, (time.time() if now is None else now) - sent_s),
        receives=int(attributes["ApproximateReceiveCount"]),
        error=error or logged(message["MessageId"]),
        correlation_id=correlation_id,
    )


def _read(message: Message) -> tuple[str, str | None, str | None]:
    """What it is, its error where it says one, and its correlation id."""
    told = message.get("MessageAttributes", {}).get("ERROR_CODE", {}).get("StringValue")
    try:
        body = json.loads(message["Body"])
    except json.JSONDecodeError:
        body = None
    match body:
        case {"DDBStreamBatchInfo": _}:
            return "stream records", told or _condition(body), None
        case {"detail": {"type": str(type_), "correlation_id": str(correlation_id)}}:
            return type_, told, correlation_id
        case {"requestContext": _}:
            return "call", told or _condition(body), None
        case {}:
            return "call", told, None
    return "unreadable", told, None


def _condition(body: Mapping[str, Any]) -> str | None:
    """What Lambda says of a call that it gave up: the error's type, or why no more was tried."""
    payload = body.get("responsePayload")
    kind = payload.get("errorType") if isinstance(payload, dict) else None
    told = kind or body.get("requestContext", {}).get("condition")
    return None if told is None else str(told)
