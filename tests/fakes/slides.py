"""Slides in PDF as programs write them today: their index is a stream, in the middle of the file."""

_PADDING = b"%" + b" " * 70_000 + b"\n"
"""More than is looked at from either end."""


def indexed_pdf(*, locked: bool) -> bytes:
    """A page in a PDF whose index, with what says that a password locks it, no look at the ends shows."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 180]>>",
        b"<</Filter/Standard/V 1/R 2/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">/P -4>>",
    ]
    content, offsets = b"%PDF-1.5\n", [0]
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj%sendobj\n" % (number, body)
    content += _PADDING
    offsets.append(len(content))
    entries = b"".join(bytes([number > 0, *offset.to_bytes(3, "big"), 0]) for number, offset in enumerate(offsets))
    encrypt = b"/Encrypt 4 0 R" if locked else b""
    index = b"<</Type/XRef/Size 6/W[1 3 1]/Root 1 0 R%s/ID[<33><33>]/Length %d>>stream\n" % (encrypt, len(entries))
    content += b"5 0 obj" + index + entries + b"\nendstream endobj\n" + _PADDING
    return content + b"startxref\n%d\n%%%%EOF\n" % offsets[5]
