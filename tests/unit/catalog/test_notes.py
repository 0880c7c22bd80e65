"""Notes are their learner's alone, and no device writes over what it has not seen; attacks are named as such."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from services.catalog.app.notes.items import note_key
from services.catalog.app.notes.write_note import DELETED_KEPT, MOST_NOTES, WRITES_PER_DAY
from services.catalog.domain.ids import LearnerId, NoteId
from services.catalog.domain.note import MAX_AT_MS, Note
from services.catalog.handlers import shelf
from services.catalog.handlers.routes.fields import MAX_NOTE
from services.kit.http import HttpApi
from services.kit.store import Change, Put
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.catalog.world import BONDS, World, edited

NOTES = "/v1/catalog/notes"
LEARNER, OTHER, EDITOR = claims("learner-1"), claims("learner-2"), claims("editor-1", "editor")


@pytest.fixture
def api(world: World) -> HttpApi:
    """The course `bonds` is published."""
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    return shelf.build_api(world.ctx, origin_secret)


def note_id(number: int) -> str:
    return f"{number:032x}"


def put(api: HttpApi, number: int, text: str, replaces: int = 0, who: dict[str, str] = LEARNER, **more: Any) -> Answer:
    body = {"at_ms": more.pop("at_ms", 1000 * number), "text": text, "replaces": replaces, **more}
    return send(api, request("PUT", f"{NOTES}/bonds/{note_id(number)}", body, who=who))


def delete(api: HttpApi, number: int, replaces: int, who: dict[str, str] = LEARNER) -> Answer:
    return send(api, request("DELETE", f"{NOTES}/bonds/{note_id(number)}?replaces={replaces}", who=who))


def own(api: HttpApi, who: dict[str, str] = LEARNER, path: str = f"{NOTES}/bonds") -> list[dict[str, Any]]:
    return list(send(api, request("GET", path, who=who)).body["notes"])


def texts(api: HttpApi, who: dict[str, str] = LEARNER) -> list[str]:
    return [note["text"] for note in own(api, who)]


def test_notes_stand_in_the_order_of_the_lecture_and_a_bookmark_is_one_without_text(api: HttpApi) -> None:
    for number, text in ((3, "  久期\n第二行  "), (1, ""), (2, "票息")):
        assert put(api, number, text).status == 200
    assert [(note["at_ms"], note["text"]) for note in own(api)] == [(1000, ""), (2000, "票息"), (3000, "久期\n第二行")]


def test_what_was_sent_twice_is_one_note(world: World, api: HttpApi) -> None:
    first = put(api, 1, "票息").body
    before = dict(world.store.items)
    assert put(api, 1, "票息").body == first
    assert world.store.items == before
    second = put(api, 1, "票息和久期", 1).body
    assert (second["edition"], second["created_at"]) == (2, first["created_at"])
    assert put(api, 1, "票息和久期", 1).body == second


def test_of_two_devices_the_second_is_told_what_the_first_wrote(api: HttpApi) -> None:
    put(api, 1, "从前")
    put(api, 1, "手机上写的", 1)
    late = put(api, 1, "电脑上写的", 1)
    assert (late.status, late.code) == (409, "NOTE_CHANGED")
    assert late.body["note"] == {"edition": 2, "deleted": False, "at_ms": 1000, "text": "手机上写的"}
    assert delete(api, 1, 1).code == "NOTE_CHANGED"
    assert texts(api) == ["手机上写的"]
    assert put(api, 1, "两份合在一起", late.body["note"]["edition"]).status == 200


def test_what_was_deleted_comes_back_from_its_edition_and_by_no_late_edit(world: World, api: HttpApi) -> None:
    put(api, 1, "票息")
    gone = delete(api, 1, 1)
    assert (gone.body["edition"], texts(api)) == (2, [])
    assert delete(api, 1, 1).body == gone.body
    assert "票息" not in str([text for key, text in world.store.items.items() if "NOTE#" in key.sk])
    late = put(api, 1, "别的设备", 1)
    assert (late.code, late.body["note"]["deleted"]) == ("NOTE_CHANGED", True)
    assert put(api, 1, "票息", gone.body["edition"]).body["edition"] == 3
    assert texts(api) == ["票息"]


def test_a_deleted_note_leaves_by_itself_and_one_that_came_back_stays(
    world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = list[int | None]()
    commit = world.store.commit

    def noting(change: Change) -> None:
        leaving.extend(
            write.expires_at for write in change.writes if isinstance(write, Put) and "NOTE#" in write.key.sk
        )
        commit(change)

    monkeypatch.setattr(world.store, "commit", noting)
    put(api, 1, "票息")
    delete(api, 1, 1)
    put(api, 1, "票息", 2)
    assert leaving == [None, int((world.clock.now() + DELETED_KEPT).timestamp()), None]


def test_an_edit_of_a_note_that_is_gone_for_good_is_told_so(world: World, api: HttpApi) -> None:
    answer = put(api, 1, "票息", 4)
    assert (answer.code, answer.body["note"]) == ("NOTE_CHANGED", None)
    assert delete(api, 1, 4).body == {"edition": None}


def test_notes_of_all_courses_come_page_by_page_with_what_their_courses_are_called(world: World, api: HttpApi) -> None:
    package = world.package(course_yaml=edited("id: bonds\n", "id: a-first\n").replace("债券入门", "别的课"))
    world.publish(package, 0)
    for number in range(5):
        put(api, number, f"第{number}条")
    send(api, request("PUT", f"{NOTES}/a-first/{note_id(9)}", {"at_ms": 5, "text": "一", "replaces": 0}, who=LEARNER))
    delete(api, 2, 1)
    found, after, titles = list[str](), "", dict[str, str]()
    while after is not None:
        page = send(api, request("GET", f"{NOTES}?limit=2&after={after}", who=LEARNER)).body
        assert len(page["notes"]) <= 2
        found += [note["text"] for note in page["notes"]]
        titles |= {course["course_id"]: course["title"] for course in page["courses"]}
        after = page["after"]
    assert found == ["一", "第0条", "第1条", "第3条", "第4条"]
    assert titles == {"a-first": "别的课", "bonds": "债券入门"}


def test_a_course_takes_so_many_notes_and_says_so(api: HttpApi) -> None:
    for number in range(MOST_NOTES):
        assert put(api, number, "").status == 200
    full = put(api, MOST_NOTES, "")
    assert (full.code, full.body["limit"]) == ("NOTES_FULL", MOST_NOTES)
    assert put(api, 0, "改一改", 1).status == 200
    gone = delete(api, 1, 1).body["edition"]
    assert put(api, MOST_NOTES, "").status == 200
    assert put(api, 1, "", gone).code == "NOTES_FULL"
    assert len(own(api)) == MOST_NOTES


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "长" * (MAX_NOTE + 1)}, "INVALID_REQUEST"),
        ({"text": "a\x00b"}, "INVALID_REQUEST"),
        ({"text": "翻转\u202e"}, "INVALID_REQUEST"),
        ({"text": "\ufffd"}, "TEXT_LOST"),
        ({"at_ms": -1}, "INVALID_REQUEST"),
        ({"at_ms": MAX_AT_MS + 1}, "INVALID_REQUEST"),
        ({"at_ms": 1.5}, "INVALID_REQUEST"),
        ({"replaces": -1}, "INVALID_REQUEST"),
        ({"replaces": True}, "INVALID_REQUEST"),
        ({"learner_id": "learner-2"}, "INVALID_REQUEST"),
    ],
)
def test_what_is_no_note_is_refused_and_changes_nothing(
    world: World, api: HttpApi, change: dict[str, Any], code: str
) -> None:
    before = dict(world.store.items)
    body = {"at_ms": 1, "text": "票息", "replaces": 0, **change}
    assert send(api, request("PUT", f"{NOTES}/bonds/{note_id(1)}", body, who=LEARNER)).code == code
    assert world.store.items == before


def test_markup_stays_text(api: HttpApi) -> None:
    text = "<script>alert(1)</script> & <b>"
    assert put(api, 1, text).body["text"] == text


def test_a_course_that_is_none_takes_no_notes(api: HttpApi) -> None:
    body = {"at_ms": 1, "text": "", "replaces": 0}
    path = f"{NOTES}/no-such-course/{note_id(1)}"
    assert send(api, request("PUT", path, body, who=LEARNER)).code == "COURSE_NOT_FOUND"


def test_a_withdrawn_course_still_takes_notes_of_who_has_it(world: World, api: HttpApi) -> None:
    world.withdraw()
    assert put(api, 1, "还在学").status == 200


def test_attack_reading_and_changing_anothers_notes(api: HttpApi) -> None:
    put(api, 1, "私人")
    assert own(api, OTHER) == own(api, OTHER, NOTES) == []
    assert put(api, 1, "替换", 1, OTHER).code == "NOTE_CHANGED"
    assert put(api, 1, "同一个编号", 0, OTHER).status == 200
    assert delete(api, 1, 1, OTHER).status == 200
    assert texts(api) == ["私人"]


@pytest.mark.parametrize("call", [lambda api: put(api, 1, "", 0, EDITOR), lambda api: delete(api, 1, 0, EDITOR)])
def test_attack_with_a_staff_role(api: HttpApi, call: Callable[[HttpApi], Answer]) -> None:
    assert call(api).code == "WRONG_ROLE"
    for path in (NOTES, f"{NOTES}/bonds"):
        assert send(api, request("GET", path, who=EDITOR)).code == "WRONG_ROLE"


def test_attack_a_flood_of_writes(world: World, api: HttpApi) -> None:
    for number in range(WRITES_PER_DAY):
        assert put(api, 1, str(number), number).status == 200
    assert put(api, 1, "再来", WRITES_PER_DAY).code == "TOO_OFTEN"
    world.clock.advance(86_400_000)
    assert put(api, 1, "再来", WRITES_PER_DAY).status == 200


@pytest.mark.parametrize("seed", range(20))
def test_devices_that_write_at_once_lose_nothing_unseen(world: World, api: HttpApi, seed: int) -> None:
    """Three devices with what they last saw, retries and late answers: each text accepted was replaced knowingly."""
    random = Random(seed)  # noqa: S311 (no secret)
    seen: list[tuple[int, str]] = [(0, "")] * 3
    history = [(0, "")]
    for step in range(60):
        device = random.randrange(3)
        edition, _ = seen[device]
        kind = random.choice(["write", "delete", "read"])
        if kind == "read":
            (note,) = own(api) or [{"edition": history[-1][0], "text": ""}]
            seen[device] = (note["edition"], note["text"])
            continue
        text = f"{device}-{step}" if kind == "write" else ""
        answer, again = (put(api, 1, text, edition) if text else delete(api, 1, edition) for _ in range(2))
        if answer.status == 200:
            assert again.body == answer.body
            made = answer.body["edition"]
            if made is None or made == history[-1][0]:
                continue
            assert edition == history[-1][0], "it was replaced unseen"
            history.append((made, text))
            seen[device] = history[-1]
        else:
            assert answer.code == again.code == "NOTE_CHANGED"
            assert edition != history[-1][0]
            assert answer.body["note"]["edition"] == history[-1][0]
    stored = world.store.get(note_key(LearnerId("learner-1"), BONDS, NoteId(note_id(1))), Note)
    assert stored
    assert (stored.value.edition, stored.value.written.text) == history[-1]
