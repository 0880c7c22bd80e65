"""How far a learner is, also one who has not begun."""

from services.playback.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.playback.player import play
from tests.unit.playback.world import LEARNER, LONG, OTHER, World, a_world


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
