"""Position claimed against time credited, as a drawing of characters and as an SVG file."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from rich.text import Text

from demo.player import Moment

WIDTH, HEIGHT = 64, 12
SVG_WIDTH, SVG_HEIGHT = 440, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 44, 44
CREDITED, CLAIMED, INK, GRID = "#2f7d5b", "#c2410c", "#334155", "#e2e8f0"
TICKS = 4

Scale = Callable[[float], float]
"""Seconds or milliseconds to a coordinate of the drawing."""


@dataclass(frozen=True)
class Panel:
    """One learner's watch."""

    title: str
    moments: Sequence[Moment]
    duration_ms: int

    def credited_ms(self, at_s: float) -> float:
        """What was credited at a moment, as the last answer before it said."""
        return _latest([(m.at_s, m.credited_ms) for m in self.moments], at_s)

    def claimed_ms(self, at_s: float) -> float:
        """Where the player claimed to be."""
        return _latest([(m.at_s, m.claimed_ms) for m in self.claims()], at_s)

    def claims(self) -> list[Moment]:
        """The moments that claim a position: starting anew claims none."""
        return [moment for moment in self.moments if moment.event != "start"]


def _latest(points: Sequence[tuple[float, int]], at_s: float) -> int:
    count = bisect_right(points, at_s, key=lambda point: point[0])
    return points[count - 1][1] if count else 0


def span_s(panels: Sequence[Panel]) -> float:
    """The time axis all panels share, seconds."""
    return max((panel.moments[-1].at_s for panel in panels if panel.moments), default=1.0)


def terminal_chart(panel: Panel, span: float) -> Text:
    """The panel in characters: a filled area for what is credited, a line for what is claimed."""
    rows = [_row(panel, span, number) for number in range(HEIGHT, 0, -1)]
    head = Text(f"{panel.title}\n", style="bold")
    foot = Text(f"{'':>7}└{'─' * WIDTH}\n{'':>8}0{f'{span:.0f} s':>{WIDTH - 1}}\n", style="dim")
    return Text.assemble(head, *rows, foot)


def _row(panel: Panel, span: float, number: int) -> Text:
    low, high = (panel.duration_ms * step / HEIGHT for step in (number - 1, number))
    label = f"{high / 1000:5.0f} s" if number in (HEIGHT, HEIGHT // 2) else ""
    line = Text(f"{label:>7}│", style="dim")
    for column in range(WIDTH):
        at_s = span * (column + 1) / WIDTH
        if low < panel.claimed_ms(at_s) <= high:
            line.append("━", style="red")
        elif panel.credited_ms(at_s) >= (low + high) / 2:
            line.append("█", style="green")
        else:
            line.append(" ")
    return line.append("\n")


def svg_chart(panels: Sequence[Panel]) -> str:
    """All panels side by side on one time axis."""
    span = span_s(panels)
    width, height = SVG_WIDTH * len(panels), SVG_HEIGHT
    drawn = "\n".join(
        f'<g transform="translate({SVG_WIDTH * number},0)">{_svg_panel(panel, span)}</g>'
        for number, panel in enumerate(panels)
    )
    said = "; ".join(f"{p.title}: {p.moments[-1].credited_ms / 1000:.1f} s credited" for p in panels if p.moments)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12" fill="{INK}">\n'
        f"<title>Position claimed and time credited</title>\n<desc>{escape(said)}</desc>\n"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{drawn}\n</svg>\n'
    )


def _svg_panel(panel: Panel, span: float) -> str:
    right, bottom = SVG_WIDTH - RIGHT, SVG_HEIGHT - BOTTOM

    def x(at_s: float) -> float:
        return LEFT + (right - LEFT) * at_s / span

    def y(position_ms: float) -> float:
        return bottom - (bottom - TOP) * min(position_ms, panel.duration_ms) / panel.duration_ms

    return "".join([*_axes(panel, span, x(0), x(span), y), *_series(panel, x, y), *_legend(panel, right)])


def _axes(panel: Panel, span: float, left: float, right: float, y: Scale) -> list[str]:
    parts = []
    for tick in range(TICKS + 1):
        position_ms, at_s = panel.duration_ms * tick / TICKS, span * tick / TICKS
        column = left + (right - left) * tick / TICKS
        label = f"{position_ms / 1000:.0f}"
        parts.append(f'<path d="M{left:.1f} {y(position_ms):.1f}H{right:.1f}" stroke="{GRID}"/>')
        parts.append(f'<text x="{left - 6:.1f}" y="{y(position_ms) + 4:.1f}" text-anchor="end">{label}</text>')
        parts.append(f'<text x="{column:.1f}" y="{y(0) + 16:.1f}" text-anchor="middle">{at_s:.0f}</text>')
    middle = (left + right) / 2
    parts.append(f'<text x="{middle:.1f}" y="{y(0) + 34:.1f}" text-anchor="middle">real time, seconds</text>')
    return parts


def _series(panel: Panel, x: Scale, y: Scale) -> list[str]:
    credited = _steps([(x(m.at_s), y(m.credited_ms)) for m in panel.moments])
    claimed = _steps([(x(m.at_s), y(m.claimed_ms)) for m in panel.claims()])
    return [
        f'<path d="M{x(0):.1f} {y(0):.1f}{credited}V{y(0):.1f}Z" fill="{CREDITED}" fill-opacity=".75"/>',
        f'<path d="M{x(0):.1f} {y(0):.1f}{claimed}" fill="none" stroke="{CLAIMED}" stroke-width="1.5"/>',
    ]


def _steps(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"H{column:.1f}V{row:.1f}" for column, row in points)


def _legend(panel: Panel, right: float) -> list[str]:
    return [
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="600">{escape(panel.title)}</text>',
        f'<text x="{LEFT}" y="36" fill="{CLAIMED}">position claimed, s</text>',
        f'<text x="{right:.1f}" y="36" text-anchor="end" fill="{CREDITED}">credited, s</text>',
    ]
