"""Who may fetch a lecture, and for how long."""

import json
from base64 import b64decode
from datetime import datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.kit.problems import Problem
from services.playback.adapters.media_signer import CookieSigner
from services.playback.app.media.grant_media import MediaGrant, grant_handouts, grant_media
from services.playback.app.watching.watch import pause
from services.playback.domain.ids import CourseId, LearnerId
from tests.unit.playback.world import LEARNER, LODGER, LONG, NOON_IN_SHANGHAI, OTHER, SHORT, World, a_world, by

STRANGER = LearnerId("stranger-1")


class Named:
    """A signer that says what it was asked for."""

    def cookies(self, folder: str, until: datetime) -> dict[str, str]:
        return {"opens": f"{folder} until {until:%H:%M:%S}"}


@pytest.fixture
def world() -> World:
    return a_world()


def grant(world: World, learner_id: LearnerId, token: str) -> MediaGrant:
    return grant_media(world.media_context(Named()), by(learner_id), token)


def test_a_live_session_opens_its_own_content_version_for_five_minutes(world: World) -> None:
    state = world.start()
    assert grant(world, LEARNER, state.token).cookies == {"opens": f"/media/{LONG}/v1 until 04:05:00"}


def test_it_opens_no_longer_than_the_entitlement_holds(world: World) -> None:
    ends = NOON_IN_SHANGHAI + timedelta(seconds=90)
    world.entitle(LODGER, LONG, valid_until=ends, basis="membership")
    assert grant(world, LODGER, world.start(learner_id=LODGER).token).expires_at == ends


@pytest.mark.parametrize("case", ["paused", "expired", "taken over", "another learner", "forged"])
def test_whoever_is_not_live_opens_nothing_and_changes_nothing(world: World, case: str) -> None:
    token = world.start().token
    learner_id = LEARNER
    if case == "paused":
        pause(world.context, by(LEARNER), token, 0)
    elif case == "expired":
        world.clock.advance(60_000)
    elif case == "taken over":
        world.start(SHORT, take_over=True)
    elif case == "another learner":
        learner_id = OTHER
    else:
        token = token[:-4] + "AAAA"
    before = dict(world.store.items)
    with pytest.raises(Problem) as refusal:
        grant(world, learner_id, token)
    expected = {"paused": "LEASE_EXPIRED", "expired": "LEASE_EXPIRED", "taken over": "LEASE_SUPERSEDED"}
    assert refusal.value.type.code == expected.get(case, "TOKEN_INVALID")
    assert world.store.items == before


def handouts(world: World, learner_id: LearnerId, course_id: CourseId = LONG) -> MediaGrant:
    return grant_handouts(world.media_context(Named()), by(learner_id), course_id)


def test_handouts_open_to_who_may_watch_without_a_session_and_the_lecture_stays_shut(world: World) -> None:
    before = dict(world.store.items)
    assert handouts(world, LEARNER).cookies == {"opens": f"/media/{LONG}/v1/handouts until 04:05:00"}
    assert world.store.items == before


def test_handouts_open_no_longer_than_the_right_holds(world: World) -> None:
    ends = NOON_IN_SHANGHAI + timedelta(seconds=90)
    world.entitle(LODGER, LONG, valid_until=ends, basis="membership")
    assert handouts(world, LODGER).expires_at == ends
    world.clock.advance(90_000)
    with pytest.raises(Problem) as refusal:
        handouts(world, LODGER)
    assert refusal.value.type.code == "NOT_ENTITLED"


def test_handouts_of_a_library_course_open_on_a_running_membership(world: World) -> None:
    with pytest.raises(Problem):
        handouts(world, STRANGER)
    world.membership(STRANGER)
    assert handouts(world, STRANGER).folder == f"/media/{LONG}/v1/handouts"


@pytest.mark.parametrize(("course_id", "code"), [(LONG, "NOT_ENTITLED"), ("no-such-course", "COURSE_NOT_FOUND")])
def test_attack_handouts_of_a_course_not_owned(world: World, course_id: str, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        handouts(world, STRANGER, CourseId(course_id))
    assert refusal.value.type.code == code


def test_the_cookies_are_what_cloudfront_verifies() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    signer = CookieSigner(partial(_secret, pem))
    cookies = signer.cookies("/media/c/v", NOON_IN_SHANGHAI)
    policy, signature = (
        b64decode(cookies[name].translate(str.maketrans("-_~", "+=/")))
        for name in ("CloudFront-Policy", "CloudFront-Signature")
    )
    key.public_key().verify(signature, policy, padding.PKCS1v15(), SHA1())  # noqa: S303
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Resource"] == "http*://*/media/c/v/*"
    assert statement["Condition"]["DateLessThan"]["AWS:EpochTime"] == int(NOON_IN_SHANGHAI.timestamp())
    assert cookies["CloudFront-Key-Pair-Id"] == "K123"


def _secret(pem: str, _fresh: bool) -> dict[str, str]:
    return {"key_pair_id": "K123", "private_key": pem}
