"""Favourites: one list for all of a learner's devices, and nobody else's; attacks are named as such."""

from typing import Any

import pytest

from services.catalog.app.favourites.items import favourites_key
from services.catalog.app.favourites.mark_favourite import MARKS_PER_DAY
from services.catalog.domain.favourites import MOST_FAVOURITES, Favourite, Favourites
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.handlers import shelf
from services.kit.http import HttpApi
from services.kit.store import Change, Put
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.catalog.world import World, edited

FAVOURITES = "/v1/catalog/favourites"
LEARNER, OTHER, EDITOR = claims("learner-1"), claims("learner-2"), claims("editor-1", "editor")


@pytest.fixture
def api(world: World) -> HttpApi:
    """Two courses are published."""
    for number, course_id in enumerate(("bonds", "stocks")):
        package = world.package(course_yaml=edited("id: bonds\n", f"id: {course_id}\n"))
        if not number:
            world.upload(package)
        world.publish(package, 0)
    return shelf.build_api(world.ctx, origin_secret)


def mark(api: HttpApi, course_id: str = "bonds", who: dict[str, str] = LEARNER, method: str = "PUT") -> Answer:
    return send(api, request(method, f"{FAVOURITES}/{course_id}", who=who))


def marked(api: HttpApi, who: dict[str, str] = LEARNER) -> list[str]:
    courses: list[dict[str, Any]] = send(api, request("GET", FAVOURITES, who=who)).body["courses"]
    return [course["course_id"] for course in courses]


def test_the_newest_come_first_and_a_repeat_changes_nothing(world: World, api: HttpApi) -> None:
    assert marked(api) == []
    mark(api)
    world.clock.advance(1000)
    answer = mark(api, "stocks")
    assert [course["course_id"] for course in answer.body["courses"]] == marked(api) == ["stocks", "bonds"]
    before = dict(world.store.items)
    assert mark(api).body == answer.body
    assert world.store.items == before


def test_a_mark_is_taken_away_once_and_again(world: World, api: HttpApi) -> None:
    mark(api)
    mark(api, "stocks")
    for _ in range(2):
        assert [c["course_id"] for c in mark(api, method="DELETE").body["courses"]] == ["stocks"]


def test_a_withdrawn_course_stays_marked_and_can_be_unmarked(world: World, api: HttpApi) -> None:
    mark(api)
    world.withdraw()
    assert marked(api) == ["bonds"]
    assert mark(api, method="DELETE").body["courses"] == []


def test_two_devices_mark_at_once_and_both_marks_stay(
    world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = world.store.commit

    def late(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        mark(api, "stocks")
        commit(change)

    monkeypatch.setattr(world.store, "commit", late)
    assert mark(api).status == 200
    assert sorted(marked(api)) == ["bonds", "stocks"]


def test_a_course_that_is_none_is_refused(world: World, api: HttpApi) -> None:
    before = dict(world.store.items)
    assert mark(api, "no-such-course").code == "COURSE_NOT_FOUND"
    assert mark(api, "UPPER").code == "INVALID_REQUEST"
    assert world.store.items == before


def test_there_are_as_many_as_there_may_be(world: World, api: HttpApi) -> None:
    since = world.clock.now()
    full = Favourites(tuple(Favourite(CourseId(f"course-{number}"), since) for number in range(MOST_FAVOURITES)))
    world.store.commit(Change([Put(favourites_key(LearnerId("learner-1")), full)]))
    refused = mark(api)
    assert (refused.code, refused.body["limit"]) == ("FAVOURITES_FULL", MOST_FAVOURITES)
    mark(api, "course-7", method="DELETE")
    assert mark(api).status == 200


def test_attack_a_flood_of_marks(api: HttpApi) -> None:
    for _ in range(MARKS_PER_DAY):
        assert mark(api).status == 200
        mark(api, method="DELETE")
    assert mark(api).code == "TOO_OFTEN"


def test_attack_anothers_favourites_and_a_staff_role(api: HttpApi) -> None:
    mark(api)
    assert marked(api, OTHER) == []
    mark(api, who=OTHER, method="DELETE")
    assert marked(api) == ["bonds"]
    for method in ("PUT", "DELETE"):
        assert mark(api, who=EDITOR, method=method).code == "WRONG_ROLE"
    assert send(api, request("GET", FAVOURITES, who=EDITOR)).code == "WRONG_ROLE"
