"""Notes which courses changed, so that who keeps the catalogue in memory reads those again and no others."""

from dataclasses import dataclass

from services.catalog.app.items import CHANGES
from services.kit.store import ABSENT, Put, Store

REMEMBERED = 100
"""Changes; whoever is further behind reads the whole catalogue."""


@dataclass(frozen=True)
class Changes:
    """How many changes there have been, and the courses of the last ones, the latest last."""

    number: int = 0
    courses: tuple[str, ...] = ()

    def since(self, number: int) -> tuple[str, ...] | None:
        """The courses changed since that many changes; None where that is no longer known."""
        missed = self.number - number
        if not 0 <= missed <= len(self.courses):
            return None
        return self.courses[len(self.courses) - missed :]


def change_noted(store: Store, course_id: str) -> Put:
    """The write that belongs into each transaction that changes a course's line."""
    known = store.get(CHANGES, Changes)
    before = known.value if known else Changes()
    after = Changes(before.number + 1, (*before.courses, course_id)[-REMEMBERED:])
    return Put(CHANGES, after, after=known.version if known else ABSENT)
