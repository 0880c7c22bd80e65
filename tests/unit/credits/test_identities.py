"""Signing in by phone and WeChat, and joining accounts: the attacks by name, and what honest people meet."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from services.credits.adapters.tickets import Tickets
from services.credits.app.context import AccessContext, CodesContext
from services.credits.app.identities.items import (
    Belongings,
    belongings_key,
    holder_key,
    read_identities,
)
from services.credits.domain.identities import FROZEN, IdentityHolder
from services.credits.domain.ids import LearnerId
from services.credits.domain.sent_codes import PER_ADDRESS, PER_TARGET, TRIES
from services.credits.handlers import access, codes
from services.credits.handlers.routes.identities import HOME
from services.kit.http import HttpApi
from services.kit.store import Change, Put
from tests.fakes.messages import SentMails, SentMessages
from tests.fakes.user_pool import Fingerprint, MemoryPool, MemoryWeChat, PoolUser, ReversingSeal, no_ticket
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import LEARNER, OTHER, World

PHONE, OTHERS_PHONE = "+8613800138000", "+8613900139000"
DEVICE = "device-0123456789abcdef"
MINUTE_MS = 60_000
VERIFIER = "v" * 43
BROWSER = sha256(VERIFIER.encode()).hexdigest()


class CountedDigits:
    """Codes in a row."""

    def __init__(self) -> None:
        self.made = 0

    def digits(self, count: int) -> str:
        self.made += 1
        return f"{self.made:0{count}d}"

    def recovery(self) -> str:
        return "0" * 16


@dataclass
class Door:
    """Both functions on one world."""

    world: World = field(default_factory=World)
    pool: MemoryPool = field(default_factory=MemoryPool)
    wechat: MemoryWeChat = field(default_factory=MemoryWeChat)
    messages: SentMessages = field(default_factory=SentMessages)
    mails: SentMails = field(default_factory=SentMails)
    session: int = 0

    def __post_init__(self) -> None:
        ports, digits, prints = self.world.ports, CountedDigits(), Fingerprint()
        self.ctx = AccessContext(*ports, self.pool, ReversingSeal(), digits, prints, no_ticket, self.wechat)
        self.sending = CodesContext(*ports, digits, prints, self.mails, self.messages, ("86",))
        self.access = access.build_api(self.ctx, origin_secret)
        self.codes = codes.build_api(self.sending, origin_secret)

    def ask(self, api: HttpApi, method: str, path: str, body: Any = None, who: str = "", **headers: str) -> Answer:
        at = str(int(self.world.clock.now().timestamp()) - self.session)
        caller = claims(who) | {"auth_time": at} if who else {}
        return send(api, request(method, f"{HOME}{path}", body, who=caller, **headers))

    def send_code(self, phone: str = PHONE, device: str = DEVICE, address: str = "1.2.3.4") -> Answer:
        body = {"phone": phone, "device": device}
        return self.ask(self.codes, "POST", "/phone-codes", body, x_forwarded_for=f"{address}, 9.9.9.9")

    def proof(self, phone: str = PHONE, **more: Any) -> dict[str, Any]:
        """What is right to prove a number with; a minute later another code may be asked for."""
        self.world.clock.advance(MINUTE_MS)
        answer = self.send_code(phone)
        assert answer.status == 200, answer.body
        return {"phone": phone, "code_id": answer.body["code_id"], "code": self.messages.sent[-1][1], **more}

    def enter(self, body: dict[str, Any]) -> Answer:
        return self.ask(self.access, "POST", "/phone/sign-ins", body)

    def sign_in(self, phone: str = PHONE) -> LearnerId:
        """Signs in by phone; answers who it is."""
        answer = self.enter(self.proof(phone))
        assert answer.status == 200, answer.body
        return LearnerId(answer.body["access_token"].removeprefix("access-"))

    def email_proof(self, address: str, who: str) -> dict[str, Any]:
        self.world.clock.advance(MINUTE_MS)
        answer = self.ask(self.codes, "POST", "/email-codes", {"email": address, "device": DEVICE}, who)
        assert answer.status == 200, answer.body
        (code,) = [word for word in self.mails.sent[-1][2].replace("，", " ").split() if word.isdigit()][:1]
        return {"email": address, "code_id": answer.body["code_id"], "code": code}

    def state(self, browser: str = BROWSER, *, inside: bool = False) -> str:
        answer = self.ask(self.access, "POST", "/wechat/pages", {"browser": browser, "inside": inside})
        assert answer.status == 200, answer.body
        return str(parse_qs(urlparse(answer.body["url"]).query)["state"][0])

    def wechat_proof(self, unionid: str = "union-1", code: str = "wx-code") -> dict[str, str]:
        self.wechat.codes[code] = unionid
        return {"code": code, "state": self.state(), "verifier": VERIFIER}

    def by_wechat(self, body: dict[str, str]) -> Answer:
        return self.ask(self.access, "POST", "/wechat/sign-ins", body)

    def add(self, kind: str, body: dict[str, Any], who: str) -> Answer:
        return self.ask(self.access, "PUT", f"/{kind}", body, who)

    def kinds(self, who: str) -> list[str]:
        answer = self.ask(self.access, "GET", "", None, who)
        return [one["kind"] for one in answer.body["identities"]]

    def phone_of(self, who: str) -> str | None:
        phone = read_identities(self.world.store, LearnerId(who)).value.phone
        return phone.subject if phone else None

    def own_something(self, who: LearnerId) -> None:
        self.world.store.commit(Change([Put(belongings_key(who), Belongings(self.world.clock.now()))]))


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_stranger_registers_by_phone_and_is_the_same_person_the_next_time(door: Door) -> None:
    first = door.sign_in()
    assert door.pool.users[first].phone == PHONE
    assert door.sign_in() == first
    assert door.sign_in(OTHERS_PHONE) != first


@pytest.mark.parametrize("phone", ["+8612345678901", "+861380013800", "+85261234567", "+14155550100"])
def test_numbers_that_are_not_served_get_no_message(door: Door, phone: str) -> None:
    assert door.send_code(phone).code == "PHONE_NOT_SERVED"
    assert not door.messages.sent


def test_where_nothing_sends_short_messages_none_is_promised(door: Door) -> None:
    api = codes.build_api(CodesContext(**{**vars(door.sending), "messages": None}), origin_secret)
    answer = send(api, request("POST", f"{HOME}/phone-codes", {"phone": PHONE, "device": DEVICE}))
    assert answer.code == "PHONE_NOT_SERVED"


# Attack: code guessed.
def test_attack_a_code_is_guessed(door: Door) -> None:
    proof = door.proof()
    for left in range(TRIES - 1, -1, -1):
        answer = door.enter({**proof, "code": "999999"})
        assert (answer.code, answer.body["tries_left"]) == ("CODE_WRONG", left)
    assert door.enter(proof).code == "CODE_OVER"
    assert door.pool.done == []


def test_a_code_serves_once_and_for_five_minutes(door: Door) -> None:
    proof = door.proof()
    assert door.enter(proof).status == 200
    assert door.enter(proof).code == "CODE_OVER"
    late = door.proof()
    door.world.clock.advance(5 * MINUTE_MS)
    assert door.enter(late).code == "CODE_OVER"


# Attack: code of another number.
def test_attack_the_code_of_another_number(door: Door) -> None:
    own = door.proof(OTHERS_PHONE)
    assert door.enter({**own, "phone": PHONE}).code == "CODE_OVER"
    victims = door.proof(PHONE)
    assert door.enter({**victims, "code": own["code"]}).code == "CODE_WRONG"


# Attack: code from another session.
def test_attack_a_code_that_another_browser_asked_for(door: Door) -> None:
    victims = door.proof()
    thiefs = door.proof()
    assert door.enter({**thiefs, "code": victims["code"]}).code == "CODE_WRONG"
    assert door.enter({**victims, "code_id": "made-up"}).code == "CODE_OVER"
    assert door.enter(victims).status == 200, "and the thief has used up none of the victim's tries"


# Attack: user enumeration.
def test_attack_who_has_an_account_is_asked_without_a_code(door: Door) -> None:
    door.sign_in()
    door.world.clock.advance(MINUTE_MS)
    before = len(door.pool.done)
    known, unknown = door.send_code(PHONE), door.send_code(OTHERS_PHONE)
    assert known.body.keys() == unknown.body.keys()
    assert {**known.body, "code_id": ""} == {**unknown.body, "code_id": ""}
    wrong = [
        door.enter({"phone": phone, "code_id": sent.body["code_id"], "code": "999999"})
        for phone, sent in ((PHONE, known), (OTHERS_PHONE, unknown))
    ]
    assert wrong[0].body == wrong[1].body
    assert len(door.pool.done) == before, "the pool is asked for nobody, so that it takes as long for everybody"


def test_codes_are_limited_by_number_whoever_asks(door: Door) -> None:
    for number in range(PER_TARGET[1].most):
        assert door.send_code(device=f"{DEVICE}-{number}", address=f"1.1.1.{number}").status == 200
        again = door.send_code(device=f"{DEVICE}-x{number}", address=f"1.1.2.{number}")
        assert (again.status, again.code) == (429, "TOO_MANY_CODES")
        assert again.body["wait_s"] == (60 if number < PER_TARGET[1].most - 1 else 3600 - 4 * 60)
        door.world.clock.advance(MINUTE_MS)
    assert door.send_code().body["wait_s"] == 3600 - 5 * 60
    assert len(door.messages.sent) == PER_TARGET[1].most


def test_codes_are_limited_by_device_and_by_address(door: Door) -> None:
    sent = [door.send_code(f"+86138001380{n:02d}", address=f"1.1.1.{n}").status for n in range(11)]
    assert sent == [200] * 10 + [429]
    many = [door.send_code(f"+86138001{n:05d}", device=f"{DEVICE}-{n}").status for n in range(100, 161)]
    assert many == [200] * PER_ADDRESS[0].most + [429]


def test_a_message_that_is_not_taken_is_said_and_counts_against_the_limits(door: Door) -> None:
    door.messages.fails = True
    assert door.send_code().code == "MESSAGE_NOT_SENT"
    assert door.send_code().code == "TOO_MANY_CODES"


def test_neither_number_nor_code_nor_unionid_lies_in_a_key_or_as_a_code(door: Door) -> None:
    proof = door.proof()
    stored = [f"{key.pk} {key.sk} {body}" for key, (_, body) in door.world.store.items.items()]
    assert not [text for text in stored if PHONE in text or f'"{proof["code"]}"' in text]
    door.enter(proof)
    assert not [key for key in door.world.store.items if PHONE in f"{key.pk}{key.sk}"]


def test_who_was_stopped_between_account_and_transaction_gets_the_same_account(door: Door) -> None:
    proof = door.proof()
    door.world.store.crash = "before"
    assert door.enter(proof).status == 500
    answer = door.enter(proof)
    assert answer.status == 200
    assert len(door.pool.users) == 1


# Attack: number taken over.
def test_attack_a_number_that_was_given_to_somebody_else_opens_no_old_account(door: Door) -> None:
    old = door.sign_in()
    door.world.register(learner=old, number="CN-7788")
    door.world.clock.advance(int(FROZEN.total_seconds() * 1000))
    proof = door.proof()
    answer = door.enter(proof)
    assert (answer.code, answer.body["accepts"]) == ("NUMBER_IN_DOUBT", ["certificate_number"])
    assert door.enter({**proof, "further_proof": "AFP-1"}).code == "FURTHER_PROOF_WRONG"
    fresh = door.enter({**proof, "not_mine": True})
    assert fresh.status == 200
    assert old not in fresh.body["access_token"]
    assert door.phone_of(old) is None
    assert door.sign_in() != old


def test_the_holder_of_an_old_account_proves_it_by_what_only_they_know(door: Door) -> None:
    old = door.sign_in()
    door.world.register(learner=old, number="CN-7788")
    door.world.clock.advance(int(FROZEN.total_seconds() * 1000))
    answer = door.enter(door.proof(further_proof=" cn 7788"))
    assert answer.body["access_token"] == f"access-{old}"
    assert door.sign_in() == old, "proven now, and not doubted any more"


def test_guesses_at_the_further_proof_use_up_the_code(door: Door) -> None:
    old = door.sign_in()
    door.world.register(learner=old, number="CN-7788")
    door.world.clock.advance(int(FROZEN.total_seconds() * 1000))
    proof = door.proof()
    for guess in range(TRIES):
        assert door.enter({**proof, "further_proof": f"G-{guess}"}).code == "FURTHER_PROOF_WRONG"
    assert door.enter({**proof, "further_proof": "CN-7788"}).code == "CODE_OVER"


def test_a_number_proven_lately_and_one_of_an_empty_account_are_not_doubted(door: Door) -> None:
    busy = door.sign_in()
    door.own_something(busy)
    empty = door.sign_in(OTHERS_PHONE)
    almost = FROZEN - timedelta(minutes=5)
    door.world.clock.advance(int(almost.total_seconds() * 1000))
    assert door.sign_in() == busy
    door.world.clock.advance(MINUTE_MS * 10)
    assert door.sign_in(OTHERS_PHONE) == empty


# Attack: custom challenge for a staff role.
def test_attack_staff_sign_in_past_their_second_factor(door: Door) -> None:
    officer = door.sign_in()
    door.pool.users[officer].is_staff = True
    done = len(door.pool.done)
    assert door.enter(door.proof()).code == "STAFF_SIGN_IN"
    assert "sign_in" not in door.pool.done[done:]


def test_a_closed_account_is_not_opened(door: Door) -> None:
    door.sign_in()
    proof = door.proof()
    door.pool.refuses = True
    assert door.enter(proof).code == "SIGN_IN_REFUSED"


def test_wechat_makes_an_account_and_knows_it_again(door: Door) -> None:
    first = door.by_wechat(door.wechat_proof())
    again = door.by_wechat(door.wechat_proof(code="another"))
    assert first.body["access_token"] == again.body["access_token"]
    (view,) = door.ask(door.access, "GET", "", None, first.body["access_token"].removeprefix("access-")).body[
        "identities"
    ]
    assert (view["kind"], view["shown"]) == ("wechat", "")


# Attack: callback forged.
@pytest.mark.parametrize(
    "forged",
    [
        {"verifier": "w" * 43},
        {"state": "made.1.up.state"},
        {"state": "aa.99999999999.outside.00"},
        {"state": "no-dots"},
    ],
)
def test_attack_a_callback_is_forged(door: Door, forged: dict[str, str]) -> None:
    answer = door.by_wechat({**door.wechat_proof(), **forged})
    assert (answer.status, answer.code) == (403, "CALLBACK_REFUSED")
    assert door.wechat.asked == 0
    assert door.pool.done == []


def test_attack_a_state_of_somebody_elses_browser(door: Door) -> None:
    """Login forgery: the thief's own code and state, brought to the victim's browser."""
    thiefs = {**door.wechat_proof(), "state": door.state(sha256(b"thief").hexdigest())}
    assert door.by_wechat(thiefs).code == "CALLBACK_REFUSED"


def test_attack_a_callback_is_replayed(door: Door) -> None:
    proof = door.wechat_proof()
    assert door.by_wechat(proof).status == 200
    door.wechat.codes["wx-code"] = "union-1"
    assert door.by_wechat(proof).code == "CALLBACK_REFUSED"
    late = door.wechat_proof(code="late")
    door.world.clock.advance(11 * MINUTE_MS)
    assert door.by_wechat(late).code == "CALLBACK_REFUSED"
    assert door.by_wechat({**door.wechat_proof(), "code": "unknown"}).code == "WECHAT_REFUSED"


# Attack: joined without proof.
def test_attack_accounts_are_joined_without_proof_of_both(door: Door) -> None:
    victim = door.sign_in()
    door.own_something(victim)
    thief = door.sign_in(OTHERS_PHONE)
    assert door.add("phone", {**door.proof(), "code": "999999"}, thief).code == "CODE_WRONG"
    door.session = 11 * 60
    assert door.add("phone", door.proof(), thief).code == "SIGN_IN_RECENTLY"
    door.session = 0
    nobody = door.ask(door.access, "PUT", "/phone", door.proof())
    assert nobody.status == 401
    assert (door.phone_of(victim), door.phone_of(thief)) == (PHONE, OTHERS_PHONE)


def test_an_empty_accounts_number_comes_to_the_account_that_has_something(door: Door) -> None:
    empty = door.sign_in()
    door.own_something(LEARNER)
    answer = door.add("phone", door.proof(), LEARNER)
    assert answer.body == {"joining": "here"}
    assert (door.phone_of(LEARNER), door.phone_of(empty)) == (PHONE, None)
    assert (door.pool.users[LEARNER].phone, door.pool.users[empty].phone) == (PHONE, None)
    assert door.sign_in() == LEARNER


def test_an_empty_account_gives_what_it_has_to_the_one_with_hours(door: Door) -> None:
    known = door.sign_in()
    door.own_something(known)
    empty = LearnerId(door.by_wechat(door.wechat_proof()).body["access_token"].removeprefix("access-"))
    door.pool.users[empty].sign_ins.add("renews")
    assert door.add("phone", door.proof(), empty).body == {"joining": "there"}
    assert door.pool.users[empty].sign_ins == set(), "nobody stays in the account that is left"
    assert door.by_wechat(door.wechat_proof(code="later")).body["access_token"] == f"access-{known}"
    assert door.kinds(empty) == []
    assert sorted(door.kinds(known)) == ["phone", "wechat"]


def test_two_accounts_with_something_are_not_joined_and_nothing_changes(door: Door) -> None:
    one, two = door.sign_in(), door.sign_in(OTHERS_PHONE)
    door.own_something(one)
    door.own_something(two)
    assert door.add("phone", door.proof(OTHERS_PHONE), one).code == "ACCOUNTS_BOTH_USED"
    assert (door.phone_of(one), door.phone_of(two)) == (PHONE, OTHERS_PHONE)


def test_another_number_replaces_the_one_before_which_is_free_then(door: Door) -> None:
    person = door.sign_in()
    assert door.add("phone", door.proof(OTHERS_PHONE), person).status == 200
    assert door.sign_in(OTHERS_PHONE) == person
    assert door.sign_in(PHONE) != person


def test_a_member_of_the_staffs_number_is_joined_with_nobodys(door: Door) -> None:
    officer = door.sign_in()
    door.pool.users[officer].is_staff = True
    assert door.add("phone", door.proof(), LEARNER).code == "IDENTITY_TAKEN"


def test_a_stale_number_joins_nothing_without_a_further_proof(door: Door) -> None:
    old = door.sign_in()
    door.own_something(old)
    door.world.clock.advance(int(FROZEN.total_seconds() * 1000))
    proof = door.proof()
    assert door.add("phone", proof, LEARNER).code == "NUMBER_IN_DOUBT"
    assert door.add("phone", {**proof, "not_mine": True}, LEARNER).body == {"joining": "here"}
    assert (door.phone_of(LEARNER), door.phone_of(old)) == (PHONE, None)


def test_an_address_is_proven_before_it_is_somebodys(door: Door) -> None:
    person = door.sign_in()
    proof = door.email_proof("new@example.com", person)
    assert door.add("email", {**proof, "email": "others@example.com"}, person).code == "CODE_OVER"
    assert door.add("email", proof, person).body == {"joining": "here"}
    assert door.pool.users[person].email == "new@example.com"


def test_an_address_of_an_empty_account_moves_and_one_with_hours_draws_the_other_in(door: Door) -> None:
    person = door.sign_in()
    door.pool.users[OTHER] = PoolUser("old@example.com")
    assert door.add("email", door.email_proof("old@example.com", person), person).body == {"joining": "here"}
    assert (door.pool.users[OTHER].email, door.pool.users[person].email) == ("", "old@example.com")
    door.pool.users[LEARNER] = PoolUser("hours@example.com")
    door.own_something(LEARNER)
    assert door.add("email", door.email_proof("hours@example.com", person), person).body == {"joining": "there"}
    assert door.sign_in() == LEARNER


def test_the_last_way_to_sign_in_is_not_taken_away(door: Door) -> None:
    person = door.sign_in()
    assert door.ask(door.access, "POST", "/phone/removal", None, person).code == "LAST_IDENTITY"
    assert door.add("wechat", door.wechat_proof(), person).status == 200
    assert door.ask(door.access, "POST", "/phone/removal", None, person).status == 200
    assert door.ask(door.access, "POST", "/phone/removal", None, person).code == "IDENTITY_ABSENT"
    hashed = Fingerprint().of("phone", PHONE)
    assert door.world.store.get(holder_key(hashed), IdentityHolder) is None


@pytest.mark.parametrize("kind", ["email", "-", "${jndi}", "a" * 3000, "%E5%AD%A6", "%00", "%2e%2e%2f"])
def test_only_a_number_or_wechat_is_taken_away(door: Door, kind: str) -> None:
    refused = door.ask(door.access, "POST", f"/{kind}/removal", None, door.sign_in())
    assert (refused.status, refused.code) == (400, "INVALID_REQUEST")


def test_a_number_is_shown_hidden(door: Door) -> None:
    person = door.sign_in()
    (shown,) = door.ask(door.access, "GET", "", None, person).body["identities"]
    assert (shown["kind"], shown["shown"]) == ("phone", "+86 138****8000")


def test_a_ticket_is_for_one_person_one_challenge_and_one_minute(door: Door) -> None:
    ticket = Tickets(lambda _: {"current": "key"}, door.world.clock)
    made = ticket(LEARNER, "nonce")
    assert len({made, ticket(OTHER, "nonce"), ticket(LEARNER, "another")}) == 3
    assert int(made.partition(".")[0]) == int(door.world.clock.now().timestamp()) + 60
