"""Lines over time as SVG: nothing is fetched, and colours are those of the page, light or dark."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from local.dashboards.values import Points, Window

COLUMN, HEIGHT = 60, 170
"""Units of the picture: of each column of the grid that it is wide, and its height."""
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 8, 20
GRID_LINES = 4
TIMES_SHOWN = 4
COLOURS = 8
"""How many the page has; further lines begin again, dashed."""
MOST_LINES = 16
"""What is still readable; others are left out, and said to be."""
SCALES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def chart(lines: Mapping[str, Points], window: Window, unit: str = "", columns: int = 8) -> str:
    """The picture, so many columns wide, and its legend."""
    # In their own order, so that a name has the same colour in every graph.
    drawn = dict([(name, points) for name, points in lines.items() if points][:MOST_LINES])
    frame = _Frame(columns * COLUMN, _round_up(max((max(p.values()) for p in drawn.values()), default=0.0)), window)
    parts = [*_grid(frame), *_times(frame)]
    parts += [_line(number, name, points, frame) for number, (name, points) in enumerate(drawn.items())]
    if not drawn:
        parts.append(f'<text class="none" x="{frame.width / 2}" y="{HEIGHT / 2}">nothing was told</text>')
    label = escape(f"{', '.join(drawn) or 'no data'}")
    picture = f'<svg viewBox="0 0 {frame.width} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    left_out = sum(bool(points) for points in lines.values()) - len(drawn)
    return picture + _legend(drawn, unit, left_out)


def short(value: float) -> str:
    """A number as a reader takes it in at a glance."""
    for size, letter in SCALES:
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


@dataclass(frozen=True)
class _Frame:
    """Where values and times are in a picture."""

    width: int
    top: float
    window: Window

    def x(self, at: float) -> float:
        last = max(self.window.end - self.window.period - self.window.start, 1)
        return LEFT + (self.width - LEFT - RIGHT) * (at - self.window.start) / last

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.top)


def _grid(frame: _Frame) -> list[str]:
    parts = []
    for number in range(GRID_LINES + 1):
        value = frame.top * number / GRID_LINES
        y = frame.y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{frame.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="y" x="{LEFT - 5}" y="{y + 3:.1f}">{short(value)}</text>')
    return parts


def _times(frame: _Frame) -> list[str]:
    parts = []
    window = frame.window
    for number in range(TIMES_SHOWN + 1):
        at = window.start + (window.end - window.period - window.start) * number / TIMES_SHOWN
        text = datetime.fromtimestamp(at).astimezone().strftime("%H:%M")
        anchor = "end" if number == TIMES_SHOWN else "middle"
        parts.append(f'<text text-anchor="{anchor}" x="{frame.x(at):.1f}" y="{HEIGHT - 5}">{text}</text>')
    return parts


def _line(number: int, name: str, points: Points, frame: _Frame) -> str:
    style = f"c{number % COLOURS}" + (" again" if number >= COLOURS else "")
    runs: list[list[str]] = [[]]
    before = None
    for at, value in sorted(points.items()):
        if before is not None and at - before > frame.window.period:
            runs.append([])  # where nothing was told there is no line
        runs[-1].append(f"{frame.x(at):.1f},{frame.y(value):.1f}")
        before = at
    drawn = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    dots = "".join(
        f'<circle cx="{frame.x(at):.1f}" cy="{frame.y(value):.1f}" r="2">'
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


def _round_up(value: float) -> float:
    """The next 1, 2, 4 or 8 times a power of ten, so that the grid's numbers are plain."""
    if value <= 0:
        return 4.0
    size = 10.0 ** int(f"{value:e}".partition("e")[2])
    return next(size * step for step in (1, 2, 4, 8, 10) if value <= size * step)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")
