"""base64url without padding (RFC 4648, section 5), as JOSE and our own tokens write it. Pure: domains may import it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encode(raw: bytes) -> str:
    """The text of some bytes."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of a text. Each has one text only: whoever changes a character changes what it says.

    Raises:
        ValueError: padding, a character of another alphabet, or bits set that belong to no byte.
    """
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(raw) != text:
        raise ValueError("not base64url")
    return raw
