"""Reads PDF files as others do: with PDFium and ZXing."""

import pypdfium2
import zxingcpp


def text_of(document: bytes) -> str:
    """The text that can be copied from all pages, without the spaces that layout makes."""
    pages = pypdfium2.PdfDocument(document)
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pages)


def qr_codes_of(document: bytes) -> list[str]:
    """What the QR codes on the first page say, as a camera at 144 dpi sees it."""
    picture = pypdfium2.PdfDocument(document)[0].render(scale=2, grayscale=True)
    raw = bytes(picture.buffer)
    rows = b"".join(raw[y * picture.stride : y * picture.stride + picture.width] for y in range(picture.height))
    seen = memoryview(rows).cast("B", shape=[picture.height, picture.width])
    return [found.text for found in zxingcpp.read_barcodes(seen)]
