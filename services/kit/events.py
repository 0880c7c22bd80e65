"""The envelope every event travels in (CloudEvents-style)."""

from datetime import datetime
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from services.kit.kinds import ID_ONLY, declared


@declared(shape=1, personal=ID_ONLY)
class Envelope(BaseModel):
    """One event.

    `sequence` orders state events of one subject (a consumer ignores older state); facts have none.
    `correlation_id` follows one request through all services; `causation_id` is the event that led to this one.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str = Field(min_length=1, max_length=64)
    source: str
    type: str = Field(pattern=r"^[a-z]+\.[a-z_]+\.v[0-9]+$")
    time: datetime
    subject: str = Field(min_length=1, max_length=256)
    sequence: int | None = None
    correlation_id: str
    causation_id: str | None = None
    data: dict[str, Any]

    @property
    def place(self) -> int:
        """A state event's place in the order of its subject's. Raises ValueError for one that has none."""
        if self.sequence is None:
            raise ValueError(f"{self.type} is a state event and must have a sequence")
        return self.sequence


class EventData(BaseModel):
    """What an event tells, as its producer publishes it or a consumer reads it.

    Models are made where they are used first: a function knows more types of events than it meets.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)


class Fact(Protocol):
    """What a service publishes: a pydantic model that says which type of event it is."""

    TYPE: ClassVar[str]

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Its members as JSON values, for the mode `json`."""
