"""Bytes, texts, numbers and JSON, each of which has exactly one form."""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NoReturn

MAX_NUMBER = 2**63 - 1
"""The largest number in the log's formats."""
MAX_INTEGER = 2**53 - 1
"""The largest number in JSON."""
MAX_DEPTH = 16
"""How deep objects and lists lie in each other at most."""
SURROGATE = re.compile("[\ud800-\udfff]")


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
    """The JSON object in a text, wherever it comes from. Raises Unreadable, also for members that occur twice, numbers
    that are no integers of 53 bits, halves of surrogate pairs and what lies too deep.
    """
    hooks: dict[str, Any] = {"parse_int": _integer, "parse_float": _refuse, "parse_constant": _refuse}
    try:
        value = json.loads(text, object_pairs_hook=_unique, **hooks)
    except (ValueError, RecursionError):
        raise Unreadable(code, "not JSON of the form that is used here") from None
    if not isinstance(value, dict) or not _is_plain(value, MAX_DEPTH):
        raise Unreadable(code, "not a JSON object, too deep, or with a text that is none")
    return value


def _is_plain(value: Any, levels: int) -> bool:
    """Whether all texts are ones, and no more than so many levels are there."""
    if isinstance(value, str):
        return SURROGATE.search(value) is None
    if not isinstance(value, dict | list):
        return True
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return levels > 0 and all(_is_plain(part, levels - 1) for part in parts)


def is_canonical(text: str, value: Any) -> bool:
    """Whether a text is the one form of its value, which was read from it, in JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _integer(text: str) -> int:
    # Python reads no number of thousands of digits: that is a ValueError too.
    if abs(number := int(text)) > MAX_INTEGER:
        raise ValueError("a number of more than 53 bits")
    return number


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")
