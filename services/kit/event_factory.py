"""Making a service's events."""

from typing import TYPE_CHECKING

from services.kit.clock import Clock
from services.kit.ids import Ids

if TYPE_CHECKING:
    from services.kit.events import Envelope, Fact


class EventFactory:
    """Makes a service's envelopes."""

    def __init__(self, service: str, clock: Clock, ids: Ids) -> None:
        self._source = f"xueshi.{service}"
        self._clock = clock
        self._ids = ids

    def make(
        self,
        data: "Fact",
        *,
        subject: str,
        sequence: int | None = None,
        correlation_id: str,
        causation_id: str | None = None,
    ) -> "Envelope":
        """An envelope around a published data model."""
        # Its model is loaded by whoever has an event: a beat has none.
        from services.kit.events import Envelope

        return Envelope(
            id=self._ids.new(),
            source=self._source,
            type=data.TYPE,
            time=self._clock.now(),
            subject=subject,
            sequence=sequence,
            correlation_id=correlation_id,
            causation_id=causation_id,
            data=data.model_dump(mode="json"),
        )
