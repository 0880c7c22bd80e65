"""Risk signals over HTTP: a script that clicks at once becomes a case that a reviewer sees and closes."""

from datetime import datetime

import pytest

from demo.people import learner_id_of
from services.kit.days import civil_day
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

CASES = "/v1/playback/risk-cases"


def test_a_reviewer_sees_who_confirms_faster_than_people_can_and_closes_the_case(world: World) -> None:
    course_id, learner, reviewer = world.publish(), world.member(), world.staff("reviewer")
    world.claim(learner, course_id)
    watched = world.watch(learner, course_id)
    watch_id = watched["watch_id"]
    case = eventually(lambda: (answer := reviewer.get(f"{CASES}/{watch_id}")).ok and answer.accepted())
    assert (case["learner_id"], case["status"]) == (learner_id_of(learner), "open")
    assert "impossible_reaction" in {signal["kind"] for signal in case["signals"]}
    assert (case["legs"][0]["kind"], case["legs"][-1]["kind"]) == ("started", "completed")
    assert [leg["response_ms"] for leg in case["legs"] if leg["response_ms"] is not None] == case["reactions"]
    (told,) = world.events("playback", "playback.risk_signalled", watch_id)
    assert told["data"]["learner_id"] == learner_id_of(learner)
    world.settle()
    assert world.awards(learner), "a signal refuses nothing by itself"

    month = civil_day(datetime.fromisoformat(watched["completed_at"])).isoformat()[:7]
    listed = reviewer.get(f"{CASES}?period={month}&status=open").accepted()["cases"]
    assert watch_id in {listed_case["watch_id"] for listed_case in listed}
    reviewed = reviewer.post(f"{CASES}/{watch_id}/review", {"reason": "a test's player"}).accepted()
    assert (reviewed["status"], reviewed["review"]["reason"]) == ("reviewed", "a test's player")
    assert reviewer.post(f"{CASES}/{watch_id}/review", {"reason": "again"}).code == "RISK_CASE_REVIEWED"
    assert learner.get(f"{CASES}/{watch_id}").code == "WRONG_ROLE"
