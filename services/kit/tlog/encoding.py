"""Numbers and bytes as the formats write them: one text for each value."""

from base64 import b64decode, b64encode

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
"""The formats' largest tree."""


def base64_text(raw: bytes) -> str:
    """Standard Base64, padded (RFC 4648, section 4)."""
    return b64encode(raw).decode()


def base64_bytes(text: str) -> bytes:
    """The bytes of a text. Raises ValueError for any text but the one that `base64_text` writes."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError(f"not Base64: {error}") from error
    if base64_text(raw) != text:
        raise ValueError("Base64 that is not canonical")
    return raw


def hash_of(text: str) -> bytes:
    """A SHA-256 hash in Base64. Raises ValueError."""
    raw = base64_bytes(text)
    if len(raw) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(raw)}")
    return raw


def number_of(text: str, most: int = MAX_SIZE) -> int:
    """A number in ASCII digits without leading zeroes. Raises ValueError."""
    # int() would also take signs, spaces, underscores and other scripts' digits. 19 digits hold the largest.
    if not text.isascii() or not text.isdigit() or len(text) > 19 or str(int(text)) != text:
        raise ValueError("not a decimal number")
    number = int(text)
    if number > most:
        raise ValueError(f"{number} is above {most}")
    return number


def lines_of(text: str) -> list[str]:
    """The lines of a text, each of which ends with a newline. Raises ValueError for a last one that does not."""
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    return text[:-1].split("\n")
