"""Enquiries: both sides see one thread, nobody else does, and the lists follow; attacks are named as such."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.app.enquiries.read_enquiries import (
    MOST_COUNTED,
    count_unread_answers,
    list_enquiries,
    list_own_enquiries,
    read_enquiry,
)
from services.catalog.app.enquiries.write_enquiry import (
    MESSAGES_PER_DAY,
    add_message,
    close_enquiry,
    note_reading,
    open_enquiry,
)
from services.catalog.domain.enquiry import MAX_MESSAGES, Status
from services.catalog.domain.ids import EnquiryId, LearnerId
from services.catalog.handlers import enquiries
from services.kit.call import Call
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.problems import Problem
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.catalog.world import World, call, edited, learner

ENQUIRIES = "/v1/catalog/enquiries"
LEARNER, OTHER = claims("learner-1"), claims("learner-2")
SUPPORT = claims("support-1", "support")
QUESTION = {"subject": "学时什么时候到账", "text": "昨天看完了，页面上还没有学时。"}
DAY_MS = 86_400_000


def staff(key: str = "") -> Call:
    return call("support-1", Role.SUPPORT, key)


@pytest.fixture
def api(world: World) -> HttpApi:
    return enquiries.build_api(world.ctx, origin_secret)


def post(api: HttpApi, path: str, body: dict[str, Any], who: dict[str, str] = LEARNER, key: str = "") -> Answer:
    return send(api, request("POST", path, body, who=who, idempotency_key=key or uuid4().hex))


def get(api: HttpApi, path: str, who: dict[str, str] = LEARNER) -> Answer:
    return send(api, request("GET", path, who=who))


def ask(api: HttpApi, who: dict[str, str] = LEARNER, **changes: Any) -> dict[str, Any]:
    answer = post(api, ENQUIRIES, {**QUESTION, **changes}, who)
    assert answer.status == 200
    return dict(answer.body)


def queue(api: HttpApi, status: Status = "open") -> list[dict[str, Any]]:
    return list(get(api, f"/v1/catalog/enquiry-queue?status={status}", SUPPORT).body["enquiries"])


def own(api: HttpApi, who: dict[str, str] = LEARNER) -> list[dict[str, Any]]:
    return list(get(api, ENQUIRIES, who).body["enquiries"])


def test_an_enquiry_names_its_course_on_both_sides_as_it_was_called_when_it_was_asked(
    world: World, api: HttpApi
) -> None:
    package = world.package(course_yaml=edited("债券入门\n", "债券入门\ntitle_en: Bonds to begin with\n"))
    world.upload(package)
    world.publish(package, 0)
    asked = ask(api, course_id="bonds")
    world.publish(world.package(course_yaml=edited("债券入门", "债券进阶")), 1)
    for shown in (asked, own(api)[0], queue(api)[0], get(api, f"{ENQUIRIES}/{asked['enquiry_id']}", SUPPORT).body):
        assert (shown["course_id"], shown["course_title"], shown["course_title_en"]) == (
            "bonds",
            "债券入门",
            "Bonds to begin with",
        )


def test_enquiries_from_before_the_title_was_kept_are_read_still(world: World, api: HttpApi) -> None:
    ask(api)
    for key, (version, text) in list(world.store.items.items()):
        world.store.items[key] = (version, text.replace(',"course_title":null,"course_title_en":null', ""))
    assert "course_title" not in str(world.store.items)
    assert [line["course_title"] for line in (*own(api), *queue(api))] == [None, None]
    assert post(api, f"{ENQUIRIES}/{own(api)[0]['enquiry_id']}/messages", {"text": "还在吗？"}).status == 200


def test_what_staff_have_answered_is_counted_until_it_is_read(world: World, api: HttpApi) -> None:
    def unread(who: dict[str, str] = LEARNER) -> int:
        return int(get(api, "/v1/catalog/unread-answers", who).body["enquiries"])

    first, second = (f"{ENQUIRIES}/{ask(api)['enquiry_id']}" for _ in range(2))
    assert unread() == 0
    for path in (first, first, second):
        post(api, f"{path}/messages", {"text": "请看页面。"}, SUPPORT)
    assert (unread(), unread(OTHER)) == (2, 0)
    post(api, f"{first}/reading", {"through": 2})
    assert unread() == 2
    post(api, f"{first}/reading", {"through": 3})
    assert unread() == 1
    post(api, f"{second}/messages", {"text": "收到。"})
    assert unread() == 0
    assert get(api, "/v1/catalog/unread-answers", SUPPORT).code == "WRONG_ROLE"


def test_attack_making_the_count_of_unread_answers_dear(world: World) -> None:
    for number in range(MOST_COUNTED + 1):
        if number % MESSAGES_PER_DAY == 0:
            world.clock.advance(DAY_MS)
        asked = open_enquiry(world.ctx, learner("learner-1", f"ask-{number}"), "问", "问", None)
        add_message(world.ctx, staff(f"say-{number}"), asked.enquiry_id, "答")
    assert count_unread_answers(world.ctx, learner("learner-1")) == MOST_COUNTED


def test_a_learner_asks_staff_answer_and_both_see_the_thread(world: World, api: HttpApi) -> None:
    asked = ask(api)
    path = f"{ENQUIRIES}/{asked['enquiry_id']}"
    assert (asked["status"], asked["unread"], asked["course_id"]) == ("open", 0, None)
    (waiting,) = queue(api)
    assert (waiting["unread"], waiting["messages"]) == (1, 1)
    world.clock.advance(60_000)
    answered = post(api, f"{path}/messages", {"text": "已经补上，请刷新。"}, SUPPORT).body
    assert (answered["status"], answered["unread"]) == ("answered", 0)
    assert (queue(api), len(queue(api, "answered"))) == ([], 1)
    seen = get(api, path).body
    assert [message["side"] for message in seen["messages"]] == ["learner", "staff"]
    assert "support-1" not in str(seen)
    assert seen["unread"] == own(api)[0]["unread"] == 1
    assert post(api, f"{path}/reading", {"through": 2}).body["unread"] == own(api)[0]["unread"] == 0
    again = post(api, f"{path}/messages", {"text": "收到，谢谢。"}).body
    assert (again["status"], len(queue(api)), queue(api, "answered")) == ("open", 1, [])
    closed = post(api, f"{path}/closing", {"reason": "已解决"}, SUPPORT).body
    assert (closed["status"], queue(api), len(queue(api, "closed"))) == ("closed", [], 1)
    assert [(r.action, r.actor, r.reason) for r in world.audit()] == [
        ("catalog.enquiry_answered", "support-1", "answer"),
        ("catalog.enquiry_closed", "support-1", "已解决"),
    ]


def test_a_question_on_a_course(world: World, api: HttpApi) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    assert ask(api, course_id="bonds")["course_id"] == "bonds"
    assert post(api, ENQUIRIES, {**QUESTION, "course_id": "nothing"}).code == "COURSE_NOT_FOUND"


def test_a_retry_asks_and_says_once(world: World, api: HttpApi) -> None:
    first, second = (post(api, ENQUIRIES, QUESTION, key="k" * 16).body for _ in range(2))
    assert first == second
    path = f"{ENQUIRIES}/{first['enquiry_id']}/messages"
    for _ in range(2):
        assert len(post(api, path, {"text": "补充一句"}, key="m" * 16).body["messages"]) == 2
    assert len(own(api)) == len(queue(api)) == 1
    assert post(api, ENQUIRIES, {**QUESTION, "text": "别的"}, key="k" * 16).code == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(("action", "body"), [("messages", {"text": "x"}), ("closing", {"reason": "x"}),
                                              ("reading", {"through": 1})])  # fmt: skip
def test_attack_another_learners_thread(world: World, api: HttpApi, action: str, body: dict[str, Any]) -> None:
    path = f"{ENQUIRIES}/{ask(api)['enquiry_id']}"
    before = dict(world.store.items)
    assert get(api, path, OTHER).code == "ENQUIRY_NOT_FOUND"
    assert post(api, f"{path}/{action}", body, OTHER).code == "ENQUIRY_NOT_FOUND"
    assert own(api, OTHER) == []
    assert world.store.items == before


@pytest.mark.parametrize("roles", [("moderator",), ("editor",), ("finance",), ("administrator",)])
def test_other_staff_read_no_enquiries(api: HttpApi, roles: tuple[str, ...]) -> None:
    path = f"{ENQUIRIES}/{ask(api)['enquiry_id']}"
    for wanted in (path, ENQUIRIES, "/v1/catalog/enquiry-queue"):
        assert get(api, wanted, claims("staff", *roles)).code == "WRONG_ROLE"
    assert get(api, "/v1/catalog/enquiry-queue", LEARNER).code == "WRONG_ROLE"


@pytest.mark.parametrize("role", ["support", "administrator"])
def test_staff_who_help_see_a_learners_enquiries_and_nobody_else_does(api: HttpApi, role: str) -> None:
    asked = ask(api)
    path = "/v1/catalog/learners/learner-1/enquiries"
    (line,) = get(api, path, claims("staff-1", role)).body["enquiries"]
    assert (line["enquiry_id"], line["unread"]) == (asked["enquiry_id"], 1)
    assert get(api, "/v1/catalog/learners/learner-2/enquiries", claims("staff-1", role)).body["enquiries"] == []
    for other in (LEARNER, claims("staff-2", "reviewer"), claims("staff-2", "editor")):
        assert get(api, path, other).code == "WRONG_ROLE"


def test_attack_flood_of_messages(world: World, api: HttpApi) -> None:
    path = f"{ENQUIRIES}/{ask(api)['enquiry_id']}/messages"
    for number in range(MESSAGES_PER_DAY - 1):
        assert post(api, path, {"text": str(number)}).status == 200
    assert post(api, path, {"text": "more"}).code == "TOO_OFTEN"
    assert post(api, ENQUIRIES, QUESTION).code == "TOO_OFTEN"
    world.clock.advance(DAY_MS)
    for number in range(MAX_MESSAGES - MESSAGES_PER_DAY):
        assert post(api, path, {"text": str(number)}).status == 200
    assert post(api, path, {"text": "more"}).code == "ENQUIRY_FULL"
    assert post(api, path, {"text": "more"}, SUPPORT).code == "ENQUIRY_FULL"


def test_attack_stored_script_stays_text(api: HttpApi) -> None:
    script = "<img src=x onerror=alert(1)>"
    asked = ask(api, text=script, subject=script)
    assert (asked["subject"], asked["messages"][0]["text"]) == (script, script)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""}, {"text": "长" * 2_001}, {"text": "\u0000"}, {"subject": " "}, {"subject": "长" * 81},
        {"subject": "两\n行"}, {"course_id": "Not An Id"}, {"learner_id": "learner-2"},
    ],
)  # fmt: skip
def test_malformed_questions(world: World, api: HttpApi, changes: dict[str, Any]) -> None:
    assert post(api, ENQUIRIES, {**QUESTION, **changes}).code == "INVALID_REQUEST"
    assert world.store.items == {}


def test_open_ones_wait_in_turn_others_come_latest_first_page_by_page(world: World, api: HttpApi) -> None:
    asked = []
    for number in range(7):
        world.clock.advance(1_000)
        asked.append(ask(api, claims(f"learner-{number}"), subject=str(number))["enquiry_id"])
    for done in (asked[0], asked[3], asked[5]):
        world.clock.advance(1_000)
        post(api, f"{ENQUIRIES}/{done}/messages", {"text": "好的"}, SUPPORT)
    subjects, after = [], ""
    while True:
        page = get(api, f"/v1/catalog/enquiry-queue?limit=2&after={after}", SUPPORT).body
        subjects += [line["subject"] for line in page["enquiries"]]
        after = page["after"]
        if after is None:
            break
    assert subjects == ["1", "2", "4", "6"]
    assert [line["subject"] for line in queue(api, "answered")] == ["5", "3", "0"]


def test_a_learners_own_page_by_page(world: World, api: HttpApi) -> None:
    for number in range(5):
        world.clock.advance(1_000)
        ask(api, subject=str(number))
    first = get(api, f"{ENQUIRIES}?limit=3").body
    rest = get(api, f"{ENQUIRIES}?limit=3&after={first['after']}").body
    assert [line["subject"] for line in first["enquiries"] + rest["enquiries"]] == ["4", "3", "2", "1", "0"]
    assert rest["after"] is None


def test_both_sides_at_once_lose_nothing(world: World) -> None:
    asked = open_enquiry(world.ctx, learner("learner-1", "k" * 16), "问", "问", None)

    def say(number: int) -> None:
        key = f"{number:016d}"
        person = staff(key) if number % 2 else learner("learner-1", key)
        while True:
            try:
                add_message(world.ctx, person, asked.enquiry_id, str(number))
                return
            except Exception as error:
                if type(error).__name__ != "Conflict":
                    raise
                world.clock.advance(1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(say, range(12)))
    found = read_enquiry(world.ctx, staff(), asked.enquiry_id)
    assert sorted(message.text for message in found.messages[1:]) == sorted(map(str, range(12)))
    assert [message.number for message in found.messages] == list(range(1, 14))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_each_enquiry_stands_in_the_queue_of_its_status_and_nowhere_else(tmp_path_factory: Any, seed: int) -> None:
    world, random = World(tmp_path_factory.mktemp("enquiries")), Random(seed)  # noqa: S311 (no secret)
    ids: list[EnquiryId] = []
    for number in range(30):
        world.clock.advance(random.choice([0, 1, 3_600_000]))
        asker = learner("learner-1", f"{number:016d}")
        person = random.choice([asker, staff(asker.idempotency_key)])
        action = random.choice(["ask", "say", "say", "close", "read"]) if ids else "ask"
        try:
            if action == "ask":
                ids.append(open_enquiry(world.ctx, asker, "问", "问", None).enquiry_id)
            elif action == "say":
                add_message(world.ctx, person, random.choice(ids), "说")
            elif action == "close":
                close_enquiry(world.ctx, person, random.choice(ids), "好")
            else:
                note_reading(world.ctx, person, random.choice(ids), random.randint(1, 9))
        except Problem as problem:
            if problem.type.code != "TOO_OFTEN":
                raise
    enquiries_found = {found: read_enquiry(world.ctx, staff(), found) for found in ids}
    statuses: tuple[Status, ...] = ("open", "answered", "closed")
    queues = {status: list_enquiries(world.ctx, status, "", 50).items for status in statuses}
    queued = {
        line.enquiry_id: (status, line.messages, line.unread_by_staff)
        for status, lines in queues.items()
        for line in lines
    }
    assert queued == {
        found: (enquiry.status, len(enquiry.messages), enquiry.unread("staff"))
        for found, enquiry in enquiries_found.items()
    }
    assert sum(map(len, queues.values())) == len(ids)
    listed = list_own_enquiries(world.ctx, LearnerId("learner-1"), "", 50).items
    mine = {line.enquiry_id: line.unread_by_learner for line in listed}
    assert mine == {found: enquiry.unread("learner") for found, enquiry in enquiries_found.items()}


def test_the_longest_enquiry_there_can_be_is_kept(api: HttpApi) -> None:
    longest = "\U0001d4d0" * 2_000
    asked = ask(api, subject="\U0001d4d0" * 80, text=longest)
    path = f"{ENQUIRIES}/{asked['enquiry_id']}/messages"
    for _ in range(MAX_MESSAGES - 1):
        assert post(api, path, {"text": longest}, SUPPORT).status == 200
    assert post(api, path, {"text": longest}, SUPPORT).body["code"] == "ENQUIRY_FULL"
