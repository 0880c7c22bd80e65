"""Bytes, texts, numbers and JSON, each of which has exactly one form."""

import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NoReturn

MAX_NUMBER = 2**63 - 1
"""The largest number in the log's formats."""


class Unreadable(ValueError):
    """Something has not the form that it must have: nothing can be said of it. `code` is of docs/evidence-format.md."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def text_of(content: bytes, most: int, code: str) -> str:
    """The text in a file of at most so many bytes. Raises Unreadable."""
    if len(content) > most:
        raise Unreadable(code, f"larger than {most} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Unreadable(code, "not UTF-8") from None


def base64url_bytes(text: str, code: str = "encoding") -> bytes:
    """The bytes of an unpadded base64url text. Raises Unreadable for all texts but the one that the bytes have."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Unreadable(code, "not base64url") from None
    if base64url_text(raw) != text:
        raise Unreadable(code, "base64url that is not canonical")
    return raw


def base64url_text(raw: bytes) -> str:
    """The one text of some bytes, unpadded."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def base64_bytes(text: str, code: str) -> bytes:
    """The bytes of a padded Base64 text. Raises Unreadable for all texts but the one that the bytes have."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raise Unreadable(code, "not Base64") from None
    if b64encode(raw).decode() != text:
        raise Unreadable(code, "Base64 that is not canonical")
    return raw


def number_of(text: str, code: str) -> int:
    """A number in ASCII digits without leading zeroes. Raises Unreadable."""
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)) and str(int(text)) == text
    if not plain or int(text) > MAX_NUMBER:
        raise Unreadable(code, "not a number as it is written here")
    return int(text)


def json_object(text: str, code: str) -> dict[str, Any]:
    """The JSON object in a text. Raises Unreadable, also for members that occur twice and for fractions."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unreadable(code, "not JSON of the form that is used here") from None
    if not isinstance(value, dict):
        raise Unreadable(code, "not a JSON object")
    return value


def is_canonical(text: str, value: Any) -> bool:
    """Whether a text is the one form of its value in JSON. The value may come from anybody, but is not deep."""
    try:
        made = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        made.encode()
    except (ValueError, RecursionError):
        return False
    return made == text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")
