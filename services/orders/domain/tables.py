"""Tables for people with spreadsheets: what their columns are called and which of them add up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

Cell = str | int | None
Row = tuple[Cell, ...]
"""A cell per column. Money is integer fen here; files show it in yuan, exactly."""


@dataclass(frozen=True)
class Column(Generic[T]):
    """`title` is Chinese; `name` is English and what a control total is called by. Money is added up.

    `cell` is what a thing has in it.
    """

    name: str
    title: str
    cell: Callable[[T], Cell]
    money: bool = False

    @property
    def heading(self) -> str:
        """What stands above it."""
        return f"{self.title}(元) {self.name}" if self.money else f"{self.title} {self.name}"


@dataclass(frozen=True)
class Table(Generic[T]):
    """A row for each thing. `name` also begins its files' names."""

    name: str
    title: str
    columns: tuple[Column[T], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return tuple(column.heading for column in self.columns)

    def row(self, thing: T) -> Row:
        """The row of a thing."""
        return tuple(column.cell(thing) for column in self.columns)
