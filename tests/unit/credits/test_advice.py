"""Quotas as they stand, and what a course would give, told before it is begun."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.credits.app.advice.advise import Advice, advise, read_quotas
from services.credits.domain.ids import CourseId, LearnerId
from services.credits.domain.review import Standing
from services.credits.handlers.http import build_api
from services.kit.problems import Problem
from tests.gateway import claims, origin_secret, request, send
from tests.unit.credits.world import AFP, CFP, LEARNER, NOON_IN_SHANGHAI, OTHER, World, completed, membership, refunded

PATH = "/v1/credits/courses/next/advice"


def a_member(*earned: str, quota: str | None = "25") -> World:
    """A member with an AFP certificate who has watched courses of these hours on the membership."""
    w = World()
    w.certify(AFP)
    w.deliver(membership(quota=quota))
    for number, hours in enumerate(earned):
        w.publish(f"c{number}", content=f"lecture-{number}", hours=hours, eligible=("AFP",))
        w.deliver(completed(f"w{number}", f"c{number}", period="m1"))
    return w


def advice(w: World, hours: str = "1.5", *, on_membership: bool = True, learner: LearnerId = LEARNER) -> Advice:
    """Of a new course for AFP and CFP."""
    w.publish("next", content="next", hours=hours, eligible=("AFP", "CFP"))
    return advise(w.ctx, learner, CourseId("next"), "v1", on_membership=on_membership)


def outline(found: Advice) -> list[str]:
    """In short: "award AFP 1.5 COMPLETED"."""
    return [f"{d.kind} {d.credential or '-'} {d.hours} {d.reason}" for d in found.outcomes]


def test_24_of_25_hours_do_not_cover_one_and_a_half_more_and_the_learner_is_told_before() -> None:
    w = a_member("24")
    found = advice(w, "1.5")
    assert found.quota
    assert (found.quota.charged, found.quota.left, found.covered) == (Decimal(24), Decimal(1), False)
    assert outline(found) == ["hold AFP 1.5 MEMBER_QUOTA_EXCEEDED", "hold CFP 1.5 NO_CERTIFICATE"]
    before = w.state()
    w.deliver(completed("w-next", "next", period="m1"))
    assert w.outline()[-2:] == outline(found)
    assert w.state() != before


@pytest.mark.parametrize(("hours", "covered"), [("1", True), ("1.01", False)])
def test_the_quota_covers_a_course_to_the_last_hundredth(hours: str, covered: bool) -> None:
    assert advice(a_member("24"), hours).covered is covered


def test_advice_enters_nothing() -> None:
    w = a_member("24")
    w.publish("next", content="next", hours="1.5", eligible=("AFP",))
    before = w.state()
    advise(w.ctx, LEARNER, CourseId("next"), "v1", on_membership=True)
    assert w.state() == before


def test_a_claim_or_purchase_asks_nothing_of_the_quota() -> None:
    found = advice(a_member("24"), on_membership=False)
    assert found.covered is None
    assert outline(found)[0] == "award AFP 1.5 COMPLETED"


def test_a_plan_without_a_limit_covers_everything() -> None:
    found = advice(a_member("24", quota=None), "100")
    assert found.quota
    assert (found.quota.left, found.covered) == (None, True)


def test_two_courses_under_way_are_both_covered_and_the_second_to_be_completed_waits() -> None:
    w = a_member("22")
    w.publish("other", content="other", hours="2", eligible=("AFP",))
    assert advice(w, "2").covered
    assert advise(w.ctx, LEARNER, CourseId("other"), "v1", on_membership=True).covered
    w.deliver(completed("w-next", "next", period="m1"))
    assert not advise(w.ctx, LEARNER, CourseId("other"), "v1", on_membership=True).covered


def test_what_was_awarded_in_this_period_gives_nothing_more() -> None:
    w = a_member()
    advice(w)
    w.deliver(completed("w-next", "next", period="m1"))
    found = advise(w.ctx, LEARNER, CourseId("next"), "v1", on_membership=True)
    assert outline(found)[0] == "declined AFP 0 ALREADY_AWARDED_IN_PERIOD"
    assert found.outcomes[0].period
    assert found.watched


def test_certificates_that_are_not_registered_are_one_sentence_beside_those_that_are() -> None:
    assert [draft.credential for draft in advice(a_member()).for_others] == [CFP]
    assert advice(World()).for_others == [], "who has none is told of each"


def test_a_lecture_is_watched_once_the_ledger_has_a_watch_of_it_whatever_became_of_that() -> None:
    w = a_member()
    assert not advice(w).watched
    w.deliver(completed("w-next", "next"))
    w.deliver(refunded("w-next"))
    found = advise(w.ctx, LEARNER, CourseId("next"), "v1", on_membership=False)
    assert (found.watched, outline(found)[0]) == (True, "award AFP 1.5 COMPLETED")


def test_a_membership_that_has_ended_or_was_taken_back_has_no_quota_to_ask() -> None:
    w = a_member()
    w.deliver(membership(sequence=2, revoked=True))
    assert (advice(w).quota, advice(w).covered) == (None, None)
    late = a_member()
    late.clock.advance(366 * 86_400_000)
    assert advice(late).quota is None
    assert advice(a_member(), learner=OTHER).quota is None


def test_hours_that_wait_for_room_and_hours_that_were_given_back_are_seen_in_the_quota() -> None:
    w = a_member("20", "4", "3")
    (state,) = read_quotas(w.ctx, LEARNER)
    assert (state.charged, state.left, state.waiting) == (Decimal(24), Decimal(1), Decimal(3))
    w.review(2, Standing.VOID)
    for event in w.sent("credits.hours_reversed.v1"):
        w.deliver(event)
    (state,) = read_quotas(w.ctx, LEARNER)
    assert (state.charged, state.left, state.waiting) == (Decimal(23), Decimal(2), Decimal(0))


def test_a_watch_that_serves_two_certificates_waits_once() -> None:
    w = a_member("24")
    w.certify(CFP)
    advice(w)
    w.deliver(completed("w-next", "next", period="m1"))
    assert read_quotas(w.ctx, LEARNER)[0].waiting == Decimal("1.5")


def test_quotas_come_newest_first_and_a_shrunken_one_leaves_nothing() -> None:
    w = a_member("24")
    w.deliver(membership(quota="10", sequence=2))
    w.deliver(membership("m2", start=NOON_IN_SHANGHAI + timedelta(days=365)))
    assert [(q.period.id, q.left) for q in read_quotas(w.ctx, LEARNER)] == [("m2", Decimal(25)), ("m1", Decimal(0))]


def test_the_course_must_be_known_in_this_version() -> None:
    w = a_member()
    w.publish("next", content="next")
    for course, version in (("next", "v9"), ("nothing", "v1")):
        with pytest.raises(Problem) as caught:
            advise(w.ctx, LEARNER, CourseId(course), version, on_membership=True)
        assert caught.value.type.code == "COURSE_NOT_FOUND"


def test_over_http() -> None:
    w = a_member("24")
    w.publish("next", content="next", hours="1.5", eligible=("AFP",))
    api, who = build_api(w.ctx, origin_secret), claims(LEARNER, "learner")
    (quota,) = send(api, request("GET", "/v1/credits/quotas", who=who)).body["periods"]
    assert quota == {
        "membership_period_id": "m1",
        "valid_from": "2026-01-05T04:00:00Z",
        "valid_until": "2027-01-05T04:00:00Z",
        "running": True,
        "allowed_hours": "25",
        "charged_hours": "24",
        "left_hours": "1",
        "waiting_hours": "0",
    }
    answer = send(api, request("GET", f"{PATH}?content_version=v1&on_membership=true", who=who))
    assert answer.status == 200, answer.body
    assert (answer.body["covered"], answer.body["quota"]) == (False, quota)
    (outcome,) = answer.body["outcomes"]
    assert (outcome["kind"], outcome["reason"]["code"]) == ("hold", "MEMBER_QUOTA_EXCEEDED")
    assert "购买此课程则不占用额度" in outcome["reason"]["text"]
    refused = send(api, request("GET", f"{PATH}?content_version=v2", who=who))
    assert (refused.status, refused.code) == (404, "COURSE_NOT_FOUND")
