"""What documents are made with in tests: a world with a learner who has a name and awards."""

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

from services.credits.adapters.typesetter import Typesetter
from services.credits.app.attestations.issue_attestation import issue_attestation
from services.credits.app.attestations.read_attestations import AttestationView
from services.credits.app.context import BadgesContext, Context, DocumentsContext
from services.credits.app.profiles.items import profile_key
from services.credits.domain.attestations import CODE_LENGTH
from services.credits.domain.ledger import Entry, Kind
from services.credits.domain.profile import Profile
from services.credits.domain.review import Standing
from services.credits.handlers import badges, documents, verification
from services.kit.http import HttpApi
from services.kit.read_codes import ALPHABET
from services.kit.signing import RS256
from services.kit.store import Change
from tests.fakes.signing import MemorySigner
from tests.gateway import NOBODY, Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, LEARNER, World, completed, own_call

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
    signer: MemorySigner = field(default_factory=signer)
    ctx: DocumentsContext = field(init=False)
    apis: list[HttpApi] = field(init=False)

    def __post_init__(self) -> None:
        common = self.world.ports
        self.ctx = DocumentsContext(*common, self.world.ctx.rules, SequentialCodes(), typesetter().draw, lambda: URL)
        self.apis = [
            documents.build_api(self.ctx, origin_secret),
            badges.build_api(BadgesContext(*common, self.signer, lambda: URL), origin_secret),
            verification.build_api(Context(*common), origin_secret),
        ]
        self.world.name(real_name=NAME)

    def name(self, real_name: str | None) -> None:
        """The learner is called so from now on, whatever the profile would say of it; and is confirmed so, if known."""
        key = profile_key(LEARNER)
        known = self.world.store.get(key, Profile)
        assert known
        self.world.store.commit(Change([known.put(replace(known.value, real_name=real_name))]))
        if AFP in self.world.certificates():
            self.world.confirm(AFP)

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

    def issue(self, award: Entry) -> AttestationView:
        """The learner asks for the certificate."""
        return issue_attestation(self.ctx, own_call(LEARNER), award.entry_id)

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
