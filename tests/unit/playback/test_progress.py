"""How far a learner is, also one who has not begun."""

from services.playback.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.playback.player import play
from tests.unit.playback.world import LEARNER, LONG, OTHER, SHORT, World, a_world


def get(world: World, path: str, learner: str = LEARNER) -> Answer:
    """The answer to a learner."""
    return send(build_api(world.context, origin_secret), request("GET", path, who=claims(learner, "learner")))


def test_not_to_have_begun_is_an_answer_and_no_error() -> None:
    world = a_world()
    assert get(world, f"/v1/playback/courses/{LONG}/progress").code == "COURSE_NOT_FOUND"
    answer = get(world, f"/v1/playback/progress/{LONG}")
    assert (answer.status, answer.body) == (200, {"progress": None})
    play(world, world.start(), 5_000)
    found = get(world, f"/v1/playback/progress/{LONG}").body["progress"]
    assert found == get(world, f"/v1/playback/courses/{LONG}/progress").body
    assert (found["furthest_ms"], found["completed"]) == (5_000, False)
    assert get(world, f"/v1/playback/progress/{LONG}", OTHER).body == {"progress": None}


def test_all_that_was_begun_is_listed_with_what_was_watched_last() -> None:
    world = a_world()
    assert get(world, "/v1/playback/progress").body == {"courses": [], "after": None}
    play(world, world.start(LONG), 5_000)
    play(world, world.start(SHORT, take_over=True), 3_000)
    found = {one["course_id"]: one for one in get(world, "/v1/playback/progress").body["courses"]}
    assert found.keys() == {LONG, SHORT}
    assert found[SHORT]["recency"] > found[LONG]["recency"]
    for course_id, one in found.items():
        del one["recency"]
        assert one == get(world, f"/v1/playback/progress/{course_id}").body["progress"]
    assert get(world, "/v1/playback/progress", OTHER).body["courses"] == []


def test_the_list_comes_by_course_a_page_at_a_time() -> None:
    world = a_world()
    for course_id in (SHORT, LONG):
        play(world, world.start(course_id, take_over=True), 1_000)
    first = get(world, "/v1/playback/progress?limit=1").body
    second = get(world, f"/v1/playback/progress?limit=1&after={first['after']}").body
    assert second["after"] is None
    assert [one["course_id"] for page in (first, second) for one in page["courses"]] == sorted([LONG, SHORT])
