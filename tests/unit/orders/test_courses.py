"""Orders' view of the catalogue: newest publication wins, whatever arrives when."""

import json
from itertools import permutations

import pytest
from pydantic import ValidationError

from services.kit.events import Envelope
from services.orders.app.courses.items import course_key
from services.orders.app.courses.record_course import record_course
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId
from services.orders.handlers.consume import event_handlers
from tests.unit.orders.world import World

COURSE = "bonds"


def offer(world: World) -> CourseOffer | None:
    """What is known of the course."""
    stored = world.store.get(course_key(CourseId(COURSE)), CourseOffer)
    return stored.value if stored else None


def test_a_publication_is_kept(world: World) -> None:
    world.publish(CourseId(COURSE), 3, recommended=True, price_fen=12_900)
    assert offer(world) == CourseOffer(CourseId(COURSE), "家族信托", True, 12_900, 3, title_en="Family trusts")


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_order_of_arrival_does_not_matter(world: World, order: tuple[int, ...]) -> None:
    for sequence in order:
        world.publish(CourseId(COURSE), sequence, recommended=sequence != 3, price_fen=sequence)
    assert offer(world) == CourseOffer(CourseId(COURSE), "家族信托", False, 3, 3, title_en="Family trusts")


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_a_withdrawal_counts_until_a_later_publication_whatever_arrives_when(
    world: World, order: tuple[int, ...]
) -> None:
    for sequence in order[:2]:
        _deliver(world, sequence)
    known = offer(world)
    assert known
    assert known.withdrawn == (max(order[:2]) == 2)
    _deliver(world, order[2])
    assert offer(world) == CourseOffer(CourseId(COURSE), "家族信托", True, 9_900, 3, title_en="Family trusts")


def _deliver(world: World, sequence: int) -> None:
    """The second change of the course is its withdrawal."""
    if sequence == 2:
        world.withdraw(CourseId(COURSE), sequence)
    else:
        world.publish(CourseId(COURSE), sequence, recommended=True)


def test_what_was_kept_before_english_titles_were_sent_is_read_still(world: World) -> None:
    world.publish(CourseId(COURSE), 1)
    before = {"course_id": COURSE, "title": "家族信托", "member_recommended": False, "price_fen": 9900, "sequence": 1}
    world.store.items[course_key(CourseId(COURSE))] = (1, json.dumps(before))
    assert offer(world) == CourseOffer(CourseId(COURSE), "家族信托", False, 9_900, 1)
    world.publish(CourseId(COURSE), 2)
    known = offer(world)
    assert known
    assert known.title_en == "Family trusts"


def test_a_duplicate_has_no_further_effect(world: World) -> None:
    event = world.publish(CourseId(COURSE), 1, recommended=True)
    before = world.store.snapshot()
    record_course(world.ctx, event)
    assert world.store.snapshot() == before


def test_a_race_of_two_publications_keeps_the_newer(world: World) -> None:
    world.store.before_commit = lambda: world.publish(CourseId(COURSE), 2, recommended=False)
    world.publish(CourseId(COURSE), 1, recommended=True)
    known = offer(world)
    assert known
    assert known.sequence == 2


@pytest.mark.parametrize(
    "change",
    [{"price_fen": -1}, {"price_fen": "free"}, {"price_fen": None}, {"course_id": ""}, {"member_recommended": None}],
)
def test_an_invalid_publication_is_an_error_and_changes_nothing(world: World, change: dict[str, object]) -> None:
    event = world.published(CourseId(COURSE), 1, recommended=True)
    broken = Envelope.model_validate({**event.model_dump(), "data": {**event.data, **change}})
    before = world.store.snapshot()
    with pytest.raises(ValidationError):
        record_course(world.ctx, broken)
    assert world.store.snapshot() == before


def test_a_publication_without_a_sequence_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="sequence"):
        world.publish(CourseId(COURSE), None, recommended=True)


def test_the_consumer_knows_the_type(world: World) -> None:
    event = world.published(CourseId(COURSE), 1, recommended=True)
    event_handlers(world.ctx)[event.type](Envelope.model_validate(json.loads(event.model_dump_json())))
    assert offer(world)
