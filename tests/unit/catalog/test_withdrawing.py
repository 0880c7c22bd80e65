"""Withdrawing: what stays, what goes out, and the way back."""

import pytest

from services.catalog.app.courses.read_courses import read_state
from services.catalog.domain.ids import CourseId
from services.catalog.events.published import CourseWithdrawn
from services.kit.problems import Problem
from services.kit.store import Change
from tests.unit.catalog.world import BONDS, OTHER_EDITOR, PUBLISHED_AT, World


def published(world: World) -> None:
    """The world's package is published."""
    package = world.package()
    world.upload(package)
    world.publish(package, 0)


def test_a_withdrawn_course_is_no_longer_listed_but_still_read(world: World) -> None:
    published(world)
    done = world.withdraw()
    assert (done.number, done.withdrawn_at, done.changed) == (2, PUBLISHED_AT, True)
    assert world.search.newest("", 50).items == []
    current = read_state(world.ctx, BONDS)
    assert (current.publication.number, current.number, current.withdrawn_at) == (1, 2, PUBLISHED_AT)
    last = world.audit()[-1]
    assert (last.actor, last.action, last.subject, last.reason) == (
        "editor-1",
        "catalog.course_withdrawn",
        "bonds",
        "outdated",
    )


def test_the_event_is_the_whole_state_with_the_next_sequence(world: World) -> None:
    published(world)
    world.withdraw()
    before, event = world.store.outbox
    assert (event.type, event.subject, event.sequence) == ("catalog.course_withdrawn.v1", "bonds", 2)
    withdrawn = CourseWithdrawn.model_validate(event.data)
    assert withdrawn.model_dump(mode="json", exclude={"withdrawn_at"}) == before.data


def test_withdrawing_again_changes_nothing(world: World) -> None:
    published(world)
    first = world.withdraw()
    before = dict(world.store.items)
    again = world.withdraw(editor=OTHER_EDITOR)
    assert (again.number, again.withdrawn_at, again.changed) == (first.number, first.withdrawn_at, False)
    assert (world.store.items, len(world.store.outbox)) == (before, 2)


def test_what_was_never_published_cannot_be_withdrawn(world: World) -> None:
    with pytest.raises(Problem) as caught:
        world.withdraw(CourseId("nothing"))
    assert caught.value.type.code == "COURSE_NOT_FOUND"
    assert world.store.items == {}


def test_publishing_the_same_package_again_brings_the_course_back(world: World) -> None:
    published(world)
    world.withdraw()
    with pytest.raises(Problem) as caught:
        world.publish(world.package(), 1)
    assert (caught.value.type.code, caught.value.members) == ("PUBLISHED_MEANWHILE", {"publication": 2})
    back = world.publish(world.package(), 2)
    assert (back.changed, back.publication.number) == (True, 3)
    assert [line.course_id for line in world.search.newest("", 50).items] == ["bonds"]
    assert [event.sequence for event in world.store.outbox] == [1, 2, 3]


def test_a_withdrawal_that_meets_a_publication_withdraws_that_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(world)
    commit = world.store.commit

    def after_a_publication(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        world.publish(world.package(abstract_md="新的摘要。"), 1, OTHER_EDITOR)
        commit(change)

    monkeypatch.setattr(world.store, "commit", after_a_publication)
    assert world.withdraw().number == 3
    current = read_state(world.ctx, BONDS)
    assert (current.publication.number, current.number) == (2, 3)
    assert [event.sequence for event in world.store.outbox] == [1, 2, 3]
