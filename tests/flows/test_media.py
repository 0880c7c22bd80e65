"""The lecture's files: only with cookies of a live session, only of its own version."""

import httpx
import pytest

from demo.client import Answer, Client
from demo.player import Player
from tests.flows.world import World

pytestmark = pytest.mark.system

MANIFEST = "index.m3u8"


def test_files_open_to_the_live_session_of_their_own_version_only(world: World) -> None:
    course_id, another, learner = world.publish(), world.publish(), world.claimant()
    for claimed in (course_id, another):
        world.claim(learner, claimed)
    player = world.player(learner, course_id)
    folder, cookies = opened(learner, player.start()["token"])
    assert status_of(world, folder, {}) == 403
    assert status_of(world, folder, cookies) == 200
    assert status_of(world, folder, {name: "x" + value[1:] for name, value in cookies.items()}) == 403
    other_folder, other_cookies = opened(learner, world.player(learner, another).start(take_over=True)["token"])
    assert status_of(world, other_folder, cookies) == 403
    assert status_of(world, other_folder, other_cookies) == 200


def test_files_are_renewed_for_the_lease_and_for_nobody_else(world: World) -> None:
    course_id, learner = world.publish(), world.claimant()
    world.claim(learner, course_id)
    token = world.player(learner, course_id).start()["token"]
    assert grant(learner, token).ok
    assert grant(world.claimant(), token).code == "TOKEN_INVALID"
    second: Player = world.player(learner, course_id)
    second.start(take_over=True)
    assert grant(learner, token).code == "LEASE_SUPERSEDED"
    assert grant(learner, second.state["token"]).ok
    second.pause()
    assert grant(learner, second.state["token"]).code == "LEASE_EXPIRED"


def grant(client: Client, token: str) -> Answer:
    return client.post("/v1/playback/media-grants", {"token": token})


def opened(client: Client, token: str) -> tuple[str, dict[str, str]]:
    """The folder that is opened, and the cookies that open it."""
    granted = grant(client, token)
    headers = granted.headers
    assert isinstance(headers, httpx.Headers)
    pairs = (cookie.split(";")[0].partition("=")[::2] for cookie in headers.get_list("set-cookie"))
    return granted.accepted()["folder"], dict(pairs)


def status_of(world: World, folder: str, cookies: dict[str, str]) -> int:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    url = f"{world.system.base_url}{folder.rstrip('/')}/{MANIFEST}"
    return httpx.get(url, headers={"cookie": header} if header else {}, trust_env=False).status_code
