"""Finding learners: by what which role may, how much of them it sees, what is written down of it, and when it ends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.credits.app.certificates.bind_earlier import bind_earlier
from services.credits.app.certificates.correct_certificate import Correction, correct_certificate
from services.credits.app.context import ErasureContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.app.lookups.find_learners import A_DAY, MOST_FOUND
from services.credits.app.lookups.items import HANDLES
from services.credits.app.lookups.sight import MAY_FIND_BY, LookupKey
from services.credits.app.ports import PoolAccount
from services.credits.domain.ids import LearnerId
from services.credits.handlers.people import build_api
from services.kit.call import Call
from services.kit.identity import Role
from tests.gateway import NOBODY, Answer, claims, origin_secret, request, send
from tests.unit.credits.test_erasure import Users
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, LEARNER, OTHER, World

PATH, PERSON = "/v1/credits/learner-lookups", f"/v1/credits/learners/{LEARNER}/person-views"
EMAIL, PHONE = "zhang.san@example.com", "+8613800138000"
GIVEN = {
    "email": EMAIL,
    "phone": "138 0013 8000",
    "name": "张三",
    "certificate_number": "AFP-2024-00817",
    "learner_id": LEARNER[:8],
}
"""What belongs to the learner, as it is typed."""


@pytest.fixture
def w() -> World:
    """Two people with accounts; one has a name and a certificate."""
    world = World()
    world.directory.accounts = [
        PoolAccount(LEARNER, EMAIL, PHONE, datetime(2025, 3, 1, tzinfo=UTC)),
        PoolAccount(OTHER, "li.si@example.com", None, None),
    ]
    world.name()
    world.register(AFP, number=GIVEN["certificate_number"])
    return world


def ask(w: World, by: str, text: str, role: str = "administrator", who: str = "staff-1") -> Answer:
    """A look-up over HTTP."""
    return send(build_api(w.ctx, origin_secret), request("POST", PATH, {"by": by, "text": text}, who=claims(who, role)))


def found(w: World, by: str, text: str, role: str = "administrator") -> list[str]:
    """The ids of who is found."""
    answer = ask(w, by, text, role)
    assert answer.status == 200, answer.body
    return [one["learner_id"] for one in answer.body["learners"]]


def person(w: World, role: str) -> dict[str, Any]:
    """The head of the learner's page."""
    answer = send(build_api(w.ctx, origin_secret), request("POST", PERSON, who=claims("staff-1", role)))
    assert answer.status == 200, answer.body
    return dict(answer.body)


def forget(w: World) -> None:
    """All of an erasure."""
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    (event,) = w.sent("credits.person_erased.v1")
    for _ in range(2):
        finish_erasure(ErasureContext(*w.ports, Users(), w.pictures), event)


@pytest.mark.parametrize("by", list(LookupKey))
def test_a_learner_is_found_by_each_thing_that_is_known_of_them(w: World, by: LookupKey) -> None:
    assert found(w, by, GIVEN[by]) == [LEARNER]


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("email", " Zhang.San@Example.com "),
        ("phone", "+86 138-0013-8000"),
        ("phone", "8613800138000"),
        ("name", " 张 三".replace(" ", "")),
        ("certificate_number", "afp202400817"),
        ("learner_id", LEARNER),
        ("learner_id", LEARNER[:8].upper()),
    ],
)
def test_however_it_is_written(w: World, by: str, text: str) -> None:
    assert found(w, by, text) == [LEARNER]


@pytest.mark.parametrize(
    ("by", "text"),
    [("email", "zhang"), ("phone", "1380"), ("name", "张"), ("certificate_number", "A*"), ("learner_id", LEARNER[:7])],
)
def test_a_part_of_it_is_refused(w: World, by: str, text: str) -> None:
    assert ask(w, by, text).code == "LOOKUP_UNREADABLE"


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("email", "zhang.sa@example.com"),
        ("phone", "13800138001"),
        ("name", "张三丰"),
        ("certificate_number", "AFP-2024-0081"),
        ("learner_id", "0" * 8),
    ],
)
def test_what_is_nearly_right_finds_nobody(w: World, by: str, text: str) -> None:
    assert found(w, by, text) == []


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("by", list(LookupKey))
def test_attack_a_look_up_by_the_wrong_role(w: World, role: Role, by: LookupKey) -> None:
    answer = ask(w, by, GIVEN[by], role)
    if by in MAY_FIND_BY.get(role, ()):
        assert answer.status == 200
    else:
        assert answer.code == ("LOOKUP_NOT_ALLOWED" if role in MAY_FIND_BY else "WRONG_ROLE")
        assert [record for record in w.audited() if record.action == "find_learners"] == []


def test_attack_a_look_up_with_no_token_or_by_a_learner(w: World) -> None:
    api, body = build_api(w.ctx, origin_secret), {"by": "name", "text": "张三"}
    assert send(api, request("POST", PATH, body, who=NOBODY)).code == "NOT_SIGNED_IN"
    assert send(api, request("POST", PATH, body, who=claims(LEARNER, "learner"))).code == "WRONG_ROLE"
    assert send(api, request("POST", PERSON, who=claims(LEARNER, "learner"))).code == "WRONG_ROLE"
    assert send(api, request("POST", PERSON, who=NOBODY)).code == "NOT_SIGNED_IN"


@pytest.mark.parametrize(
    ("role", "by", "name", "number"),
    [
        ("administrator", "name", "张三", "AFP-2024-00817"),
        ("support", "name", "张*", "**********0817"),
        ("finance", "email", "张*", "**********0817"),
        ("records", "certificate_number", None, None),
        ("auditor", "certificate_number", None, None),
        ("reviewer", "learner_id", None, None),
    ],
)
def test_each_role_sees_as_much_as_it_needs(w: World, role: str, by: str, name: str | None, number: str | None) -> None:
    (one,) = ask(w, by, GIVEN[by], role).body["learners"]
    assert (one["name"], one["certificates"][0]["number"]) == (name, number)


def test_the_head_of_the_page_says_as_much(w: World) -> None:
    whole = person(w, "administrator")
    assert (whole["name"], whole["email"], whole["phone"]) == ("张三", EMAIL, PHONE)
    masked = person(w, "support")
    assert (masked["name"], masked["email"], masked["phone"]) == ("张*", "z***@example.com", "**********8000")
    assert masked["access"] == {"second_factor_since": None, "recovery_codes": 0, "sign_ins": []}
    unseen = person(w, "reviewer")
    assert [unseen[part] for part in ("name", "email", "phone", "access")] == [None] * 4
    looks = [(record.actor, record.subject) for record in w.audited() if record.action == "read_person"]
    assert looks == [("staff-1", LEARNER)] * 3


def test_a_person_whom_nobody_knows_is_not_there(w: World) -> None:
    path = "/v1/credits/learners/nobody-at-all/person-views"
    answer = send(build_api(w.ctx, origin_secret), request("POST", path, who=claims("staff-1", "support")))
    assert answer.code == "LEARNER_NOT_FOUND"


def test_the_log_says_by_what_and_who_was_found_and_not_what_was_looked_for(w: World) -> None:
    for by, text in GIVEN.items():
        ask(w, by, text)
    ask(w, "name", "王二麻子")
    records = [record for record in w.audited() if record.action == "find_learners"]
    assert [(one.subject, one.reason) for one in records] == [
        *((LEARNER, f"by {by}") for by in GIVEN),
        ("nobody", "by name"),
    ]
    written = " ".join(f"{one.subject} {one.reason}" for one in records)
    assert not [text for text in (*GIVEN.values(), "王二麻子") if text in written.replace(LEARNER, "")]


def test_no_name_and_no_number_lies_where_people_are_found(w: World) -> None:
    handles = [
        f"{key.pk} {key.sk} {text}" for key, (_, text) in w.store.items.items() if HANDLES in f"{key.pk}{key.sk}"
    ]
    assert len(handles) == 4
    assert not [one for one in handles if "张" in one or "00817" in one]


def test_attack_trying_names_and_numbers_until_some_are_found(w: World) -> None:
    for number in range(A_DAY):
        ask(w, "certificate_number", f"AFP-2024-{number:05}")
    assert ask(w, "certificate_number", GIVEN["certificate_number"]).code == "TOO_OFTEN"
    assert ask(w, "certificate_number", GIVEN["certificate_number"], who="staff-2").status == 200


def test_a_name_that_many_have_shows_a_few_and_says_so(w: World) -> None:
    for number in range(MOST_FOUND + 2):
        w.name(LearnerId(f"{number:08}-3a4c-4f43-9f0e-2f0a1b2c3d4e"))
    answer = ask(w, "name", "张三").body
    assert (len(answer["learners"]), answer["more"]) == (MOST_FOUND, True)


def test_who_has_another_name_or_number_is_found_by_that_one_alone(w: World) -> None:
    w.name(LEARNER, real_name="张三丰")
    assert (found(w, "name", "张三"), found(w, "name", "张三丰")) == ([], [LEARNER])
    w.register(AFP, number="AFP-9")
    w.register(CFP, number="AFP-2024-00817")
    w.confirm(AFP)
    correct_certificate(w.ctx, Call(ADMINISTRATOR, "r"), Correction(LEARNER, AFP, "typo", 3, number="AFP-10"))
    assert (found(w, "certificate_number", "AFP-9"), found(w, "certificate_number", "AFP-10")) == ([], [LEARNER])
    assert found(w, "certificate_number", "AFP-2024-00817") == [LEARNER]
    w.name(LEARNER, real_name=None)
    assert found(w, "name", "张三丰") == []


def test_what_was_filed_under_an_older_key_is_found_and_moved(w: World) -> None:
    w.ring |= {"current": "k2", "k2": "two" * 20}
    assert found(w, "name", "张三") == found(w, "certificate_number", GIVEN["certificate_number"]) == [LEARNER]
    w.name(LEARNER, nickname="三")
    assert found(w, "name", "张三") == [LEARNER]
    forget(w)
    assert [key for key in w.store.items if key.pk.startswith(HANDLES)] == []


def test_who_is_forgotten_is_found_by_nothing_but_the_id(w: World) -> None:
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    assert found(w, "name", "张三") == [], "from the first moment"
    forget(w)
    assert found(w, "name", "张三") == found(w, "certificate_number", GIVEN["certificate_number"]) == []
    w.directory.accounts = []
    (one,) = ask(w, "learner_id", LEARNER).body["learners"]
    assert (one["erased"], one["name"]) == (True, None)
    assert person(w, "administrator")["erased_at"] is not None


def test_people_of_before_there_were_handles_are_filed_by_the_operators_command(w: World) -> None:
    for key in [key for key in w.store.items if HANDLES in f"{key.pk}{key.sk}"]:
        del w.store.items[key]
    assert found(w, "name", "张三") == []
    for _ in range(2):
        assert list(bind_earlier(w.ctx, [LEARNER])) == []
    assert found(w, "name", "张三") == found(w, "certificate_number", GIVEN["certificate_number"]) == [LEARNER]
