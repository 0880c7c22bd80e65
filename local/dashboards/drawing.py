"""Lines over time as SVG: nothing is fetched, and colours are those of the page, light or dark."""

from collections.abc import Mapping
from datetime import datetime
from html import escape

from local.dashboards.values import Points, Window

WIDTH, HEIGHT = 480, 170
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 8, 20
GRID_LINES = 4
TIMES_SHOWN = 4
COLOURS = 8
"""How many the page has; further lines begin again, dashed."""
MOST_LINES = 16
"""What is still readable; others are left out, and said to be."""
SCALES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def chart(lines: Mapping[str, Points], window: Window, unit: str = "") -> str:
    """The picture and its legend."""
    drawn = dict(sorted(((n, p) for n, p in lines.items() if p), key=lambda line: -max(line[1].values()))[:MOST_LINES])
    top = _round_up(max((max(points.values()) for points in drawn.values()), default=0.0))
    parts = [*_grid(top), *_times(window)]
    parts += [_line(number, name, points, top, window) for number, (name, points) in enumerate(drawn.items())]
    if not drawn:
        parts.append(f'<text class="none" x="{WIDTH / 2}" y="{HEIGHT / 2}">nothing was told</text>')
    label = escape(f"{', '.join(drawn) or 'no data'}")
    picture = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    left_out = sum(bool(points) for points in lines.values()) - len(drawn)
    return picture + _legend(drawn, unit, left_out)


def short(value: float) -> str:
    """A number as a reader takes it in at a glance."""
    for size, letter in SCALES:
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _grid(top: float) -> list[str]:
    parts = []
    for number in range(GRID_LINES + 1):
        y = _y(top * number / GRID_LINES, top)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="y" x="{LEFT - 5}" y="{y + 3:.1f}">{short(top * number / GRID_LINES)}</text>')
    return parts


def _times(window: Window) -> list[str]:
    parts = []
    for number in range(TIMES_SHOWN + 1):
        at = window.start + (window.end - window.period - window.start) * number / TIMES_SHOWN
        text = datetime.fromtimestamp(at).astimezone().strftime("%H:%M")
        parts.append(f'<text class="x" x="{_x(at, window):.1f}" y="{HEIGHT - 5}">{text}</text>')
    return parts


def _line(number: int, name: str, points: Points, top: float, window: Window) -> str:
    style = f"c{number % COLOURS}" + (" again" if number >= COLOURS else "")
    runs: list[list[str]] = [[]]
    before = None
    for at, value in sorted(points.items()):
        if before is not None and at - before > window.period:
            runs.append([])  # where nothing was told there is no line
        runs[-1].append(f"{_x(at, window):.1f},{_y(value, top):.1f}")
        before = at
    drawn = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    dots = "".join(
        f'<circle cx="{_x(at, window):.1f}" cy="{_y(value, top):.1f}" r="2.2">'
        f"<title>{escape(name)}: {value:.6g}, {_clock(at)}</title></circle>"
        for at, value in points.items()
    )
    return f'<g class="{style}">{drawn}{dots}</g>'


def _legend(drawn: Mapping[str, Points], unit: str, left_out: int) -> str:
    items = "".join(
        f'<li class="c{number % COLOURS}"><i></i>{escape(name)} <b>{short(points[max(points)])}{_spaced(unit)}</b></li>'
        for number, (name, points) in enumerate(drawn.items())
    )
    more = f"<li>and {left_out} more</li>" if left_out else ""
    return f'<ul class="legend">{items}{more}</ul>'


def _spaced(unit: str) -> str:
    return f" {escape(unit)}" if unit else ""


def _x(at: float, window: Window) -> float:
    last = max(window.end - window.period - window.start, 1)
    return LEFT + (WIDTH - LEFT - RIGHT) * (at - window.start) / last


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _round_up(value: float) -> float:
    """The next 1, 2, 4 or 8 times a power of ten, so that the grid's numbers are plain."""
    if value <= 0:
        return 4.0
    size = 10.0 ** int(f"{value:e}".partition("e")[2])
    return next(size * step for step in (1, 2, 4, 8, 10) if value <= size * step)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")
