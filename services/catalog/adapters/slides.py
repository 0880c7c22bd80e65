"""Slides in PDF, for the picture of a recording that has none."""

from pathlib import Path
from typing import TYPE_CHECKING

from services.catalog.app.ports import RecordingRefused

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

SIDE = 1280
"""Pixels of a page's longer side as it is drawn."""
LEAST_SHARE = 20
"""How often a page's shorter side goes into the longer one at most: beyond that it is no page that shows anything."""
_PASSWORD = 4
"""PDFium's FPDF_ERR_PASSWORD."""

LOCKED = RecordingRefused(
    "SLIDES_LOCKED",
    "幻灯片 PDF 有密码。请移除它，另存为没有密码的 PDF 后重新上传。",
    "The slides (PDF) have a password. Save them as PDF without one, and bring that in their place.",
)
UNREADABLE = RecordingRefused(
    "SLIDES_UNREADABLE",
    "幻灯片不是可以打开的 PDF。请移除它，重新导出为 PDF 后上传。",
    "The slides are no PDF that can be opened. Export them as PDF again, and bring that.",
)


def require_readable(slides: Path) -> None:
    """Raises RecordingRefused where slides cannot be opened, or their first page cannot be drawn."""
    _drawn(slides)


def first_page(slides: Path, folder: Path) -> Path:
    """The first page as a picture in the folder, without colours' order or size mattering. Raises RecordingRefused."""
    target = folder / "page.ppm"
    target.write_bytes(_drawn(slides))
    return target


def _drawn(slides: Path) -> bytes:
    # Of a layer that one function alone has.
    from pypdfium2 import PdfiumError

    document = _opened(slides)
    try:
        page = document[0]
        width, height = page.get_size()
        if not 0 < max(width, height) <= LEAST_SHARE * min(width, height):
            raise UNREADABLE
        bitmap = page.render(scale=SIDE / max(width, height))
        return _ppm(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
    except (PdfiumError, MemoryError):
        raise UNREADABLE from None
    finally:
        document.close()


def _opened(slides: Path) -> "PdfDocument":
    # Of a layer that one function alone has.
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(slides)
    except PdfiumError as error:
        raise (LOCKED if getattr(error, "err_code", None) == _PASSWORD else UNREADABLE) from None
    if len(document) == 0:
        document.close()
        raise UNREADABLE
    return document


def _ppm(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """Rows of blue, green and red as a portable pixmap, which has them the other way round."""
    rows = b"".join(pixels[at * stride : at * stride + 3 * width] for at in range(height))
    turned = bytearray(len(rows))
    turned[0::3], turned[1::3], turned[2::3] = rows[2::3], rows[1::3], rows[0::3]
    return f"P6 {width} {height} 255\n".encode() + bytes(turned)
