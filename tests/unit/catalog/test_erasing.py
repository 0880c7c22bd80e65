"""A person is erased: their words go, everywhere; what is counted stays."""

from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from services.catalog.app.enquiries.read_enquiries import list_enquiries, read_enquiry
from services.catalog.app.enquiries.write_enquiry import add_message, open_enquiry
from services.catalog.app.erasure.items import erasure_key
from services.catalog.app.favourites.items import favourites_key
from services.catalog.app.favourites.mark_favourite import mark_favourite, read_favourites
from services.catalog.app.notes.read_notes import list_course_notes
from services.catalog.app.notes.write_note import write_note
from services.catalog.app.personal_data.collect_personal_data import collect_personal_data
from services.catalog.app.reviews.items import REPORTED, read_rating
from services.catalog.app.reviews.moderate_reviews import DECIDED_KEPT, decide_review, list_waiting
from services.catalog.app.reviews.read_reviews import list_reviews, read_own_review
from services.catalog.app.reviews.write_review import report_review, write_review
from services.catalog.domain.favourites import Favourites
from services.catalog.domain.ids import CourseId, EnquiryId, LearnerId, NoteId
from services.catalog.domain.note import NoteContent
from services.catalog.domain.review import ReviewContent
from services.catalog.handlers.consume import event_handlers
from services.kit.events import Envelope
from services.kit.identity import Role
from services.kit.problems import Problem
from services.kit.store import Change, Put
from tests.erasing import check_copy, check_erasure
from tests.unit.catalog.test_reviews import COURSE, complete
from tests.unit.catalog.world import BONDS, MODERATOR, PUBLISHED_AT, World, call, learner

LEARNER = LearnerId("learner-1")
STAFF = call("support-1", Role.SUPPORT, "m" * 16)
SECRET = "王小明"
NOTE_ID = NoteId("1" * 32)


def erase(world: World, learner_id: str = LEARNER) -> None:
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
    event_handlers(world.ctx)[event.type](event)


def write_much(world: World) -> EnquiryId:
    """Reviews, reports and enquiries of the learner that hold the secret, and others'; returns the enquiry's id."""
    keep_much(world)
    for learner_id, stars, name in ((LEARNER, 5, SECRET), ("learner-2", 1, "别人")):
        complete(world, learner_id)
        write_review(world.ctx, learner(learner_id), COURSE, ReviewContent(name, stars, f"我是{name}"))
    mine, others = (read_own_review(world.ctx, learner(one), COURSE) for one in (LEARNER, "learner-2"))
    assert mine
    assert others
    report_review(world.ctx, learner("learner-3"), COURSE, mine.review_id, "广告")
    report_review(world.ctx, learner(LEARNER), COURSE, others.review_id, f"{SECRET}举报")
    report_review(world.ctx, learner("learner-4"), COURSE, others.review_id, "不实")
    enquiry = open_enquiry(world.ctx, learner(LEARNER, "k" * 16), f"{SECRET}的学时", f"我叫{SECRET}", None)
    add_message(world.ctx, STAFF, enquiry.enquiry_id, f"{SECRET}您好")
    return enquiry.enquiry_id


def keep_much(world: World) -> None:
    """A note with the secret; and a favourite of that name, which no course has and only this puts there."""
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    for learner_id, text in ((LEARNER, f"{SECRET}的笔记"), ("learner-2", "别人的笔记")):
        write_note(world.ctx, learner(learner_id), BONDS, NOTE_ID, NoteContent(1000, text), 0)
    marked = Favourites().with_course(CourseId(SECRET), world.clock.now())
    world.store.commit(Change([Put(favourites_key(LEARNER), marked)]))
    mark_favourite(world.ctx, learner("learner-2"), BONDS)


def holding(world: World) -> list[Any]:
    return [key for key, (_, text) in world.store.items.items() if SECRET in text]


def test_words_go_everywhere_and_counts_stay(world: World) -> None:
    enquiry_id = write_much(world)
    assert len(holding(world)) >= 6
    erase(world)
    assert holding(world) == []
    assert read_rating(world.store, COURSE).histogram == (1, 0, 0, 0, 1)
    assert [found.learner_id for found in list_reviews(world.ctx, COURSE, "", 50).items] == ["learner-2"]
    enquiry = read_enquiry(world.ctx, STAFF, enquiry_id)
    assert (enquiry.status, len(enquiry.messages), enquiry.subject) == ("closed", 2, "")
    assert [line.enquiry_id for line in list_enquiries(world.ctx, "closed", "", 50).items] == [enquiry_id]


def test_what_each_kind_says_of_an_erasure_is_what_happens(world: World) -> None:
    write_much(world)
    complete(world, "learner-6")
    last = write_review(world.ctx, learner("learner-6"), COURSE, ReviewContent("别人", 2, "一般"))
    report_review(world.ctx, learner(LEARNER), COURSE, last.review_id, f"{SECRET}举报")
    check_erasure("services.catalog", world.store, SECRET, lambda: erase(world))


def test_a_copy_has_all_that_an_erasure_would_empty_and_nobody_else(world: World) -> None:
    write_much(world)
    others = [STAFF.caller_id, "learner-2", "learner-3", "learner-4", "别人"]
    check_copy("services.catalog", world.store, SECRET, collect_personal_data(world.ctx, LEARNER), others)
    assert all(not one.items for one in collect_personal_data(world.ctx, "learner-9"))


def test_of_notes_and_favourites_nothing_stays_and_others_keep_theirs(world: World) -> None:
    write_much(world)
    erase(world)
    assert list_course_notes(world.ctx, learner(LEARNER), BONDS) == []
    assert [note.written.text for note in list_course_notes(world.ctx, learner("learner-2"), BONDS)] == ["别人的笔记"]
    assert not read_favourites(world.ctx, learner(LEARNER)).courses
    assert read_favourites(world.ctx, learner("learner-2")).has(BONDS)


def test_erased_again_nothing_changes_and_others_never_do(world: World) -> None:
    write_much(world)
    erase(world)
    before = dict(world.store.items)
    erase(world)
    erase(world, "learner-9")
    del world.store.items[erasure_key(LearnerId("learner-9"))]
    assert world.store.items == before
    others = read_own_review(world.ctx, learner("learner-2"), COURSE)
    assert others
    assert others.written.text == "我是别人"


@pytest.mark.parametrize("survived", range(8))
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
    waiting = {case.reported.review_id for case in list_waiting(world.ctx, "", 50).items}
    for review_id in waiting:
        decide_review(world.ctx, MODERATOR, COURSE, review_id, hide=False, reason="可以")
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
    write_review(world.ctx, learner("learner-2"), COURSE, ReviewContent("别人", 1, "不好"))
    others = read_own_review(world.ctx, learner("learner-2"), COURSE)
    assert others
    report_review(world.ctx, learner(LEARNER), COURSE, others.review_id, f"{SECRET}举报")
    erase(world)
    assert holding(world) == []
    (waiting,) = list_waiting(world.ctx, "", 50).items
    assert (waiting.reported.reason, waiting.reported.reports) == ("", 1)


def test_attack_writing_on_with_a_token_that_outlives_the_erasure(world: World) -> None:
    enquiry_id = write_much(world)
    complete(world, "learner-5")
    fresh = write_review(world.ctx, learner("learner-5"), COURSE, ReviewContent("别人", 3, "尚可"))
    erase(world)
    before = dict(world.store.items)
    attempts = (
        lambda: write_review(world.ctx, learner(LEARNER), COURSE, ReviewContent(SECRET, 1, SECRET)),
        lambda: report_review(world.ctx, learner(LEARNER), COURSE, fresh.review_id, SECRET),
        lambda: open_enquiry(world.ctx, learner(LEARNER, "a" * 16), SECRET, SECRET, None),
        lambda: add_message(world.ctx, learner(LEARNER, "b" * 16), enquiry_id, SECRET),
        lambda: write_note(world.ctx, learner(LEARNER), BONDS, NOTE_ID, NoteContent(1, SECRET), 0),
        lambda: mark_favourite(world.ctx, learner(LEARNER), BONDS),
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
        open_enquiry(world.ctx, learner(LEARNER, "a" * 16), SECRET, SECRET, None)
    assert caught.value.type.code == "PERSON_ERASED"
    assert holding(world) == []
