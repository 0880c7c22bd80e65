"""Where declarations and batches lie."""

from dataclasses import dataclass
from datetime import datetime

from services.credits.app.ledger.items import learner_pk
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Totals
from services.credits.domain.ids import LearnerId, LineId
from services.kit.kinds import NOTHING, Kept, stored
from services.kit.store import Key

DECLARATIONS = "DECLARATION#"
BATCHES = "BATCH#"
LINES = "LINE#"
RESULTS = "RESULT#"


def declaration_key(learner_id: LearnerId, number: int) -> Key:
    """The declaration of one entry to the certifying body."""
    return Key(learner_pk(learner_id), f"{DECLARATIONS}{number:010d}")


def declaring_pk(credential: Credential) -> str:
    """The partition of which batch of a credential is open, and of the batches that were closed."""
    return f"DECLARING#{credential}"


@stored(shape=1, personal=NOTHING)
class Gate:
    """Which batch of a credential is open."""

    open_batch: int


def gate_key(credential: Credential) -> Key:
    """Which batch is open. Whoever puts a line into it requires this item's version; closing the batch changes it."""
    return Key(declaring_pk(credential), "GATE")


@dataclass(frozen=True)
class BatchFile:
    """The file as it was kept: what its lines add up to, and the SHA-256 of its bytes, hexadecimal."""

    key: str
    sha256: str
    size: int
    totals: Totals


@stored(shape=1, personal=Kept("closed_by", because="staff answer for what they did", until="the table goes"))
class Batch:
    """A closed batch; `file` is None until it is written."""

    credential: Credential
    number: int
    closed_at: datetime
    closed_by: str
    file: BatchFile | None = None


def batch_key(credential: Credential, number: int) -> Key:
    """A batch that was closed."""
    return Key(declaring_pk(credential), f"{BATCHES}{number:06d}")


def lines_pk(credential: Credential, batch: int) -> str:
    """The partition of a batch's lines, and of the results that the certifying body gave."""
    return f"DECLARED#{credential}#{batch:06d}"


def line_key(credential: Credential, batch: int, line_id: LineId) -> Key:
    """One line of a batch; their order is that of their ids."""
    return Key(lines_pk(credential, batch), f"{LINES}{line_id}")


def result_key(credential: Credential, batch: int, line_id: LineId) -> Key:
    """The certifying body's answer to one line; written once."""
    return Key(lines_pk(credential, batch), f"{RESULTS}{line_id}")
