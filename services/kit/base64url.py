"""base64url without padding (RFC 4648, section 5), as JOSE and our own tokens write it. Pure: domains may import it."""

from binascii import a2b_base64, b2a_base64

_WRITTEN = bytes.maketrans(b"+/", b"-_")
_READ = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
"""From base64's alphabet, and back to it: what is of that one alone may not stand in a text."""


def encode(raw: bytes) -> str:
    """The text of some bytes."""
    return b2a_base64(raw, newline=False).translate(_WRITTEN).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of a text. Each has one text only: whoever changes a character changes what it says.

    Raises:
        ValueError: padding, a character of another alphabet, or bits set that belong to no byte.
    """
    raw = a2b_base64(text.encode("ascii").translate(_READ) + b"=" * (-len(text) % 4), strict_mode=True)
    # Bits that belong to no byte can only be in characters that are no whole four.
    last = len(text) % 4
    if last and encode(raw[1 - last :]) != text[-last:]:
        raise ValueError("not base64url")
    return raw
