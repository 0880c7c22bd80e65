"""Documents as PDF, by Typst, with the Noto fonts for Chinese whole: no name is too rare for a subset.

PDF/A-2a and PDF/UA-1: kept for decades and read aloud, so every text can be extracted. Both forbid a character without
a glyph, and Typst refuses to export one: nothing is ever printed as an empty box.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as noto
import segno
import typst

from services.credits.adapters import layouts
from services.credits.app.ports import Unprintable

STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


class Typesetter:
    """Draws the layouts beside this package. The same data at the same instant give the same bytes."""

    def draw(self, layout: str, data: Mapping[str, Any], at: datetime) -> bytes:
        """A PDF whose time of creation is `at`. A `url` among the data is also drawn as a QR code.

        Raises:
            Unprintable: the fonts lack a character of the data.
        """
        shown = {**data, "qr": qr_code(data["url"])} if "url" in data else data
        try:
            drawn = self._compiler.compile(
                self._layouts / f"{layout}.typ",
                format="pdf",
                sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
                pdf_standards=STANDARDS,
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            missing = _WITHOUT_GLYPH.findall(error.message)
            if not missing:
                raise
            raise Unprintable("".join(missing)) from error
        assert isinstance(drawn, bytes)  # noqa: S101 (for the type checker: a PDF is one file)
        return drawn

    @cached_property
    def _layouts(self) -> Path:
        return Path(str(files(layouts)))

    @cached_property
    def _compiler(self) -> typst.Compiler:
        folders = [noto.serif_path().parent]
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
        return typst.Compiler(root=self._layouts, font_paths=fonts)


def qr_code(text: str) -> str:
    """A QR code as SVG, readable with an eighth of it damaged."""
    svg = BytesIO()
    segno.make(text, error="m", micro=False).save(svg, kind="svg", border=2, xmldecl=False)
    return svg.getvalue().decode()
