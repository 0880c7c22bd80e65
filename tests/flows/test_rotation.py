"""Each rotation on the running system, step by step, while a learner goes on: `ops.rotate` without its waits.

In place of a wait, functions are ended, so that the next call reads every secret anew. `make drill-rotate` waits.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import pytest

from demo.client import Client
from local.assembly import of_type
from local.played import DISTRIBUTION
from local.system import STAGE
from ops.rotate import ROTATIONS
from ops.rotation.steps import Pace, Rotation, Subject
from tests.flows.test_media import opened, status_of
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

READS = ("/v1/catalog/enquiries", "/v1/orders/cart", "/v1/playback/jwks", "/v1/credits/account")


@pytest.fixture
def rotation(world: World) -> Callable[[str], Rotation]:
    """A rotation of the running system, by its name."""
    subject = Subject(world.system.client, STAGE, Pace())
    return lambda name: ROTATIONS[name](subject)


@contextmanager
def watched(*looks: Callable[[], int]) -> Iterator[None]:
    """Somebody goes on looking while the block runs, and is never refused."""
    seen: list[int] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.extend(each() for each in looks)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    assert len(seen) > len(looks)
    assert not [status for status in seen if status >= 400], seen


def test_the_origins_header_changes_and_no_service_refuses(world: World, rotation: Callable[[str], Rotation]) -> None:
    learner, origin = world.learner(), rotation("origin")
    old = sent_header(world)
    with watched(*(partial(_status, learner, path) for path in READS)):
        origin.begin()
        new = accepted_headers(world)["next"]
        # Read anew by whoever meets it: the wait makes sure of it everywhere.
        eventually(lambda: all(directly(world, learner, path, new) != 403 for path in READS))
        assert sent_header(world) == old
        origin.go_on()
        assert sent_header(world) == new
        time.sleep(1)
        origin.go_on()
    assert not origin.under_way
    assert set(accepted_headers(world)) == {"current"}
    end_functions(world, "catalog", "enquiries")
    assert directly(world, learner, READS[0], old) == 403
    assert directly(world, learner, READS[0], new) != 403


def test_the_key_of_media_changes_and_no_cookie_is_refused_before_it_is_over(
    world: World, rotation: Callable[[str], Rotation]
) -> None:
    course_id, learner = world.publish(), world.claimant()
    world.claim(learner, course_id)
    token = world.player(learner, course_id).start()["token"]
    media = rotation("media")
    folder, before = opened(learner, token)
    with watched(partial(status_of, world, folder, before)):
        media.begin()
        media.go_on()
        time.sleep(1)
        media.go_on()
        end_functions(world, "playback", "media")
        folder, after = opened(learner, token)
        assert after["CloudFront-Key-Pair-Id"] != before["CloudFront-Key-Pair-Id"]
        assert status_of(world, folder, after) == 200
    media.go_on()
    assert not media.under_way
    assert eventually(lambda: status_of(world, folder, before) == 403)
    assert status_of(world, folder, after) == 200


def test_a_key_ring_gets_a_key_and_what_the_old_one_sealed_stays_valid(
    world: World, rotation: Callable[[str], Rotation]
) -> None:
    course_id, learner = world.publish(), world.claimant()
    world.claim(learner, course_id)
    player, ring = world.player(learner, course_id), rotation("playback-keyring")
    before = player.start()["token"].partition(".")[0]
    ring.begin()
    ring.go_on()
    end_functions(world, "playback", "beat")
    assert player.beat()["token"].partition(".")[0] != before
    player.watch()
    assert player.state["completed"]
    assert not ring.under_way


def test_another_key_signs_evidence_and_both_are_published(world: World, rotation: Callable[[str], Rotation]) -> None:
    evidence, before = rotation("evidence"), signing_keys(world)
    evidence.begin()
    added = eventually(lambda: [key for key in signing_keys(world) if key not in before])
    assert signing_keys(world)[0] == before[0], "it signs before anybody can know it"
    evidence.go_on()
    eventually(lambda: signing_keys(world)[0] == added[0])
    assert set(signing_keys(world)) == {*before, *added}


def signing_keys(world: World) -> list[str]:
    """The ids of the published keys, the one that signs first."""
    return [key["kid"] for key in world.public.get("/v1/playback/jwks").accepted()["keys"]]


def sent_header(world: World) -> str:
    """What the distribution sends, as it is deployed."""
    edge = next(stack for stack in world.system.stacks if stack.is_edge)
    ((name, _),) = of_type(edge.template, DISTRIBUTION)
    id_ = world.system.deployed.resources[edge.name][name]
    config = world.system.client("cloudfront").get_distribution_config(Id=id_)["DistributionConfig"]
    (value,) = {
        h["HeaderValue"] for o in config["Origins"]["Items"] for h in o.get("CustomHeaders", {}).get("Items", [])
    }
    return str(value)


def accepted_headers(world: World) -> dict[str, str]:
    """What functions accept."""
    return dict(Subject(world.system.client, STAGE, Pace()).read(f"{STAGE.prefix}-origin").members)


def directly(world: World, learner: Client, path: str, header: str) -> int:
    """What a function says to somebody who goes past the distribution with this header."""
    service = path.split("/")[2]
    apis = {api["Name"]: api["ApiId"] for api in world.system.client("apigatewayv2").get_apis()["Items"]}
    url = f"{world.system.endpoint_url}/_aws/execute-api/{apis[f'{STAGE.prefix}-{service}']}/$default{path}"
    headers = {"authorization": f"Bearer {learner.token}", "x-origin-verify": header}
    return httpx.get(url, headers=headers, timeout=60, trust_env=False).status_code


def end_functions(world: World, service: str, *handlers: str) -> None:
    """As if the time had passed that they keep a secret."""
    for handler in handlers:
        world.system.kill(world.system.function(service, handler))


def _status(client: Client, path: str) -> int:
    return client.get(path).status
