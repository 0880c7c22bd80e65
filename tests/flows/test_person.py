"""A person on the running system: told by inbox and e-mail, and forgotten when they ask for it."""

import httpx
import pytest

from demo.people import learner_id_of
from local.mailbox import MESSAGES, PATH
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

NAME = "欧阳知行"


def test_a_learner_is_told_by_inbox_and_mail_and_nothing_names_them_once_they_are_forgotten(world: World) -> None:
    course_id, learner = world.publish(), world.claimant()
    learner_id, email = learner_id_of(learner), f"person-{course_id}@example.com"
    profile = {"revision": 0, "real_name": NAME, "email": email, "employer": f"公司-{course_id}"}
    learner.patch("/v1/credits/profile", profile).accepted()
    world.claim(learner, course_id)
    world.watch(learner, course_id)
    world.settle()
    inbox = learner.get("/v1/credits/notices").accepted()
    assert inbox["unread"] == len(inbox["notices"]) > 0
    assert {notice["kind"] for notice in inbox["notices"]} == {"hold"}
    mails = eventually(lambda: mails_to(world, email))
    assert len(mails) == len(inbox["notices"])
    assert email in httpx.get(world.system.base_url + PATH).text

    path = f"/v1/credits/learners/{learner_id}/erasure"
    world.admin.post(path, {"reason": "asked on paper"}).accepted()
    world.settle()
    kept = " ".join(str(item) for items in world.state().values() for item in items)
    assert learner_id in kept
    assert [found for found in (NAME, email, f"公司-{course_id}") if found in kept] == []
    assert not_found(world, learner_id)


def mails_to(world: World, address: str) -> list[dict[str, object]]:
    """What the emulator's SES took for an address."""
    answer = httpx.get(world.system.endpoint_url + MESSAGES).json()
    return [mail for mails in answer["messages"].values() for mail in mails if mail["To"] == [address]]


def not_found(world: World, learner_id: str) -> bool:
    """Whether the user pool knows nobody by this id."""
    cognito = world.system.client("cognito-idp")
    pages = cognito.get_paginator("list_users").paginate(UserPoolId=world.system.user_pool_id)
    ids = [a["Value"] for page in pages for user in page["Users"] for a in user["Attributes"] if a["Name"] == "sub"]
    assert ids, "the demo's accounts are there"
    return learner_id not in ids
