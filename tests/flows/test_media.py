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


def test_handouts_open_to_who_may_watch_and_are_saved_under_their_name(world: World) -> None:
    course_id, learner = world.publish(handouts={"课件 (一).pdf": b"%PDF-1.7 slides"}), world.claimant()
    shown = world.learner().get(f"/v1/catalog/courses/{course_id}").accepted()["media"]["handouts"]
    assert [(one["name"], one["bytes"]) for one in shown] == [("课件 (一).pdf", 15)]
    path = f"/v1/playback/courses/{course_id}/handout-grants"
    assert learner.post(path, {}).code == "NOT_ENTITLED"
    world.claim(learner, course_id)
    world.settle()
    folder, cookies = cookies_of(learner.post(path, {}))
    taken = fetch(world, shown[0]["path"], cookies)
    assert (taken.status_code, taken.content) == (200, b"%PDF-1.7 slides")
    assert taken.headers["content-type"] == "application/pdf"
    assert (
        taken.headers["content-disposition"] == "attachment; filename*=UTF-8''%E8%AF%BE%E4%BB%B6%20%28%E4%B8%80%29.pdf"
    )
    assert fetch(world, shown[0]["path"], {}).status_code == 403
    # They open no lecture.
    assert status_of(world, folder.removesuffix("/handouts"), cookies) == 403


def grant(client: Client, token: str) -> Answer:
    return client.post("/v1/playback/media-grants", {"token": token})


def opened(client: Client, token: str) -> tuple[str, dict[str, str]]:
    """The folder that is opened, and the cookies that open it."""
    return cookies_of(grant(client, token))


def cookies_of(granted: Answer) -> tuple[str, dict[str, str]]:
    """The folder that is opened, and the cookies that open it."""
    headers = granted.headers
    assert isinstance(headers, httpx.Headers)
    pairs = (cookie.split(";")[0].partition("=")[::2] for cookie in headers.get_list("set-cookie"))
    return granted.accepted()["folder"], dict(pairs)


def status_of(world: World, folder: str, cookies: dict[str, str]) -> int:
    return fetch(world, f"{folder.rstrip('/')}/{MANIFEST}", cookies).status_code


def fetch(world: World, path: str, cookies: dict[str, str]) -> httpx.Response:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"cookie": header} if header else {}
    return httpx.get(f"{world.system.base_url}{path}", headers=headers, trust_env=False)
