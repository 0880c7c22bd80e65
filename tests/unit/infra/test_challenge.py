"""The user pool's challenge: one answer, by a ticket for this person and this challenge; none for staff."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.triggers import challenge
from services.credits.adapters.tickets import Tickets
from services.credits.domain.ids import LearnerId

PERSON = LearnerId("0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e")
ROUND = {"challengeName": "CUSTOM_CHALLENGE", "challengeMetadata": "TICKET"}


class Now:
    """The clock of who makes tickets."""

    def __init__(self, ahead_s: float = 0) -> None:
        self.ahead_s = ahead_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.ahead_s, UTC)


class Pool:
    """What the trigger asks AWS: the secret's keys, and somebody's groups."""

    def __init__(self) -> None:
        self.groups: list[str] = []
        self.keys = {"current": "key"}

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps(self.keys)}

    def admin_list_groups_for_user(self, **_: str) -> dict[str, Any]:
        return {"Groups": [{"GroupName": name} for name in self.groups]}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    monkeypatch.setattr(challenge, "_client", lambda _: made)
    monkeypatch.setenv("TICKETS_SECRET_ID", "secret")
    challenge._keys.cache_clear()  # noqa: SLF001
    return made


def ask(source: str, **request: Any) -> dict[str, Any]:
    event = {"triggerSource": source, "userPoolId": "pool", "userName": PERSON, "request": request, "response": {}}
    found: dict[str, Any] = challenge.handler(event, None)["response"]
    return found


def define(*rounds: dict[str, Any], **more: Any) -> tuple[bool, bool]:
    found = ask("DefineAuthChallenge_Authentication", session=list(rounds), userAttributes={"sub": PERSON}, **more)
    return found["issueTokens"], found["failAuthentication"]


def verify(answer: str, nonce: str = "nonce", **more: Any) -> bool:
    parameters = {"nonce": nonce}
    found = ask(
        "VerifyAuthChallengeResponse_Authentication",
        userAttributes={"sub": PERSON},
        privateChallengeParameters=parameters,
        challengeAnswer=answer,
        **more,
    )
    return bool(found["answerCorrect"])


def ticket(key: str = "key", nonce: str = "nonce", ahead_s: float = 0) -> str:
    return Tickets(lambda _: {"current": key}, Now(ahead_s))(PERSON, nonce)


def test_each_challenge_has_a_nonce_of_its_own() -> None:
    nonces = {ask("CreateAuthChallenge_Authentication")["publicChallengeParameters"]["nonce"] for _ in range(20)}
    assert len(nonces) == 20


def test_one_right_answer_gives_tokens_and_one_wrong_one_ends_it() -> None:
    assert define() == (False, False)
    assert define({**ROUND, "challengeResult": True}) == (True, False)
    for rounds in (
        [{**ROUND, "challengeResult": False}],
        [{**ROUND, "challengeResult": None}],
        [{**ROUND, "challengeResult": False}, {**ROUND, "challengeResult": True}],
        [{"challengeName": "SRP_A", "challengeResult": True}],
        [{"challengeName": "PASSWORD_VERIFIER", "challengeResult": True}],
    ):
        assert define(*rounds) == (False, True), rounds
    assert define({**ROUND, "challengeResult": True}, userNotFound=True) == (False, True)


def test_who_is_not_there_is_asked_alike() -> None:
    assert define(userNotFound=True) == define()


def test_a_ticket_of_access_is_believed(pool: Pool) -> None:
    assert verify(ticket())
    pool.keys = {"current": "new", "previous": "key"}
    challenge._keys.cache_clear()  # noqa: SLF001
    assert verify(ticket())


FORGED: dict[str, Callable[[], str]] = {
    "of another key": lambda: ticket(key="guessed"),
    "of another challenge": lambda: ticket(nonce="of another challenge"),
    "old": lambda: ticket(ahead_s=-61),
    "of later": lambda: ticket(ahead_s=7200),
    "empty": lambda: "",
    "a dot": lambda: ".",
    "a code": lambda: "271828",
    "unsigned": lambda: f"{int(time.time()) + 60}.",
    "signed in no hexadecimal": lambda: f"{int(time.time()) + 60}.é",
    "with no ASCII time": lambda: f"²{int(time.time()) + 60}.00",
}
"""Made as they are tried: names of tests must not say what time it is."""


@pytest.mark.parametrize("forged", FORGED)
def test_attack_a_forged_replayed_or_old_ticket_is_not(pool: Pool, forged: str) -> None:
    wrong = FORGED[forged]()
    assert not verify(wrong)


def test_attack_staff_have_no_way_in_by_a_ticket(pool: Pool) -> None:
    pool.groups = ["administrator"]
    assert not verify(ticket())
    pool.groups = ["second-factor"]
    assert not verify(ticket())


def test_nobody_is_let_in_who_is_not_there(pool: Pool) -> None:
    assert not verify(ticket(), userNotFound=True)
