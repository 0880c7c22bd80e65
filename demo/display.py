"""What the demo shows: a live view on a terminal, plain lines elsewhere."""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from demo.cheater import Result
from demo.player import Moment

BAR_WIDTH = 40


class Display:
    """The honest learner's progress above, the cheater's attacks below. Used from both threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._honest: Moment | None = None
        self._results: list[Result] = []
        self._live = Live(console=console, refresh_per_second=8, get_renderable=self._render, transient=True)

    def __enter__(self) -> "Display":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def honest(self, moment: Moment) -> None:
        """The honest learner got an answer."""
        with self._lock:
            self._honest = moment
        if not self._console.is_terminal:
            self._console.print(_line(moment))

    def cheated(self, result: Result) -> None:
        """An attack is over."""
        with self._lock:
            self._results.append(result)
        if not self._console.is_terminal:
            self._console.print(f"  cheater   {result.name}: {_answers(result)}")

    def _render(self) -> RenderableType:
        with self._lock:
            honest, results = self._honest, list(self._results)
        parts: list[RenderableType] = [Panel(_progress(honest), title="honest learner", width=96)] if honest else []
        return Group(*parts, attack_table(results)) if results else Group(*parts)


def attack_table(results: Sequence[Result]) -> Table:
    """Attack, answers, and what it brought."""
    table = Table(title="A cheater on the same course", title_justify="left", width=96)
    table.add_column("attack")
    table.add_column("the server's answers")
    for name in ("real time", "credited", "beyond it"):
        table.add_column(name, justify="right")
    for result in results:
        style = "green" if result.beyond_ms == 0 else "bold red"
        table.add_row(
            result.name,
            _answers(result),
            f"{result.elapsed_ms / 1000:.2f} s",
            f"{result.credited_ms / 1000:.2f} s",
            Text(f"{result.beyond_ms / 1000:.2f} s", style=style),
        )
    return table


def ledger_table(title: str, entries: Sequence[dict[str, Any]]) -> Table:
    """A learner's timeline."""
    table = Table(title=title, title_justify="left", width=96)
    for name in ("no.", "at", "entry", "certificate", "hours", "course", "reason"):
        table.add_column(name, justify="right" if name in ("no.", "hours") else "left")
    for entry in entries:
        table.add_row(
            str(entry["number"]),
            _time(entry["at"]),
            entry["kind"],
            entry["credential"] or "",
            entry["hours"],
            entry["title"],
            entry["reason"]["text_en"],
        )
    return table


def balance_table(certificates: Sequence[dict[str, Any]]) -> Table:
    """Balances per certificate."""
    table = Table(title="Balance", title_justify="left", width=96)
    for name in ("certificate", "period", "earned", "required", "remaining"):
        table.add_column(name)
    for line in certificates:
        current = line["current"]
        table.add_row(
            line["certificate"]["credential"],
            f"{current['start']} – {current['deadline'] or '?'}",
            *(str(current[name] or "not known") for name in ("earned_hours", "required_hours", "remaining_hours")),
        )
    return table


def _progress(moment: Moment) -> RenderableType:
    state = moment.state
    prompts = f"{state['prompts']['confirmed']} of {state['prompts']['total']} confirmed"
    table = Table.grid(padding=(0, 2))
    bars = {"position claimed": moment.claimed_ms, "credited": moment.credited_ms}
    for name, value in bars.items():
        bar = ProgressBar(total=state["duration_ms"], completed=value, width=BAR_WIDTH)
        table.add_row(name, bar, f"{value / 1000:5.1f} s of {state['duration_ms'] / 1000:.0f} s")
    table.add_row("prompts", prompts + (", one is waiting" if state["prompt"] else ""), "")
    table.add_row("saved until", _time(state["saved_at"]), "completed" if state["completed"] else "")
    return table


def _line(moment: Moment) -> str:
    state = moment.state
    waiting = ", a prompt is waiting" if state["prompt"] else ""
    done = ", completed" if state["completed"] else ""
    return (
        f"  {moment.at_s:5.1f} s   {moment.event:<8} at {moment.claimed_ms / 1000:5.1f} s, "
        f"credited {moment.credited_ms / 1000:5.1f} of {state['duration_ms'] / 1000:.0f} s, "
        f"prompts {state['prompts']['confirmed']}/{state['prompts']['total']}, "
        f"saved until {_time(state['saved_at'])}{waiting}{done}"
    )


def _answers(result: Result) -> str:
    parts = []
    for (status, code), times in sorted(result.answers.items()):
        parts.append(f"{status} {code}".strip() + (f" ×{times}" if times > 1 else ""))
    return ", ".join(parts)


def _time(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone().strftime("%H:%M:%S")
