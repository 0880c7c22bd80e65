"""Tables for people with spreadsheets: what their columns are called and which of them add up."""

from dataclasses import dataclass

Cell = str | int | None
Row = tuple[Cell, ...]
"""A cell per column. Money is integer fen here; files show it in yuan, exactly."""


@dataclass(frozen=True)
class Column:
    """`title` is Chinese; `name` is English and what a control total is called by. Money is added up."""

    name: str
    title: str
    money: bool = False

    @property
    def heading(self) -> str:
        """What stands above it."""
        return f"{self.title}(元) {self.name}" if self.money else f"{self.title} {self.name}"


@dataclass(frozen=True)
class Table:
    """`name` also begins its files' names."""

    name: str
    title: str
    columns: tuple[Column, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return tuple(column.heading for column in self.columns)
