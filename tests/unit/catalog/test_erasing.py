"""A person is erased: their words go, everywhere; what is counted stays."""

from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from services.catalog.app.items import REPORTED, erased_key
from services.catalog.app.moderate_reviews import DECIDED_KEPT
from services.catalog.app.read_reviews import rating_of, read_reviews
from services.catalog.domain.review import Written
from services.catalog.handlers.consume import event_handlers
from services.kit.events import Envelope
from services.kit.identity import Principal, Role
from services.kit.problems import Problem
from services.kit.store import Change, Put
from tests.unit.catalog.test_reviews import COURSE, complete
from tests.unit.catalog.world import PUBLISHED_AT, World

LEARNER = Principal("learner-1", frozenset({Role.LEARNER}))
STAFF = Principal("support-1", frozenset({Role.SUPPORT}))
MODERATOR = Principal("moderator-1", frozenset({Role.MODERATOR}))
SECRET = "王小明"


def erase(world: World, learner_id: str = LEARNER.id) -> None:
    """Credits' event, delivered."""
    event = Envelope(
        id="event-1",
        source="xueshi.credits",
        type="credits.person_erased.v1",
        time=PUBLISHED_AT,
        subject="subject",
        correlation_id="request-1",
        data={"learner_id": learner_id},
    )
    event_handlers(world.store, world.clock)[event.type](event)


def write_much(world: World) -> str:
    """Reviews, reports and enquiries of the learner that hold the secret, and others'; answers the enquiry's id."""
    for learner, stars, name in ((LEARNER.id, 5, SECRET), ("learner-2", 1, "别人")):
        complete(world, learner)
        world.reviews.write(learner, COURSE, Written(name, stars, f"我是{name}"))
    mine, others = (world.reviews.own(learner, COURSE) for learner in (LEARNER.id, "learner-2"))
    assert mine
    assert others
    world.reviews.report("learner-3", COURSE, mine.review_id, "广告")
    world.reviews.report(LEARNER.id, COURSE, others.review_id, f"{SECRET}举报")
    world.reviews.report("learner-4", COURSE, others.review_id, "不实")
    enquiry = world.enquiries.ask(LEARNER, "k" * 16, f"{SECRET}的学时", f"我叫{SECRET}", None)
    world.enquiries.say(STAFF, "m" * 16, enquiry.enquiry_id, f"{SECRET}您好")
    return enquiry.enquiry_id


def holding(world: World) -> list[Any]:
    return [key for key, (_, text) in world.store.items.items() if SECRET in text]


def test_words_go_everywhere_and_counts_stay(world: World) -> None:
    enquiry_id = write_much(world)
    assert len(holding(world)) >= 6
    erase(world)
    assert holding(world) == []
    assert rating_of(world.store, COURSE).histogram == (1, 0, 0, 0, 1)
    assert [found.learner_id for found in read_reviews(world.store, COURSE, "", 50).entries] == ["learner-2"]
    enquiry = world.enquiries.find(STAFF, enquiry_id)
    assert (enquiry.status, len(enquiry.messages), enquiry.subject) == ("closed", 2, "")
    assert [line.enquiry_id for line in world.enquiries.queue("closed", "", 50).entries] == [enquiry_id]


def test_erased_again_nothing_changes_and_others_never_do(world: World) -> None:
    write_much(world)
    erase(world)
    before = dict(world.store.items)
    erase(world)
    erase(world, "learner-9")
    del world.store.items[erased_key("learner-9")]
    assert world.store.items == before
    others = world.reviews.own("learner-2", COURSE)
    assert others
    assert others.written.text == "我是别人"


@pytest.mark.parametrize("survived", range(6))
def test_a_crash_at_any_step_is_made_good_by_the_next_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    write_much(world)
    commit, left = world.store.commit, [survived]

    def die(change: Change) -> None:
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        commit(change)

    with monkeypatch.context() as dying:
        dying.setattr(world.store, "commit", die)
        with suppress(SystemExit):
            erase(world)
    erase(world)
    assert holding(world) == []


def test_an_event_that_names_nobody_is_an_error(world: World) -> None:
    with pytest.raises(ValidationError):
        erase(world, "")


def test_what_was_decided_still_leaves_by_itself_once_its_words_are_erased(world: World) -> None:
    write_much(world)
    waiting = {entry.review_id for entry in world.moderation.reported("", 50).entries}
    for review_id in waiting:
        world.moderation.decide(MODERATOR, COURSE, review_id, hide=False, reason="可以")
    leaving, commit = dict[str, int | None](), world.store.commit

    def noting(change: Change) -> None:
        leaving.update({w.key.sk: w.expires_at for w in change.writes if isinstance(w, Put) and w.key.pk == REPORTED})
        commit(change)

    world.store.commit = noting  # type: ignore[method-assign]
    erase(world)
    in_thirty_days = int((world.clock.now() + DECIDED_KEPT).timestamp())
    assert leaving
    assert set(leaving.values()) == {in_thirty_days}


def test_words_of_an_erased_reporter_are_told_to_moderators_no_more(world: World) -> None:
    complete(world, "learner-2")
    world.reviews.write("learner-2", COURSE, Written("别人", 1, "不好"))
    others = world.reviews.own("learner-2", COURSE)
    assert others
    world.reviews.report(LEARNER.id, COURSE, others.review_id, f"{SECRET}举报")
    erase(world)
    assert holding(world) == []
    (waiting,) = world.moderation.reported("", 50).entries
    assert (waiting.reason, waiting.reports) == ("", 1)


def test_attack_writing_on_with_a_token_that_outlives_the_erasure(world: World) -> None:
    enquiry_id = write_much(world)
    complete(world, "learner-5")
    fresh = world.reviews.write("learner-5", COURSE, Written("别人", 3, "尚可"))
    erase(world)
    before = dict(world.store.items)
    attempts = (
        lambda: world.reviews.write(LEARNER.id, COURSE, Written(SECRET, 1, SECRET)),
        lambda: world.reviews.report(LEARNER.id, COURSE, fresh.review_id, SECRET),
        lambda: world.enquiries.ask(LEARNER, "a" * 16, SECRET, SECRET, None),
        lambda: world.enquiries.say(LEARNER, "b" * 16, enquiry_id, SECRET),
    )
    codes = []
    for attempt in attempts:
        with pytest.raises(Problem) as caught:
            attempt()
        codes.append(caught.value.type.code)
    assert codes == ["PERSON_ERASED"] * len(attempts)
    assert world.store.items == before


def test_attack_writing_in_the_moment_of_the_erasure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = world.store.commit

    def erased_first(change: Change) -> None:
        monkeypatch.setattr(world.store, "commit", commit)
        erase(world)
        commit(change)

    monkeypatch.setattr(world.store, "commit", erased_first)
    with pytest.raises(Problem) as caught:
        world.enquiries.ask(LEARNER, "a" * 16, SECRET, SECRET, None)
    assert caught.value.type.code == "PERSON_ERASED"
    assert holding(world) == []
