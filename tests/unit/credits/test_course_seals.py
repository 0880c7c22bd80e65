"""What hours a course gives is sealed: whoever edits our view of it in the table makes no hours."""

import json
from dataclasses import fields
from typing import Any

import pytest

from services.credits.app.courses import course_seals
from services.credits.app.courses.course_seals import CourseVersionChanged
from services.credits.app.courses.items import course_key
from services.credits.domain.courses import CourseVersion
from services.credits.domain.ids import CourseId
from services.kit.keyring import UnknownKey
from tests.unit.credits.world import AFP, NOON_IN_SHANGHAI, World, completed

KEY = course_key(CourseId("course"), "v1")
EDITS: dict[str, Any] = {
    "course_id": "another",
    "content_version": "v0",
    "content_id": "another",
    "title": "另一门课",
    "title_en": "Another",
    "hours": "10",
    "category": "compulsory",
    "eligible": ["AFP", "CTP"],
    "sequence": 9,
    "key_id": "k9",
    "seal": "00",
}


@pytest.fixture
def world() -> World:
    made = World()
    made.certify(AFP)
    made.publish(eligible=["AFP"])
    return made


def change(world: World, **members: Any) -> None:
    """An operator edits the view."""
    version, body = world.store.items[KEY]
    world.store.items[KEY] = (version, json.dumps({**json.loads(body), **members}, separators=(",", ":")))


def test_every_member_of_a_course_is_tried() -> None:
    assert {field.name for field in fields(CourseVersion)} == set(EDITS)


@pytest.mark.parametrize("member", sorted(EDITS))
def test_attack_changing_the_hours_of_a_course_in_the_table(world: World, member: str) -> None:
    change(world, **{member: EDITS[member]})
    before = world.state()
    with pytest.raises((CourseVersionChanged, UnknownKey)):
        world.deliver(completed())
    assert world.state() == before
    world.publish(eligible=["AFP"], sequence=10)
    world.deliver(completed())
    assert world.outline() == ["award AFP 1.5 COMPLETED"], "told anew, it counts as it should"


def test_attack_putting_another_course_in_a_courses_place(world: World) -> None:
    world.publish("richer", hours="10")
    world.store.items[KEY] = world.store.items[course_key(CourseId("richer"), "v1")]
    with pytest.raises(CourseVersionChanged):
        world.deliver(completed())


def test_what_release_1_0_0_left_is_taken_and_sealed(world: World) -> None:
    _, sealed = world.store.items[KEY]
    change(world, key_id="", seal="")
    world.deliver(completed())
    assert world.outline() == ["award AFP 1.5 COMPLETED"]
    assert world.store.items[KEY][1] == sealed


def test_once_release_1_0_0_is_gone_nothing_is_taken_without_a_seal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_seals, "SEALED_SINCE", NOON_IN_SHANGHAI)
    change(world, key_id="", seal="")
    with pytest.raises(CourseVersionChanged):
        world.deliver(completed())
