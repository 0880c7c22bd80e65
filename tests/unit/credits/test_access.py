"""Second factors and sign-ins: who gets what, in which order, and what a crash between two steps leaves."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from services.credits.app.access.items import SecondFactor, second_factor_key
from services.credits.app.context import AccessContext
from services.credits.domain.access import RECOVERY_CODES, code_hash
from services.credits.domain.ids import LearnerId
from services.credits.handlers.access import build_api
from tests.fakes.user_pool import Fingerprint, MemoryPool, PoolUser, ReversingSeal, no_ticket
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import ADMINISTRATOR, World

BOSS, EDITOR = LearnerId(ADMINISTRATOR.id), LearnerId("eeeeeeee-0000-4000-8000-000000000005")
MAIL, RIGHT = "editor@example.com", "right"
HOUR_MS = 3_600_000
ACCESS = "/v1/credits/access"


class CountedCodes:
    """Codes in a row."""

    def __init__(self) -> None:
        self.made = 0

    def recovery(self) -> str:
        self.made += 1
        return f"{self.made:016d}"


@dataclass
class Gate:
    """The function on a pool with an administrator and an editor who has verified a device."""

    world: World = field(default_factory=World)
    pool: MemoryPool = field(default_factory=MemoryPool)
    codes: CountedCodes = field(default_factory=CountedCodes)

    def __post_init__(self) -> None:
        self.pool.users[BOSS] = PoolUser("boss@example.com", asks_for_codes=True, proven=True)
        self.pool.users[EDITOR] = PoolUser(MAIL, asks_for_codes=True, sign_ins={"stolen"})
        self.api = build_api(
            AccessContext(*self.world.ports, self.pool, ReversingSeal(), self.codes, Fingerprint(), no_ticket, None),
            origin_secret,
        )

    @property
    def editor(self) -> PoolUser:
        return self.pool.users[EDITOR]

    def ask(
        self, method: str, path: str, body: Any = None, *, who: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        asking = claims(EDITOR, "unproven") if who is None else who
        return send(self.api, request(method, f"{ACCESS}{path}", body, who=asking, **headers))

    def set_up(self) -> list[str]:
        """The editor's recovery codes."""
        answer = self.ask("POST", "/second-factor")
        assert answer.status == 200
        found: list[str] = answer.body["recovery_codes"]
        return found

    def recover(self, code: str, password: str = RIGHT, email: str = MAIL) -> Answer:
        body = {"email": email, "password": password, "recovery_code": code}
        return self.ask("POST", "/recovery", body, who={})

    def reset(self, email: str = MAIL, role: str = "administrator", who: str = BOSS) -> Answer:
        body = {"email": email, "reason": "lost phone"}
        return self.ask("POST", "/second-factor-resets", body, who=claims(who, role))


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_setting_up_ends_what_began_without_a_code_before_the_role_takes_effect(gate: Gate) -> None:
    codes = gate.set_up()
    assert len(set(codes)) == RECOVERY_CODES
    assert codes[0] == "0000-0000-0000-0001"
    assert gate.pool.done == ["end_all", "prove"]
    assert (gate.editor.proven, gate.editor.sign_ins) == (True, set())
    kept = gate.world.store.get(second_factor_key(EDITOR), SecondFactor)
    assert kept is not None
    assert kept.value.codes == [code_hash(EDITOR, code) for code in codes]
    assert not any(code.replace("-", "") in kept.body for code in codes)


def test_no_device_no_role(gate: Gate) -> None:
    gate.editor.asks_for_codes = False
    assert gate.ask("POST", "/second-factor").code == "NO_DEVICE"
    assert not gate.editor.proven


def test_a_stolen_token_of_staff_gets_no_new_codes(gate: Gate) -> None:
    gate.set_up()
    answer = gate.ask("POST", "/second-factor", who=claims(EDITOR, "editor"))
    assert (answer.status, answer.code) == (409, "SECOND_FACTOR_ON")
    assert gate.codes.made == RECOVERY_CODES


def test_whoever_was_stopped_while_setting_up_does_it_again(gate: Gate) -> None:
    gate.pool.fails_at = "prove"
    assert gate.ask("POST", "/second-factor").status == 500
    assert not gate.editor.proven
    codes = gate.set_up()
    assert gate.recover("0000-0000-0000-0001").code == "RECOVERY_REFUSED"
    assert gate.recover(codes[0]).status == 200


def test_a_recovery_code_serves_once_and_leaves_an_account_without_a_role(gate: Gate) -> None:
    codes = gate.set_up()
    gate.editor.sign_ins.add("of the lost device")
    assert gate.recover(f" {codes[3].lower().replace('0', 'o')} ").status == 200
    assert (gate.editor.proven, gate.editor.asks_for_codes, gate.editor.sign_ins) == (False, False, set())
    gate.editor.asks_for_codes = True
    assert gate.recover(codes[3]).code == "RECOVERY_REFUSED"
    assert gate.recover(codes[4]).status == 200


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"password": "wrong"}, "a code alone"),
        ({"email": "boss@example.com"}, "somebody else's code"),
        ({"email": "nobody@example.com"}, "no account"),
        ({"code": "0000-0000-0000-0099"}, "a password alone"),
    ],
)
def test_two_of_three_do_not_recover_and_all_are_refused_alike(gate: Gate, change: dict[str, str], why: str) -> None:
    (code, *_) = gate.set_up()
    answer = gate.recover(**{"code": code, **change})
    assert (answer.status, answer.code) == (403, "RECOVERY_REFUSED"), why
    assert gate.editor.proven
    assert gate.recover(code).status == 200


def test_a_crash_after_a_code_was_used_costs_that_code_alone(gate: Gate) -> None:
    codes = gate.set_up()
    gate.pool.fails_at = "disprove"
    assert gate.recover(codes[0]).status == 500
    assert gate.editor.proven
    assert gate.recover(codes[0]).code == "RECOVERY_REFUSED"
    assert gate.recover(codes[1]).status == 200


def test_a_reset_takes_the_password_before_the_factor_and_is_audited(gate: Gate) -> None:
    codes = gate.set_up()
    gate.pool.done.clear()
    assert gate.reset().status == 200
    assert gate.pool.done == ["renew_password", "disprove", "end_all"]
    assert (gate.editor.proven, gate.editor.password, gate.editor.mails) == (False, "", 1)
    (record,) = [text for key, (_, text) in gate.world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert all(part in record for part in ("reset_second_factor", EDITOR, BOSS, "lost phone"))
    gate.editor.asks_for_codes, gate.editor.password = True, RIGHT
    assert gate.recover(codes[0]).code == "RECOVERY_REFUSED"


def test_nobody_resets_their_own_so_that_somebody_always_can(gate: Gate) -> None:
    assert gate.reset("boss@example.com").code == "OWN_RESET"
    assert gate.pool.users[BOSS].proven


def test_resets_of_nobody_and_of_nothing_are_refused(gate: Gate) -> None:
    assert gate.reset("nobody@example.com").code == "ACCOUNT_NOT_FOUND"
    gate.editor.asks_for_codes = False
    assert gate.reset().code == "NO_SECOND_FACTOR"
    assert not gate.editor.mails


@pytest.mark.parametrize("role", ["editor", "support", "learner", "unproven"])
def test_only_administrators_reset(gate: Gate, role: str) -> None:
    gate.set_up()
    assert gate.reset(role=role, who="somebody").code == "WRONG_ROLE"
    assert gate.editor.proven


def signed_in(session: str) -> dict[str, str]:
    """The claims of one of the editor's sign-ins."""
    return claims(EDITOR, "editor") | {"origin_jti": session}


def noted(gate: Gate, session: str, agent: str = "Firefox") -> None:
    gate.editor.sign_ins.add(f"renews-{session}")
    body = {"refresh_token": f"renews-{session}"}
    answer = gate.ask("PUT", "/sign-ins/current", body, who=signed_in(session), user_agent=agent)
    assert answer.status == 200


def listed(gate: Gate, session: str) -> dict[str, bool]:
    """The sign-ins as one of them sees them: whether it is itself."""
    answer = gate.ask("GET", "/sign-ins", who=signed_in(session))
    return {found["sign_in_id"]: found["current"] for found in answer.body["sign_ins"]}


def test_a_sign_in_is_noted_seen_again_and_kept_sealed(gate: Gate) -> None:
    noted(gate, "one", "Firefox")
    gate.world.clock.advance(HOUR_MS)
    noted(gate, "two", "A" * 300)
    noted(gate, "one", "Firefox 2")
    (first, second) = gate.ask("GET", "/sign-ins", who=signed_in("one")).body["sign_ins"]
    assert (first["sign_in_id"], first["agent"], first["current"]) in [("one", "Firefox 2", True)]
    assert first["begun_at"] < first["seen_at"] == second["seen_at"]
    assert (second["agent"], second["current"]) == ("A" * 200, False)
    assert not [text for _, text in gate.world.store.items.values() if "renews-one" in text]


def test_one_is_ended_at_the_pool_and_is_listed_no_more(gate: Gate) -> None:
    noted(gate, "one")
    noted(gate, "two")
    for _ in range(2):
        assert gate.ask("POST", "/sign-ins/two/end", who=signed_in("one")).status == 200
    assert gate.editor.sign_ins == {"stolen", "renews-one"}
    assert listed(gate, "one") == {"one": True}
    # Its access token has minutes left, and opens no way back.
    noted(gate, "two")
    assert listed(gate, "two") == {"one": False}


def test_all_are_ended_also_those_that_nobody_noted(gate: Gate) -> None:
    noted(gate, "one")
    noted(gate, "two")
    assert gate.ask("POST", "/sign-ins/end", who=signed_in("one")).status == 200
    assert gate.editor.sign_ins == set()
    assert listed(gate, "one") == {}


def test_nobody_ends_or_sees_somebody_elses(gate: Gate) -> None:
    noted(gate, "one")
    other = claims(BOSS, "administrator") | {"origin_jti": "another"}
    assert gate.ask("POST", "/sign-ins/one/end", who=other).code == "SIGN_IN_NOT_FOUND"
    assert gate.ask("GET", "/sign-ins", who=other).body == {"sign_ins": []}
    assert "renews-one" in gate.editor.sign_ins


def test_what_nobody_renews_any_more_is_not_listed(gate: Gate) -> None:
    noted(gate, "one")
    gate.world.clock.advance(7 * 24 * HOUR_MS)
    assert listed(gate, "one") == {}


def test_a_token_that_names_no_sign_in_is_refused(gate: Gate) -> None:
    answer = gate.ask("PUT", "/sign-ins/current", {"refresh_token": "x"})
    assert (answer.status, answer.code) == (409, "SIGN_IN_NOT_NAMED")
    named = claims(EDITOR, "editor") | {"sid": "of another issuer"}
    assert gate.ask("PUT", "/sign-ins/current", {"refresh_token": "x"}, who=named).status == 200
