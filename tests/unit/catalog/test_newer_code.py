"""Newer code has put members into items that this code does not know: what it changes keeps them."""

import json
from typing import Any

import pytest

from services.catalog.app.courses.items import current_key, listing_key, publication_key
from services.catalog.app.enquiries.write_enquiry import add_message, close_enquiry, note_reading, open_enquiry
from services.catalog.app.learning.items import enrolment_key
from services.catalog.app.reviews.items import rating_key, reported_key, review_key
from services.catalog.app.reviews.moderate_reviews import decide_review
from services.catalog.app.reviews.write_review import report_review, withdraw_review, write_review
from services.catalog.domain.ids import EnquiryId, LearnerId, ReviewId
from services.catalog.domain.review import ReviewContent
from services.kit.identity import Role
from services.kit.store import Key
from tests.unit.catalog.test_learning import completed, deliver, granted
from tests.unit.catalog.world import BONDS, MODERATOR, World, call, learner

CHANGED_BY_PUT = {
    "Allowance", "Changes", "Enquiry", "EnquirySummary", "Enrolment", "Listing", "Rating", "ReportedReview", "Review",
}  # fmt: skip
"""Every kind of the catalogue's that is changed after it was made, but counters."""


def extend(world: World) -> set[Key]:
    """Newer code writes every item; returns where they are."""
    for key, (version, body) in list(world.store.items.items()):
        world.store.items[key] = (version, json.dumps({**json.loads(body), "later": "kept"}))
    return set(world.store.items)


def body(world: World, key: Key) -> dict[str, Any]:
    """What an item holds."""
    found: dict[str, Any] = json.loads(world.store.items[key][1])
    return found


@pytest.fixture
def written(world: World) -> World:
    """A course, a learner of it, reviews and an enquiry."""
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    deliver(world, granted(1))
    deliver(world, granted(2, "learner-2"))
    deliver(world, completed(3, "learner-2"))
    review = write_review(world.ctx, learner("learner-2"), BONDS, ReviewContent("学员", 4, "很好"))
    report_review(world.ctx, learner("learner-1"), BONDS, review.review_id, "广告")
    open_enquiry(world.ctx, learner("learner-1", "k" * 16), "问", "问", None)
    return world


def test_whatever_is_changed_keeps_what_newer_code_put_into_it(written: World) -> None:
    # The copy of a publication holds what that one holds, and nothing of the one before.
    world, known = written, extend(written) - {current_key(BONDS)}
    before = {key: version for key, (version, _) in world.store.items.items()}
    (review_key_,) = [key for key in known if key.pk == f"REVIEWS#{BONDS}"]
    (enquiry_key_,) = [key for key in known if key.sk == "ENQUIRY"]
    review_id, enquiry_id = ReviewId(review_key_.sk), EnquiryId(enquiry_key_.pk.removeprefix("ENQUIRY#"))
    staff = call("support-1", Role.SUPPORT, "s" * 16)

    deliver(world, completed(4))
    write_review(world.ctx, learner("learner-2"), BONDS, ReviewContent("学员", 2, "尚可"))
    report_review(world.ctx, learner("learner-3"), BONDS, review_id, "不实")
    decide_review(world.ctx, MODERATOR, BONDS, review_id, hide=True, reason="广告")
    withdraw_review(world.ctx, learner("learner-2"), BONDS)
    note_reading(world.ctx, staff, enquiry_id, 1)
    add_message(world.ctx, staff, enquiry_id, "答")
    add_message(world.ctx, learner("learner-1", "l" * 16), enquiry_id, "谢谢")
    close_enquiry(world.ctx, staff, enquiry_id, "好")
    world.publish(world.package(abstract_md="新的摘要。"), 1)
    world.withdraw()

    changed = {key for key in known if world.store.items[key][0] > before[key]}
    assert {world.store.labels[key].kind for key in changed} == CHANGED_BY_PUT
    gone = {key for key in changed if body(world, key).get("gone")}
    assert {key for key in changed - gone if body(world, key).get("later") != "kept"} == set()
    # A line that moves takes along what it has.
    lines = [key for key in world.store.items if key.pk.startswith("ENQUIRIES#") and not body(world, key)["gone"]]
    assert [body(world, key)["later"] for key in lines] == ["kept"]
    assert body(world, current_key(BONDS)) == body(world, publication_key(BONDS, 2))
    assert body(world, listing_key(BONDS))["withdrawn_at"]
    assert body(world, enrolment_key(LearnerId("learner-1"), BONDS))["completed_at"]
    assert body(world, rating_key(BONDS))["histogram"] == [0, 0, 0, 0, 0]
    assert body(world, reported_key(review_id))["reports"] == 2
    assert body(world, review_key(BONDS, review_id))["withdrawn"]
