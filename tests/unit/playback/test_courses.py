"""Playback's view of the catalogue: what is published, and what a withdrawal leaves."""

from itertools import permutations

import pytest

from services.playback.app.items import course_key
from services.playback.domain.course import Course
from tests.unit.playback.player import watch_to_the_end
from tests.unit.playback.world import OTHER, SHORT, World, a_world


def known(world: World) -> Course:
    """What playback knows of the course."""
    stored = world.store.get(course_key(SHORT), Course)
    assert stored
    return stored.value


@pytest.mark.parametrize("order", list(permutations([2, 3, 4])))
def test_the_newest_state_counts_whatever_arrives_when(order: tuple[int, ...]) -> None:
    world = a_world()
    for sequence in order:
        world.publish(SHORT, f"v{sequence}", sequence, withdrawn=sequence == 3)
    assert (known(world).content_version, known(world).in_library) == ("v4", True)


def test_a_withdrawn_course_leaves_the_library_and_stays_with_who_has_it() -> None:
    world = a_world()
    world.publish(SHORT, "v1", 2)
    under_way = world.start(SHORT)
    world.publish(SHORT, "v1", 3, withdrawn=True)
    assert not known(world).in_library
    assert watch_to_the_end(world, under_way).live.completed_at
    assert world.start(SHORT, OTHER).live.completed_at is None
