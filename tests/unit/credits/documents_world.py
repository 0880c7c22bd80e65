"""What documents are made with in tests: a world with a learner who has a name and awards."""

from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from services.credits.adapters.typesetter import Typesetter
from services.credits.app.documents.attestations import Issued, Issuing, issue_attestation
from services.credits.app.documents.transcript_pdf import Transcripts
from services.credits.domain.attestations import ALPHABET, CODE_LENGTH
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.review import Standing
from services.credits.handlers import badges, documents, verification
from services.kit.http import HttpApi
from services.kit.signing import RS256, MemorySigner
from tests.gateway import NOBODY, Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, LEARNER, World, completed

URL = "https://learn.example.com"
NAME = "张喆堃"
LEARNING = claims(LEARNER, "learner")


class SequentialCodes:
    """1, 2, 3 ... in the form of codes, and places beside each other."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._places = count(7)

    def new(self) -> str:
        """The next code."""
        number = next(self._numbers)
        return ALPHABET[number % 32].rjust(CODE_LENGTH, "0")

    def place(self) -> int:
        """The next place."""
        return next(self._places)


class Names(dict[str, str]):
    """Real names by learner."""

    def real_name(self, learner_id: str) -> str | None:
        """As a profile would say."""
        return self.get(learner_id)


@cache
def typesetter() -> Typesetter:
    """One for all tests: fonts are read once."""
    return Typesetter()


@cache
def signer() -> MemorySigner:
    """One for tests that do not rotate it: making RSA keys takes long."""
    return MemorySigner(RS256)


@dataclass
class Desk:
    """Where certificates are asked for and checked."""

    world: World = field(default_factory=World)
    names: Names = field(default_factory=lambda: Names({LEARNER: NAME}))
    signer: MemorySigner = field(default_factory=signer)
    issuing: Issuing = field(init=False)
    transcripts: Transcripts = field(init=False)
    apis: list[HttpApi] = field(init=False)

    def __post_init__(self) -> None:
        store, clock = self.world.store, self.world.clock
        self.issuing = Issuing(store, clock, SequentialCodes(), self.names, typesetter().draw, lambda: URL)
        ctx = self.world.ctx
        self.transcripts = Transcripts(store, clock, self.names, ctx.rules, typesetter().draw, ctx.audit)
        self.apis = [
            documents.build_api(self.issuing, self.transcripts, origin_secret),
            badges.build_api(store, clock, self.signer, lambda: URL, origin_secret),
            verification.build_api(store, origin_secret),
        ]

    def award(self, watch: str = "watch-1", course: str = "course", **course_data: Any) -> Entry:
        """The learner earns hours for AFP."""
        if AFP not in self.world.certificates():
            self.world.certify(AFP)
        self.world.publish(course, **{"eligible": ["AFP"], "content": course, **course_data})
        self.world.deliver(completed(watch, course))
        return next(entry for entry in reversed(self.world.entries()) if entry.kind is Kind.AWARD)

    def review(self, award: Entry, standing: Standing) -> None:
        """A reviewer decides what the award is."""
        self.world.review(award.number, standing)

    def issue(self, award: Entry) -> Issued:
        """The learner asks for the certificate."""
        return issue_attestation(self.issuing, LEARNER, award.entry_id)

    def get(self, path: str, who: dict[str, str] = NOBODY) -> Answer:
        """Reads, from whichever function answers this path."""
        return self._send("GET", path, None, who)

    def post(self, path: str, body: Any, who: dict[str, str] = NOBODY) -> Answer:
        """Writes."""
        return self._send("POST", path, body, who)

    def _send(self, method: str, path: str, body: Any, who: dict[str, str]) -> Answer:
        answers = [send(api, request(method, path, body, who=who)) for api in self.apis]
        return next((answer for answer in answers if not _is_no_route(answer)), answers[0])


def _is_no_route(answer: Answer) -> bool:
    return answer.status == 404 and isinstance(answer.body, dict) and answer.body.get("code") == "NOT_FOUND"
