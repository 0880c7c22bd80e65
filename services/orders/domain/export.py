"""An export for finance: what was asked for, and the manifest of what came of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.kit.days import Days
from services.kit.kinds import Kept, stored
from services.orders.domain.ids import ExportId

MAX_DAYS = 31
"""Of one export, and of one summary of revenue: a month."""


class ExportState(StrEnum):
    """How an export stands. It leaves REQUESTED once."""

    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class KeptFile:
    """One file. It is kept under `key`, which holds its SHA-256, so no other content ever takes its place."""

    name: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ExportedTable:
    """A table, in as many files as it takes, each once per format. `totals_fen` by the name of the column."""

    name: str
    title: str
    rows: int
    totals_fen: dict[str, int]
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class Manifest:
    """What an export holds. It follows from what is stored alone: neither who asked nor when is in it."""

    tables: tuple[ExportedTable, ...]
    documents: tuple[KeptFile, ...]

    def files(self) -> tuple[KeptFile, ...]:
        """Every file."""
        return (*self.documents, *(file for table in self.tables for file in table.files))


@stored(
    shape=1, personal=Kept("requested_by", "reason", because="staff answer for what they did", until="the table goes")
)
class Export:
    """What one was asked for, by whom and why. `requested_by` is a person's opaque id, or SCHEDULE."""

    export_id: ExportId
    first_day: date
    last_day: date
    requested_by: str
    reason: str
    requested_at: datetime
    correlation_id: str
    state: ExportState = ExportState.REQUESTED
    finished_at: datetime | None = None
    manifest: Manifest | None = None

    @property
    def days(self) -> Days:
        """The days it is about."""
        return Days(self.first_day, self.last_day)

    def done(self, manifest: Manifest, now: datetime) -> "Export":
        """With what it holds."""
        return replace(self, state=ExportState.DONE, finished_at=now, manifest=manifest)

    def failed(self, now: datetime) -> "Export":
        """Too much for one run."""
        return replace(self, state=ExportState.FAILED, finished_at=now)


SCHEDULE = "schedule"
"""Who asks for the daily exports."""
