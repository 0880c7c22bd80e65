"""Small JPEGs, made segment by segment."""

QUANTIZATION = b"\x00" + bytes(range(1, 65))
HUFFMAN = b"\x00" + bytes([1, *[0] * 15]) + b"\x00"
SCAN = b"\x01\x01\x00\x00\x3f\x00"
SCANNED = b"\x12\xff\x00\x34\xff\xd0\x56"


def segment(marker: int, content: bytes) -> bytes:
    """A marker, the length, and what it holds."""
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


def frame(width: int = 8, height: int = 8, marker: int = 0xC0) -> bytes:
    """A frame of one component."""
    return segment(marker, b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00")


def jpeg(*notes: bytes, of: bytes | None = None, behind: bytes = b"") -> bytes:
    """A picture with notes in it, and something behind its end."""
    body = segment(0xDB, QUANTIZATION) + (of or frame()) + segment(0xC4, HUFFMAN) + segment(0xDA, SCAN) + SCANNED
    return b"\xff\xd8" + b"".join(notes) + body + b"\xff\xd9" + behind
