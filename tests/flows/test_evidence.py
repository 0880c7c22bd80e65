"""Evidence over HTTP: who gets a pack. How it is checked, with its proof from the log, is in test_log."""

import pytest

from demo.client import Answer, Client
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system


def test_learner_and_auditor_download_the_pack_and_nobody_else_does(world: World) -> None:
    course_id, learner = world.publish(), world.member()
    world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    pack = eventually(lambda: _evidence(learner, watch_id).ok and _evidence(learner, watch_id).accepted())
    assert _evidence(world.staff("auditor"), watch_id).accepted() == pack
    assert _evidence(world.learner(), watch_id).status == 404
    assert _evidence(world.public, watch_id).status == 401


def _evidence(client: Client, watch_id: str) -> Answer:
    return client.get(f"/v1/playback/watches/{watch_id}/evidence")
