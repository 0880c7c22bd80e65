"""What learners keep for themselves on the running system: notes and favourites, on all devices and for nobody else."""

from uuid import uuid4

import pytest

from tests.flows.world import World

pytestmark = pytest.mark.system

NOTE_ID = "0123456789abcdef" * 2


def test_notes_are_their_learners_and_no_device_writes_over_another(world: World) -> None:
    course_id, learner, other = world.publish(), world.learner(), world.learner()
    path = f"/v1/catalog/notes/{course_id}/{NOTE_ID}"
    note = {"at_ms": 1_000, "text": "久期", "replaces": 0}
    assert learner.put(path, note).accepted()["edition"] == learner.put(path, note).accepted()["edition"] == 1
    assert learner.put(path, {**note, "text": "别的"}).code == "NOTE_CHANGED"
    assert other.get(f"/v1/catalog/notes/{course_id}").accepted()["notes"] == []
    page = learner.get("/v1/catalog/notes").accepted()
    assert [one["text"] for one in page["notes"]] == ["久期"]
    assert [one["course_id"] for one in page["courses"]] == [course_id]


def test_favourites_are_their_learners(world: World) -> None:
    course_id, learner, other = world.publish(), world.learner(), world.learner()
    learner.put(f"/v1/catalog/favourites/{course_id}").accepted()
    marked = learner.get("/v1/catalog/favourites").accepted()["courses"]
    assert [one["course_id"] for one in marked] == [course_id]
    assert other.get("/v1/catalog/favourites").accepted()["courses"] == []


def test_a_course_is_offered_to_who_types_a_word_of_its_title(world: World) -> None:
    word = uuid4().hex[:12]
    course_id = world.publish(title=f"久期 {word}")
    words = world.learner().get(f"/v1/catalog/completions?q={word[:8]}").accepted()["words"]
    assert [(one["kind"], one["course_id"]) for one in words] == [("title", course_id)]
