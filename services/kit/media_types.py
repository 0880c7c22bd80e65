"""Of which type a body is."""

from collections.abc import Mapping

JSON = "application/json"


def media_type(headers: Mapping[str, str]) -> str:
    """The body's type without parameters, in small letters, as headers' names are; "" where none is said."""
    return headers.get("content-type", "").split(";")[0].strip().lower()
