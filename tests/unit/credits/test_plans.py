"""A learner's plan over HTTP: from their account, with what orders and playback said of courses; and its calendar."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest

from services.credits.app.courses.items import published_key
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import CourseId
from services.credits.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, CFP, CTP, LEARNER, OTHER, World, completed, membership

PLAN = "/v1/credits/plan"
HOUR_MS = 3_600_000


def course(course_id: str, access: str = "owned", price_fen: int = 0, **changed: Any) -> dict[str, Any]:
    """A course as the client says that it stands."""
    of_course = {"course_id": course_id, "content_version": "v1", "access": access, "price_fen": price_fen}
    return {**of_course, "left_ms": HOUR_MS, "started": False, **changed}


def call(world: World, method: str, path: str, body: Any = None, learner: str = LEARNER) -> Answer:
    """The answer to a learner."""
    return send(build_api(world.ctx, origin_secret), request(method, path, body, who=claims(learner, "learner")))


def plan(world: World, *courses: dict[str, Any], learner: str = LEARNER) -> Any:
    """The learner's plan."""
    answer = call(world, "POST", PLAN, {"courses": list(courses)}, learner)
    assert answer.status == 200
    return answer.body


def steps(found: Any) -> list[tuple[str, str, int]]:
    """In short."""
    return [(step["course_id"], step["access"], step["cost_fen"]) for step in found["steps"]]


@pytest.fixture
def world() -> World:
    """A holder of AFP in the period's second year, who misses all but half an hour of compulsory ones."""
    made = World()
    made.certify(AFP)
    made.publish("past", content="past", hours="28", eligible=["AFP"])
    made.deliver(completed("w-past", "past"))
    made.publish("must", content="must", hours="1", eligible=["AFP", "CFP"], category="compulsory")
    made.publish("also", content="also", hours="1", eligible=["AFP"], category="compulsory")
    made.publish("free", content="free", hours="2", eligible=["AFP"])
    made.publish("elsewhere", content="elsewhere", hours="2", eligible=["CFP"], category="compulsory")
    return made


def test_a_plan_fills_what_the_account_misses_with_compulsory_hours_of_this_certificate(world: World) -> None:
    found = plan(world, course("elsewhere"), course("free"), course("also", "priced", 5_000), course("must"))
    assert steps(found) == [("must", "owned", 0), ("also", "priced", 5_000)]
    (step, _) = found["steps"]
    assert (step["hours"], step["category"], step["credentials"], step["minutes"]) == ("1", "compulsory", ["AFP"], 60)
    assert (step["finished_on"], step["by"], step["late"]) == ("2026-01-10", "2026-12-31", False)
    by_requirement = {(need["requirement"], need["start"]): need for need in found["needs"]}
    assert by_requirement["compulsory", "2026-01-05"]["unearned_hours"] == "2"
    assert by_requirement["period", "2026-01-05"]["planned_hours"] == "2"
    over = by_requirement["year", "2025-01-01"]
    assert (over["obstacle"], over["unplanned_hours"]) == ("YEAR_OVER", "5")
    assert (found["cost_fen"], found["minutes"], found["weekly_minutes"]) == (5_000, 120, 90)


def test_what_there_are_no_courses_for_is_said(world: World) -> None:
    found = plan(world, course("must"))
    assert {(need["requirement"], need["unplanned_hours"], need["obstacle"]) for need in found["needs"]} == {
        ("compulsory", "1", "TOO_FEW_COURSES"),
        ("period", "1", "TOO_FEW_COURSES"),
        ("year", "5", "YEAR_OVER"),
    }
    assert all(need["obstacle_text"] and need["obstacle_text_en"] for need in found["needs"])


def test_what_counts_already_waits_or_is_unknown_is_not_planned_again(world: World) -> None:
    world.certify(CFP)
    world.publish("held", content="held", hours="2", eligible=["CFP"], category="compulsory")
    world.deliver(membership(quota="1"))
    world.deliver(completed("w-held", "held", period="m1"))
    found = plan(world, course("past"), course("held"), course("never-heard-of"), course("must", content_version="v9"))
    assert found["steps"] == []
    unearned = {need["requirement"]: need["unearned_hours"] for need in found["needs"] if need["credential"] == "CFP"}
    assert "compulsory" not in unearned


def test_without_a_version_it_is_the_published_one(world: World) -> None:
    published = course("must")
    del published["content_version"]
    world.publish("must", version="v2", content="must", hours="2", eligible=["AFP"], sequence=2, category="compulsory")
    world.publish("must", version="v1", content="must", hours="1", eligible=["AFP"], sequence=1, category="compulsory")
    for _ in range(2):
        (step,) = plan(world, published)["steps"]
        assert (step["content_version"], step["hours"]) == ("v2", "2")
        # Of a course that release 1.0.0 took there is no such item.
        world.store.items.pop(published_key(CourseId("must")), None)


def test_the_library_is_planned_within_the_quota_and_bought_beyond(world: World) -> None:
    world.deliver(membership(quota="1"))
    found = plan(world, course("must", "library", 3_000), course("also", "library", 5_000))
    assert sorted(steps(found)) == [("also", "library", 0), ("must", "priced", 3_000)]
    assert (found["quota_hours"], found["quota_left_hours"]) == ("1", "1")


def test_nothing_is_bought_that_the_quota_pays_though_the_library_does_not_fill_all_of_it(world: World) -> None:
    world.deliver(membership(quota="25"))
    assert steps(plan(world, course("must", "library", 3_000))) == [("must", "library", 0)]


def test_without_a_membership_nothing_rests_on_the_library(world: World) -> None:
    found = plan(world, course("must", "library", 3_000))
    assert (steps(found), found["quota_left_hours"]) == ([("must", "priced", 3_000)], None)


def test_a_certificate_without_known_figures_is_told_and_one_that_is_not_confirmed_waits() -> None:
    world = World()
    world.name()
    world.certify(CTP)
    world.register(AFP)
    world.publish("must", content="must", hours="1", eligible=["AFP", "CTP"], category="compulsory")
    found = plan(world, course("must"))
    assert [one["credential"] for one in found["unknown"]] == ["CTP"]
    assert {need["credential"] for need in found["needs"]} == {"AFP"}
    assert [(one["credential"], one["reason"]["code"]) for one in found["waiting"]] == [
        ("AFP", "CERTIFICATE_NOT_CONFIRMED")
    ]
    assert [step["course_id"] for step in found["steps"]] == ["must"]


def test_a_plan_enters_nothing_and_is_ones_own(world: World) -> None:
    before = world.state()
    plan(world, course("must"))
    assert world.state() == before
    assert plan(world, course("must"), learner=OTHER)["needs"] == []


def test_the_pace_is_kept_and_moves_the_days(world: World) -> None:
    settings = f"{PLAN}/settings"
    assert call(world, "GET", settings).body == {"weekly_minutes": 90}
    assert call(world, "PUT", settings, {"weekly_minutes": 60}).body == {"weekly_minutes": 60}
    assert call(world, "PUT", settings, {"weekly_minutes": 60}).status == 200
    assert call(world, "GET", settings).body == {"weekly_minutes": 60}
    assert plan(world, course("must"))["steps"][0]["finished_on"] == "2026-01-12"
    assert call(world, "GET", settings, learner=OTHER).body == {"weekly_minutes": 90}


@pytest.mark.parametrize("minutes", [0, 10, 17, 1_205, "90", None])
def test_a_pace_that_is_none(world: World, minutes: Any) -> None:
    assert call(world, "PUT", f"{PLAN}/settings", {"weekly_minutes": minutes}).code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "change", [{"access": "stolen"}, {"price_fen": -1}, {"left_ms": -1}, {"left_ms": 1e9}, {"hours": "30"}]
)
def test_courses_that_are_none(world: World, change: dict[str, Any]) -> None:
    body = {"courses": [{**course("must"), **change}]}
    assert call(world, "POST", PLAN, body).code == "INVALID_REQUEST"


def test_too_many_courses(world: World) -> None:
    body = {"courses": [course(f"c{number}") for number in range(201)]}
    assert call(world, "POST", PLAN, body).code == "INVALID_REQUEST"


def calendar(world: World, *courses: dict[str, Any]) -> dict[str, Any]:
    """The events of the plan's file by their uid, as a library reads them."""
    answer = call(world, "POST", f"{PLAN}/calendar", {"courses": list(courses)})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    read: Any = icalendar.Calendar.from_ical(answer.body)
    assert not any(component.errors for component in read.walk())
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def test_the_calendar_has_the_courses_on_their_days_and_the_deadlines(world: World) -> None:
    events = calendar(world, course("must"), course("also"))
    must, also = events[f"plan-must-{LEARNER}@xueshi"], events[f"plan-also-{LEARNER}@xueshi"]
    assert [also["DTSTART"].dt, must["DTSTART"].dt] == [date(2026, 1, 10), date(2026, 1, 15)]
    assert all(event["DTEND"].dt - event["DTSTART"].dt == timedelta(1) for event in events.values())
    assert "最迟2026年12月31日完成" in must["DESCRIPTION"]
    assert "by 31 December 2026 at the latest" in must["DESCRIPTION"]
    (alarm,) = must.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=15), "at nine in the morning of the day before"
    assert f"AFP-2025-01-01-{LEARNER}@xueshi" in events


def test_a_course_keeps_its_entry_whatever_its_day(world: World) -> None:
    before = calendar(world, course("must"))
    call(world, "PUT", f"{PLAN}/settings", {"weekly_minutes": 15})
    after = calendar(world, course("must"))
    uid = f"plan-must-{LEARNER}@xueshi"
    assert before.keys() == after.keys()
    assert before[uid]["DTSTART"].dt < after[uid]["DTSTART"].dt


def test_a_calendar_cannot_be_empty() -> None:
    answer = call(World(), "POST", f"{PLAN}/calendar", {"courses": []})
    assert answer.code == "NO_DEADLINES"


def test_who_has_everything_has_nothing_to_plan() -> None:
    world = World()
    world.certify(AFP, start=date(2026, 1, 1))
    world.publish("much", content="much", eligible=["AFP"], hours="30", category="compulsory")
    world.deliver(completed("w-much", "much"))
    world.publish("must", content="must", hours="1", eligible=["AFP"])
    found = plan(world, course("must"))
    assert {need["start"] for need in found["needs"]} == {"2027-01-01"}, "the second year asks for five of its own"
    assert Credential(found["needs"][0]["credential"]) is AFP
    assert found["steps"][0]["finished_on"] >= "2027-01-01"
