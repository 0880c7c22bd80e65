"""Headers that are not ASCII: refusals, never failures."""

import pytest

from services.playback.handlers.http import build_api
from tests.gateway import claims, origin_secret, request, send
from tests.unit.playback.world import LEARNER, LONG, a_world

ODD = ["学时" * 10, "caf\xe9-caf\xe9-caf\xe9-caf", "\u0661" * 20, "\udcff" * 20]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["idempotency_key", "content_type", "x_origin_verify", "x_forwarded_for", "accept"])
def test_a_header_that_is_not_ascii_is_no_failure_and_starts_nothing_it_should_not(name: str, value: str) -> None:
    world = a_world()
    headers = {"idempotency_key": "a-key-of-sixteen-characters", name: value}
    event = request("POST", "/v1/playback/sessions", {"course_id": LONG}, who=claims(LEARNER, "learner"), **headers)
    answer = send(build_api(world.context, origin_secret), event)
    harmless = name in {"x_forwarded_for", "accept"}
    assert (answer.status == 201) if harmless else (400 <= answer.status < 500)
