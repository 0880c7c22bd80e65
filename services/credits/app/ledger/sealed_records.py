"""Documents of which the transparency log takes the hashes: they are told as events."""

from dataclasses import dataclass

from services.credits.app.context import Context
from services.credits.events.published import RecordSealed
from services.kit.events import Envelope
from services.kit.objects import Objects

HEADS, SUFFIX = "heads/", ".json"


def sealed_record(ctx: Context, digest: str, correlation_id: str) -> Envelope:
    """The event that has a document's hash logged."""
    return ctx.events.make(RecordSealed(digest=digest), subject=digest, correlation_id=correlation_id)


@dataclass(frozen=True)
class HeadsFolder:
    """Each day's heads in the archive of records."""

    objects: Objects

    def put(self, name: str, content: bytes) -> None:
        """Keeps a document. Putting a name again changes nothing."""
        self.objects.put(f"{HEADS}{name}{SUFFIX}", content, "application/json")

    def get(self, name: str) -> bytes | None:
        """A kept document; None where there is none."""
        return self.objects.get(f"{HEADS}{name}{SUFFIX}")

    def names(self) -> list[str]:
        """Every name that is kept, in order."""
        return [key.removeprefix(HEADS).removesuffix(SUFFIX) for key in self.objects.names(HEADS)]
