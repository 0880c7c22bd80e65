"""The page of figures, docs/benchmarks.md, and its chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from local.emulator import ROOT
from tests.bench.rows import ROWS, Figure, Row

PAGE, CHART = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "images" / "benchmarks.svg"
BEGINS, ENDS = "<!-- make bench writes this -->\n", "<!-- until here -->\n"
WIDTH, LEFT, LINE, BAR, TOP = 760, 210, 34, 11, 40
MOST = 8.0
"""Where bars are cut off, in targets."""
BEFORE, NOW, INK, TARGET = "#cbd5e1", "#2f7d5b", "#334155", "#c2410c"


@dataclass(frozen=True)
class Column:
    """A checkout's figures by row number, and its clients' times: none where a row could not be measured."""

    name: str
    figures: Mapping[int, Figure | None]
    clients: Mapping[str, tuple[float, float]]


def page(columns: Sequence[Column], about: str) -> str:
    """The page's generated part."""
    head = f"| # | what | {' | '.join(column.name for column in columns)} | target | |\n"
    lines = [_line(row, columns) for row in ROWS if any(row.number in column.figures for column in columns)]
    return "".join(
        [
            f"{about}\n\n",
            head,
            "|---|---|" + "---|" * len(columns) + "---|---|\n",
            *lines,
            "\n![Figures in units of their targets](images/benchmarks.svg)\n\n",
            "One conditional write by each client, and the whole beat, in units of boto3's:\n\n",
            "| client | cold | warm |\n|---|---|---|\n",
            *(f"| {name} | {cold:.2f} | {warm:.2f} |\n" for name, (cold, warm) in sorted(columns[-1].clients.items())),
        ]
    )


def _line(row: Row, columns: Sequence[Column]) -> str:
    cells = [_cell(row, column.figures.get(row.number)) for column in columns]
    last = columns[-1].figures.get(row.number)
    met = "" if last is None else "✓" if row.is_met(last) else "missed"
    return f"| {row.number} | {row.what} | {' | '.join(cells)} | ≤ {row.shown(row.targets)} | {met} |\n"


def _cell(row: Row, figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    return row.shown(figure.values) + (f" ({figure.note})" if figure.note else "")


def write(columns: Sequence[Column], about: str) -> None:
    """Writes page and chart."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    PAGE.write_text("".join([before, BEGINS, page(columns, about), ENDS, after]), "utf-8")
    CHART.write_text(chart(columns), "utf-8")


def chart(columns: Sequence[Column]) -> str:
    """Every figure as a bar in units of its target, the line at 1; an SVG file."""
    rows = [(row, place) for row in ROWS for place, target in enumerate(row.targets) if target]
    height = TOP + LINE * len(rows) + 10
    scale = (WIDTH - LEFT - 70) / MOST
    parts = [_drawn_line(row, place, TOP + LINE * number, columns, scale) for number, (row, place) in enumerate(rows)]
    names = ", ".join(f"{_shade(columns, number)[1]}: {column.name}" for number, column in enumerate(columns))
    at = LEFT + scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">\n<title>{escape(f"Figures in units of their targets. {names}")}</title>\n'
        f'<text x="{LEFT}" y="16">{escape(names)}</text>\n'
        f'<text x="{at:.0f}" y="32" fill="{TARGET}" text-anchor="middle">target</text>\n'
        + "".join(parts)
        + f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 4}" y2="{height - 8}" stroke="{TARGET}"/>\n</svg>\n'
    )


def _drawn_line(row: Row, place: int, y: int, columns: Sequence[Column], scale: float) -> str:
    label = f"{row.number}{'abcde'[place] if len(row.targets) > 1 else ''}. {row.short}"
    parts = [f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(label)}</text>\n']
    for number, column in enumerate(columns):
        figure = column.figures.get(row.number)
        if figure is None:
            continue
        value, top = figure.values[place], y + number * (BAR + 1)
        width = min(MOST, value / row.targets[place]) * scale
        parts.append(
            f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{_shade(columns, number)[0]}"/>\n'
        )
        parts.append(
            f'<text x="{LEFT + width + 5:.1f}" y="{top + 10}" font-size="10">{row.form.format(value)}</text>\n'
        )
    return "".join(parts)


def _shade(columns: Sequence[Column], number: int) -> tuple[str, str]:
    return (NOW, "green") if number == len(columns) - 1 else (BEFORE, "grey")
