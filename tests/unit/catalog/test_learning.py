"""How many learners a course has, and who completed it: exact, whatever arrives how often, when and beside what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import uniform
from time import monotonic, sleep

import pytest
from pydantic import ValidationError

from services.catalog.app.learning.items import LEARNERS, count_learners, enrolment_key
from services.catalog.domain.ids import LearnerId
from services.catalog.domain.learning import Enrolment
from services.catalog.handlers.consume import event_handlers
from services.kit.events import Envelope
from services.kit.store import Change, Conflict
from tests.crowd import CrowdedStore
from tests.unit.catalog.world import BONDS, World

CROWD, WITHIN_S, CONSUMERS = 1_000, 5.0, 20
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def granted(number: int, learner: str = "learner-1", at: datetime = DAY) -> Envelope:
    """Orders' event."""
    data = {"learner_id": learner, "course_id": BONDS, "granted_at": at.isoformat(), "basis": "claim"}
    return envelope("orders.entitlement_granted.v1", number, data)


def completed(number: int, learner: str = "learner-1", at: datetime = DAY) -> Envelope:
    """Playback's event."""
    data = {"learner_id": learner, "course_id": BONDS, "completed_at": at.isoformat()}
    return envelope("playback.watch_completed.v1", number, data)


def envelope(type_: str, number: int, data: dict[str, str]) -> Envelope:
    """An event of some service."""
    return Envelope(
        id=f"event-{number}",
        source=f"xueshi.{type_.split('.')[0]}",
        type=type_,
        time=DAY,
        subject="subject",
        correlation_id="request-1",
        data=data,
    )


def deliver(world: World, event: Envelope) -> None:
    """To the consumer."""
    event_handlers(world.ctx)[event.type](event)


def enrolment(world: World, learner: str = "learner-1") -> Enrolment | None:
    """What is known of the learner and the course."""
    stored = world.store.get(enrolment_key(LearnerId(learner), BONDS), Enrolment)
    return stored.value if stored else None


def test_nobody_has_taken_a_new_course(world: World) -> None:
    assert count_learners(world.store, BONDS) == 0


EVENTS = [
    granted(1),
    granted(2, at=DAY + timedelta(days=3)),
    completed(3, at=DAY + timedelta(days=5)),
    completed(4, at=DAY + timedelta(days=9)),
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_learner_counts_once_in_any_order_and_completed_first_when_they_did(
    world: World, order: tuple[int, ...]
) -> None:
    for index in order:
        deliver(world, EVENTS[index])
        deliver(world, EVENTS[index])
    assert count_learners(world.store, BONDS) == 1
    known = enrolment(world)
    assert known
    assert known.completed_at == DAY + timedelta(days=5)


def test_who_only_completed_counts_too(world: World) -> None:
    deliver(world, completed(1))
    assert count_learners(world.store, BONDS) == 1
    assert enrolment(world) == Enrolment(DAY, DAY)


def test_having_a_course_is_not_having_completed_it(world: World) -> None:
    deliver(world, granted(1))
    assert enrolment(world) == Enrolment(DAY, None)


@pytest.mark.parametrize("reaches_the_table", [False, True])
def test_a_crash_around_the_commit_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch, reaches_the_table: bool
) -> None:
    commit = world.store.commit

    def die(change: Change) -> None:
        if reaches_the_table:
            commit(change)
        raise SystemExit

    monkeypatch.setattr(world.store, "commit", die)
    with pytest.raises(SystemExit):
        deliver(world, granted(1))
    monkeypatch.setattr(world.store, "commit", commit)
    deliver(world, granted(1))
    assert count_learners(world.store, BONDS) == 1


def test_many_learners_at_once_all_count(world: World) -> None:
    def take(number: int) -> None:
        while True:
            try:
                return deliver(world, granted(number, f"learner-{number % 20}"))
            except Conflict:  # as the queue does: again
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(40)))
    assert count_learners(world.store, BONDS) == 20


def test_a_course_that_nobody_fights_over_has_one_counter(world: World) -> None:
    for number in range(30):
        deliver(world, granted(number, f"learner-{number}"))
    assert count_learners(world.store, BONDS) == 30
    assert len([key for key in world.store.items if key.sk.startswith(LEARNERS)]) == 1


def test_courses_whose_ids_begin_alike_are_counted_apart(world: World) -> None:
    deliver(world, granted(1))
    event = granted(2, "learner-2")
    deliver(world, event.model_copy(update={"data": {**event.data, "course_id": f"{BONDS}-advanced"}}))
    assert count_learners(world.store, BONDS) == 1


def test_a_thousand_take_a_course_within_seconds_and_hardly_any_is_delivered_again(tmp_path: Path) -> None:
    world = World(tmp_path, CrowdedStore())
    arrivals = sorted(uniform(0, WITHIN_S) for _ in range(CROWD))  # noqa: S311 (no secret)
    start, again = monotonic(), []

    def take(number: int) -> None:
        sleep(max(0.0, start + arrivals[number] - monotonic()))
        try:
            deliver(world, granted(number, f"learner-{number}"))
        except Conflict:
            again.append(number)

    with ThreadPoolExecutor(CONSUMERS) as pool:
        list(pool.map(take, range(CROWD)))
    # None on a machine that keeps up; one that does not has all consumers at the counters at once.
    assert len(again) <= CROWD // 100
    for number in again:
        deliver(world, granted(number, f"learner-{number}"))
    assert count_learners(world.store, BONDS) == CROWD


@pytest.mark.parametrize("broken", [{"learner_id": ""}, {"course_id": None}, {"granted_at": "yesterday"}])
def test_an_invalid_event_is_an_error_and_changes_nothing(world: World, broken: dict[str, object]) -> None:
    event = granted(1)
    with pytest.raises(ValidationError):
        deliver(world, event.model_copy(update={"data": {**event.data, **broken}}))
    assert world.store.items == {}
