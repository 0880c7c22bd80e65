"""Reviews: who may write one, what counts, who decides; attacks are named as such."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.app.learning.items import enrolment_key
from services.catalog.app.reviews.items import read_rating
from services.catalog.app.reviews.moderate_reviews import decide_review
from services.catalog.app.reviews.read_reviews import list_reviews, may_review, read_own_review
from services.catalog.app.reviews.write_review import (
    REPORTS_PER_DAY,
    WRITES_PER_DAY,
    withdraw_review,
    write_review,
)
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.domain.learning import Enrolment
from services.catalog.domain.review import Rating, Review, ReviewContent
from services.catalog.handlers import http, reviews
from services.kit.http import HttpApi
from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Put
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.catalog.world import BONDS, MODERATOR, PUBLISHED_AT, World, learner

COURSE = BONDS
OWN = f"/v1/catalog/reviews/{COURSE}"
ALL = f"/v1/catalog/courses/{COURSE}/reviews"
GOOD = {"display_name": "路过的规划师", "stars": 4, "text": "例子讲得清楚，第二天就用上了。"}
DAY_MS = 86_400_000


def complete(world: World, learner_id: str, course_id: CourseId = COURSE) -> None:
    """The learner has watched the whole course."""
    world.store.commit(
        Change([Put(enrolment_key(LearnerId(learner_id), course_id), Enrolment(PUBLISHED_AT, PUBLISHED_AT))])
    )


def review(world: World, learner_id: str, stars: int = 4, text: str = "很好") -> Review:
    """A review of somebody who has completed the course."""
    if not may_review(world.ctx, learner(learner_id), COURSE):
        complete(world, learner_id)
    return write_review(world.ctx, learner(learner_id), COURSE, ReviewContent("学员", stars, text))


def listed(world: World) -> list[Review]:
    return list(list_reviews(world.ctx, COURSE, "", 50).items)


def refused(code: str, action: Any, *arguments: Any, **named: Any) -> None:
    with pytest.raises(Problem) as caught:
        action(*arguments, **named)
    assert caught.value.type.code == code


@pytest.fixture
def api(world: World) -> HttpApi:
    return reviews.build_api(world.ctx, origin_secret)


@pytest.fixture
def reader(world: World) -> HttpApi:
    return http.build_api(world.ctx, world.search, origin_secret)


def put(api: HttpApi, who: str = "learner-1", **changes: Any) -> Answer:
    return send(api, request("PUT", OWN, {**GOOD, **changes}, who=claims(who)))


def test_a_review_is_written_edited_withdrawn_and_written_again(world: World, api: HttpApi, reader: HttpApi) -> None:
    complete(world, "learner-1")
    own = send(api, request("GET", OWN, who=claims("learner-1"))).body
    assert own == {"may_review": True, "review": None, "hidden_because": None}
    written = put(api).body["review"]
    world.clock.advance(1_000)
    edited = put(api, stars=2).body["review"]
    assert (edited["review_id"], edited["stars"], written["edited_at"]) == (written["review_id"], 2, None)
    assert edited["edited_at"]
    answer = send(reader, request("GET", ALL)).body
    assert answer["rating"] == {"average": "2.0", "count": 1, "histogram": [0, 1, 0, 0, 0]}
    assert answer["reviews"] == [edited]
    assert send(api, request("DELETE", OWN, who=claims("learner-1"))).body["review"] is None
    assert send(api, request("DELETE", OWN, who=claims("learner-1"))).status == 200
    empty = send(reader, request("GET", ALL)).body
    assert (empty["reviews"], empty["rating"]["count"], empty["rating"]["average"]) == ([], 0, None)
    assert put(api).body["review"]["review_id"] == written["review_id"]
    assert len(listed(world)) == 1


def test_nobody_learns_whose_review_it_is(world: World, reader: HttpApi) -> None:
    review(world, "learner-secret")
    assert "learner-secret" not in str(send(reader, request("GET", ALL)).body)


def test_the_page_of_the_course_has_the_rating(world: World, reader: HttpApi) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    for learner_id, stars in (("a", 5), ("b", 4), ("c", 4)):
        review(world, learner_id, stars)
    page = send(reader, request("GET", f"/v1/catalog/courses/{COURSE}")).body
    assert page["rating"] == {"average": "4.3", "count": 3, "histogram": [0, 0, 0, 2, 1]}
    (found,) = send(reader, request("GET", "/v1/catalog/search?sort=best_rated")).body["courses"]
    assert found["rating"] == page["rating"]


def test_attack_review_without_completion(world: World, api: HttpApi) -> None:
    assert put(api).code == "NOT_COMPLETED"
    world.store.commit(Change([Put(enrolment_key(LearnerId("learner-1"), COURSE), Enrolment(PUBLISHED_AT))]))
    complete(world, "learner-1", CourseId("another-course"))
    before = dict(world.store.items)
    assert put(api).code == "NOT_COMPLETED"
    assert world.store.items == before


def test_attack_two_reviews_by_parallel_calls(world: World) -> None:
    complete(world, "learner-1")

    def write(number: int) -> None:
        with suppress(Conflict):  # answered as BUSY; nothing was changed
            content = ReviewContent("学员", number % 5 + 1, f"第 {number} 次")
            write_review(world.ctx, learner("learner-1"), COURSE, content)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    (only,) = listed(world)
    assert read_rating(world.store, COURSE).count == 1
    assert read_rating(world.store, COURSE).average == only.written.stars


def test_many_learners_at_once_are_all_counted_exactly(world: World) -> None:
    def write(number: int) -> None:
        while True:
            try:
                return void(review(world, f"learner-{number}", number % 5 + 1))
            except Conflict:  # as a client does on BUSY: again
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(30)))
    assert read_rating(world.store, COURSE).histogram == (6, 6, 6, 6, 6)


def void(_: object) -> None:
    """Nothing."""


def test_attack_stored_script_stays_text(world: World, api: HttpApi, reader: HttpApi) -> None:
    complete(world, "learner-1")
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    put(api, text=script, display_name="<b>我</b>")
    answer = reader.handle(request("GET", ALL), None)  # type: ignore[arg-type]
    assert answer["headers"]["Content-Type"] == "application/json"
    (shown,) = send(reader, request("GET", ALL)).body["reviews"]
    assert (shown["text"], shown["display_name"]) == (script, "<b>我</b>")


@pytest.mark.parametrize(
    "changes",
    [
        {"stars": 0}, {"stars": 6}, {"stars": 4.5}, {"stars": "5"}, {"text": ""}, {"text": " \n "},
        {"text": "长" * 1_001}, {"display_name": "长" * 21}, {"display_name": "  "}, {"display_name": "两\n行"},
        {"display_name": "倒\u202e写"}, {"text": "看\u0000见"}, {"learner_id": "learner-2"},
    ],
)  # fmt: skip
def test_malformed_reviews(world: World, api: HttpApi, changes: dict[str, Any]) -> None:
    complete(world, "learner-1")
    before = dict(world.store.items)
    assert put(api, **changes).code == "INVALID_REQUEST"
    assert world.store.items == before


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("好" + "\u0335\u0322\u0309" * 20 + "课", "好\u0335\u0322\u0309\u0335课"),
        ("a\u20dd" * 2 + "\u20dd" * 9, "a\u20dda" + "\u20dd" * 4),
        ("Ph\u1ea3n h\u0302\u0300i", "Ph\u1ea3n h\u0302\u0300i"),
        ("\u05d1\u05bc\u05b0\u05bd", "\u05d1\u05bc\u05b0\u05bd"),
        ("1\ufe0f\u20e3 \U0001f469\U0001f3fd \u2764\ufe0f", "1\ufe0f\u20e3 \U0001f469\U0001f3fd \u2764\ufe0f"),
    ],
)
def test_marks_are_cut_to_what_fits_a_line(
    world: World, api: HttpApi, reader: HttpApi, written: str, kept: str
) -> None:
    complete(world, "learner-1")
    assert put(api, text=written, display_name=f"甲{written[1:20]}").status == 200
    (shown,) = send(reader, request("GET", ALL)).body["reviews"]
    assert shown["text"] == kept
    assert len(shown["display_name"]) <= 20


def test_attack_flood_of_edits(world: World) -> None:
    for number in range(WRITES_PER_DAY):
        review(world, "learner-1", text=str(number))
    refused("TOO_OFTEN", review, world, "learner-1", text="more")
    review(world, "learner-1", text=str(WRITES_PER_DAY - 1))  # the same again changes nothing and is no use
    world.clock.advance(DAY_MS)
    assert review(world, "learner-1", text="more").written.text == "more"


def report(api: HttpApi, review_id: str, learner_id: str) -> Answer:
    return send(api, request("POST", f"{OWN}/{review_id}/reports", {"reason": "广告"}, who=claims(learner_id)))


def decide(api: HttpApi, review_id: str, who: str = "moderator-1", *, hide: bool) -> Answer:
    body = {"hide": hide, "reason": "与课程无关"}
    return send(api, request("POST", f"{OWN}/{review_id}/decision", body, who=claims(who, "moderator")))


def queue(api: HttpApi, state: str = "waiting") -> list[dict[str, Any]]:
    path = f"/v1/catalog/reported-reviews?state={state}"
    answer = send(api, request("GET", path, who=claims("moderator-1", "moderator")))
    return list(answer.body["reviews"])


def test_reported_hidden_with_a_reason_seen_by_its_author_and_shown_again(world: World, api: HttpApi) -> None:
    bad = review(world, "learner-1", 1, "加我微信")
    review(world, "learner-2", 5)
    assert report(api, bad.review_id, "learner-3").status == 200
    assert report(api, bad.review_id, "learner-3").status == 200
    assert report(api, bad.review_id, "learner-4").status == 200
    (waiting,) = queue(api)
    assert (waiting["reports"], waiting["text"], waiting["reason"]) == (2, "加我微信", "广告")
    decided = decide(api, bad.review_id, hide=True)
    assert decided.body["hidden_because"] == "与课程无关"
    assert queue(api) == []
    assert [found.learner_id for found in listed(world)] == ["learner-2"]
    assert read_rating(world.store, COURSE).histogram == (0, 0, 0, 0, 1)
    own = send(api, request("GET", OWN, who=claims("learner-1"))).body
    assert (own["hidden_because"], own["review"]["text"]) == ("与课程无关", "加我微信")
    decide(api, bad.review_id, hide=True)
    decide(api, bad.review_id, hide=False)
    assert read_rating(world.store, COURSE).histogram == (1, 0, 0, 0, 1)
    actions = [(record.action, record.actor, record.reason, record.subject) for record in world.audit()]
    subject = f"{COURSE}/{bad.review_id}"
    assert actions == [
        ("catalog.review_hidden", "moderator-1", "与课程无关", subject),
        ("catalog.review_shown", "moderator-1", "与课程无关", subject),
    ]


def test_what_was_decided_is_found_again_with_its_words_of_now(world: World, api: HttpApi) -> None:
    bad = review(world, "learner-1", 1, "加我微信")
    report(api, bad.review_id, "learner-3")
    assert queue(api, "decided") == []
    decide(api, bad.review_id, hide=True)
    review(world, "learner-1", 2, "讲得太快")
    (decided,) = queue(api, "decided")
    assert (decided["text"], decided["reason"], decided["hidden_because"]) == ("讲得太快", "广告", "与课程无关")
    decide(api, bad.review_id, hide=False)
    assert [one["hidden_because"] for one in queue(api, "decided")] == [None]
    assert [found.learner_id for found in listed(world)] == ["learner-1"]


def test_what_stands_may_be_reported_again(world: World, api: HttpApi) -> None:
    bad = review(world, "learner-1")
    report(api, bad.review_id, "learner-2")
    decide(api, bad.review_id, hide=False)
    assert (queue(api), len(listed(world)), len(world.audit())) == ([], 1, 1)
    report(api, bad.review_id, "learner-3")
    assert queue(api)[0]["reports"] == 2


def test_attack_hidden_review_by_editing_or_writing_anew(world: World) -> None:
    bad = review(world, "learner-1")
    decide_review(world.ctx, MODERATOR, COURSE, bad.review_id, hide=True, reason="广告")
    review(world, "learner-1", 5, "换个说法")
    withdraw_review(world.ctx, learner("learner-1"), COURSE)
    review(world, "learner-1", 5, "再来一次")
    assert (listed(world), read_rating(world.store, COURSE).count) == ([], 0)


def test_attack_moderator_decides_on_their_own_review(world: World, api: HttpApi) -> None:
    own = review(world, "moderator-1")
    assert decide(api, own.review_id, hide=False).code == "OWN_REVIEW"
    assert decide(api, own.review_id, hide=True).code == "OWN_REVIEW"
    assert decide(api, own.review_id, "moderator-2", hide=True).status == 200


def test_nobody_reports_their_own_a_hidden_or_no_review(world: World, api: HttpApi) -> None:
    own = review(world, "learner-1")
    assert report(api, own.review_id, "learner-1").code == "OWN_REVIEW"
    assert report(api, "0" * 32, "learner-2").code == "REVIEW_NOT_FOUND"
    assert decide(api, "0" * 32, hide=True).code == "REVIEW_NOT_FOUND"
    decide_review(world.ctx, MODERATOR, COURSE, own.review_id, hide=True, reason="广告")
    assert report(api, own.review_id, "learner-2").code == "REVIEW_NOT_FOUND"


def test_attack_flood_of_reports(world: World, api: HttpApi) -> None:
    written = [review(world, f"learner-{number}") for number in range(REPORTS_PER_DAY + 1)]
    answers = [report(api, each.review_id, "reporter") for each in written]
    assert [answer.status for answer in answers] == [200] * REPORTS_PER_DAY + [429]
    assert answers[-1].code == "TOO_OFTEN"


@pytest.mark.parametrize("roles", [("moderator",), ("editor",), ("support",)])
def test_staff_write_no_reviews(world: World, api: HttpApi, roles: tuple[str, ...]) -> None:
    complete(world, "staff")
    assert send(api, request("PUT", OWN, GOOD, who=claims("staff", *roles))).code == "WRONG_ROLE"


def test_learners_moderate_nothing(world: World, api: HttpApi) -> None:
    found = review(world, "learner-1")
    body = {"hide": True, "reason": "x"}
    path = f"{OWN}/{found.review_id}/decision"
    assert send(api, request("POST", path, body, who=claims("learner-2"))).code == "WRONG_ROLE"
    assert send(api, request("GET", "/v1/catalog/reported-reviews", who=claims("learner-2"))).code == "WRONG_ROLE"


@pytest.mark.parametrize("limit", [1, 3, 20, 50])
def test_pages_are_the_newest_first_and_skip_what_is_hidden(world: World, reader: HttpApi, limit: int) -> None:
    written = []
    for number in range(45):
        world.clock.advance(1)
        written.append(review(world, f"learner-{number}", text=str(number)))
    for hidden in written[10:40]:
        decide_review(world.ctx, MODERATOR, COURSE, hidden.review_id, hide=True, reason="x")
    texts, after = [], ""
    while True:
        page = send(reader, request("GET", f"{ALL}?limit={limit}&after={after}")).body
        assert 0 < len(page["reviews"]) <= limit
        texts += [found["text"] for found in page["reviews"]]
        after = page["after"]
        if after is None:
            break
    assert texts == [str(number) for number in [*range(44, 39, -1), *range(9, -1, -1)]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_the_rating_is_always_that_of_the_reviews_that_count(tmp_path_factory: Any, seed: int) -> None:
    world, random = World(tmp_path_factory.mktemp("reviews")), Random(seed)  # noqa: S311 (no secret)
    for _ in range(40):
        learner_id = f"learner-{random.randint(1, 5)}"
        match random.choice(["write", "write", "withdraw", "hide", "show"]):
            case "write":
                world.clock.advance(DAY_MS)
                review(world, learner_id, random.randint(1, 5), str(random.random()))
            case "withdraw":
                withdraw_review(world.ctx, learner(learner_id), COURSE)
            case decision:
                own = read_own_review(world.ctx, learner(learner_id), COURSE)
                if own:
                    hide = decision == "hide"
                    decide_review(world.ctx, MODERATOR, COURSE, own.review_id, hide=hide, reason="x")
        expected = [0] * 5
        for found in listed(world):
            expected[found.written.stars - 1] += 1
        assert read_rating(world.store, COURSE) == Rating(tuple(expected))


def test_averages_round_half_up_and_one_enthusiast_does_not_lead() -> None:
    assert Rating((0, 0, 1, 19, 0)).average == Decimal("4.0")
    assert Rating((0, 0, 1, 1, 0)).average == Decimal("3.5")
    assert Rating((1, 0, 0, 0, 19)).average == Decimal("4.8")
    assert Rating((0, 0, 0, 0, 1)).standing < Rating((0, 0, 0, 50, 50)).standing
