"""Reports of one page for people: self-contained HTML that prints on A4, its charts as SVG. No script, no link."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
@page{size:A4;margin:14mm}
body{font:13px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1d1d1f;
max-width:52rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.35rem;margin:0}h2{font-size:1rem;margin:1.1rem 0 .3rem}p{margin:.3rem 0}
.note{color:#55555a}.good{color:#0a6b38;font-weight:600}.bad{color:#b3261e;font-weight:600}
table{border-collapse:collapse;width:100%;margin:.3rem 0}
th,td{border-bottom:1px solid #d5d5da;padding:.2rem .5rem;text-align:left;vertical-align:top}
th{font-weight:600;background:#f4f4f6}.n{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto}svg text{font-size:10px;fill:#1d1d1f}
"""
_NUMBER = re.compile(r"-?[0-9,]+\.[0-9]{2}|—")
"""An amount, or that there is none."""
_WIDTH, _HEIGHT, _FOOT = 720, 150, 18


@dataclass(frozen=True)
class Bar:
    """One bar: what is above the line, and what is below it. Both are positive."""

    label: str
    above: int
    below: int
    told: str


def page(title: str, body: Iterable[str]) -> str:
    """The whole document."""
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{''.join(body)}</body></html>\n"
    )


def heading(text: str) -> str:
    """Of a section."""
    return f"<h2>{escape(text)}</h2>\n"


def paragraph(text: str, kind: str = "") -> str:
    """Text; `kind` is a class of the style: note, good, bad."""
    return f'<p class="{escape(kind)}">{escape(text)}</p>\n'


def grid(headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """A table; numbers stand to the right, and so do headings over them."""
    found = list(rows)
    over = [_kind(cell) for cell in found[0]] if found else [""] * len(headings)
    head = "".join(f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(headings, over, strict=True))
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>\n" for row in found)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>\n"


def yuan(fen: int) -> str:
    """An amount as people write it: 1,234.50."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def chart(bars: Sequence[Bar], title: str) -> str:
    """Bars over and under one line, in whole units of the drawing, so that the same figures draw the same chart."""
    up, down = max((bar.above for bar in bars), default=0), max((bar.below for bar in bars), default=0)
    room, total = _HEIGHT - _FOOT, (up + down) or 1
    line = room * up // total
    step = _WIDTH // max(1, len(bars))
    drawn = "".join(_bar(bar, place * step, step, line, room, total) for place, bar in enumerate(bars))
    return (
        f'<svg role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}"><title>{escape(title)}</title>{drawn}'
        f'<line x1="0" x2="{_WIDTH}" y1="{line}" y2="{line}" stroke="#55555a"/></svg>\n'
    )


def _bar(bar: Bar, left: int, step: int, line: int, room: int, total: int) -> str:
    width, above, below = max(2, step * 7 // 10), room * bar.above // total, room * bar.below // total
    label = (
        f'<text x="{left + width // 2}" y="{_HEIGHT - 4}" text-anchor="middle">{escape(bar.label)}</text>'
        if bar.label
        else ""
    )
    return (
        f"<g><title>{escape(bar.told)}</title>"
        f'<rect x="{left}" y="{line - above}" width="{width}" height="{above}" fill="#0a7a3f"/>'
        f'<rect x="{left}" y="{line}" width="{width}" height="{below}" fill="#b3261e"/>{label}</g>'
    )


def _cell(cell: str | int) -> str:
    text = f"{cell:,}" if isinstance(cell, int) else escape(cell)
    return f"<td{_kind(cell)}>{text}</td>"


def _kind(cell: str | int) -> str:
    number = isinstance(cell, int) or _NUMBER.fullmatch(cell)
    return ' class="n"' if number else ""
