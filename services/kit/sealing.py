"""Putting each day's heads into documents, and reading them back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from services.kit.clock import Clock
from services.kit.days import ONE_DAY, civil_day
from services.kit.heads import FIRST, Place, digest_of, heads_text, place_of, read_heads
from services.kit.kinds import NOTHING, stored
from services.kit.store import ABSENT, Change, Key, Store, Stored, required


class Documents(Protocol):
    """Keeps documents by name where nobody can change them; what was put once stays."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps a document. Putting a name again changes nothing."""

    def get(self, name: str) -> bytes | None:
        """A kept document; None where there is none."""

    def names(self) -> list[str]:
        """Every name that is kept, in order."""


@stored(shape=1, personal=NOTHING)
class NextHeads:
    """Which document is made next, and the hash of the one before it."""

    day: date
    part: int
    previous: str


NEXT_KEY = Key("HEADS", "NEXT")


@dataclass(frozen=True)
class Sealing:
    """What makes a service's documents.

    `first_day` is asked for once, by the first run ever. `heads_of` gives the heads of a part of a day, as they are
    now: what the chains got since may be in them, which takes nothing from their worth. `announce` gives the change
    that has a new document's hash logged.
    """

    service: str
    store: Store
    clock: Clock
    documents: Documents
    first_day: Callable[[], date]
    heads_of: Callable[[Place], Sequence[Mapping[str, Any]]]
    announce: Callable[[str], Change]


def seal_heads(sealing: Sealing, until: datetime) -> list[str]:
    """Makes the documents of every day that is over and has none yet, in order; answers their names.

    Safe to repeat after a crash anywhere, and beside itself: the first document of a name stays, and that it is to be
    logged is one transaction with what is next. Ends when the time has come; the next run goes on.

    Raises:
        Conflict: another run is at it.
    """
    done = []
    while sealing.clock.now() < until:
        known = sealing.store.get(NEXT_KEY, NextHeads)
        following = known or Stored(NEXT_KEY, NextHeads(sealing.first_day(), 0, FIRST), ABSENT)
        if following.value.day >= civil_day(sealing.clock.now()):
            break
        done.append(_seal(sealing, following))
    return done


def _seal(sealing: Sealing, following: Stored[NextHeads]) -> str:
    value = following.value
    place, documents = Place(value.day, value.part), sealing.documents
    if documents.get(place.name) is None:
        heads = sealing.heads_of(place)
        documents.put(place.name, heads_text(sealing.service, place, value.previous, heads))
    kept = required(documents.get(place.name), LookupError(f"the heads {place.name} were put and are not kept"))
    digest, after = digest_of(kept), place.after
    logged = sealing.announce(digest)
    moved = following.put(replace(value, day=after.day, part=after.part, previous=digest))
    sealing.store.commit(Change([*logged.writes, moved], logged.events))
    return place.name


@dataclass(frozen=True)
class Document:
    """A kept document as it was read: its hash, its heads, and what is wrong with it."""

    place: Place
    digest: str
    heads: list[dict[str, Any]]
    problems: list[str]


def read_documents(service: str, documents: Documents) -> Iterator[Document]:
    """Reads all documents back, in order; each must follow the one before it."""
    previous = FIRST
    expected: Place | None = None
    for name in documents.names():
        found = read_document(service, documents, name, previous)
        missing = [f"heads are missing before {name}"] if expected not in {None, found.place} else []
        yield replace(found, problems=[*missing, *found.problems])
        previous, expected = found.digest, found.place.after


def read_document(service: str, documents: Documents, name: str, previous: str | None = None) -> Document:
    """Reads one document back; whether it follows the one before it is asked only where that is known."""
    text, place = documents.get(name) or b"", place_of(name)
    try:
        return Document(place, digest_of(text), read_heads(service, place, previous, text), [])
    except ValueError as error:
        problem = f"the heads {name} are not what they should be: {error}"
        return Document(place, digest_of(text), [], [problem])


def lateness(last: Place | None, clock: Clock) -> list[str]:
    """What is to be said where documents are no longer made; the run of the night may be under way."""
    due = civil_day(clock.now() - 2 * ONE_DAY)
    return [f"the last heads are of {last.day}"] if last and last.day < due else []
