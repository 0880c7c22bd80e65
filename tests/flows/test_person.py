"""A person on the running system: told by inbox and e-mail, and forgotten when they ask for it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from demo.client import Client
from demo.people import learner_id_of
from local.mailbox import MESSAGES, PATH
from tests.flows.buying import pay
from tests.flows.test_delivery import redrive
from tests.flows.test_ledgers import grant_hours
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

INBOX = "/v1/credits/notices"
NAME = "欧阳知行"


def test_a_learner_is_told_by_inbox_and_mail_and_nothing_names_them_once_they_are_forgotten(world: World) -> None:
    course_id, learner = world.publish(), world.claimant()
    learner_id, email = learner_id_of(learner), f"person-{course_id}@example.com"
    profile = {"revision": 0, "real_name": NAME, "email": email, "employer": f"公司-{course_id}"}
    learner.patch("/v1/credits/profile", profile).accepted()
    world.claim(learner, course_id)
    world.watch(learner, course_id)
    world.settle()
    order_id = invoiced(world, learner, email)
    inbox = eventually(lambda: whole_inbox(learner))
    assert inbox["unread"] == len(inbox["notices"]) == 1
    assert {notice["kind"] for notice in inbox["notices"]} == {"hold"}
    # On a machine that is slow enough a mail may be sent twice: rather that than never.
    eventually(lambda: len({mail["Subject"] for mail in mails_to(world, email)}) == len(inbox["notices"]))
    assert email in httpx.get(world.system.base_url + PATH).text

    path = f"/v1/credits/learners/{learner_id}/erasure"
    world.admin.post(path, {"reason": "asked on paper"}).accepted()
    world.settle()
    kept = " ".join(str(item) for items in world.state().values() for item in items)
    assert learner_id in kept
    assert [found for found in (NAME, email, f"公司-{course_id}") if found in kept] == []
    assert not_found(world, learner_id)
    invoices = learner.get(f"/v1/orders/orders/{order_id}/invoices").accepted()["invoices"]
    assert [(invoice["status"], invoice["buyer"]) for invoice in invoices] == [("cancelled", None)]


def test_what_the_post_office_refuses_waits_and_is_sent_once_it_takes_mail_again(world: World) -> None:
    learner = world.member("AFP")
    learner_id, email = learner_id_of(learner), f"refused-{uuid4().hex}@example.com"
    # The notice of the certificate finds no address yet.
    world.settle()
    revision = learner.get("/v1/credits/profile").accepted()["revision"]
    learner.patch("/v1/credits/profile", {"revision": revision, "email": email}).accepted()
    world.settle()
    ses, sqs = world.system.client("sesv2"), world.system.client("sqs")
    dead = sqs.get_queue_url(QueueName="xueshi-credits-mail-events-dlq")["QueueUrl"]

    account = {"MailType": "TRANSACTIONAL", "WebsiteURL": world.system.base_url}
    # As a new account, which may send to nobody whose address it has not proven.
    ses.put_account_details(**account, ProductionAccessEnabled=False)
    try:
        grant_hours(world, learner_id)
        waiting = eventually(lambda: messages_about(sqs, dead, learner_id))
        assert email not in "".join(waiting), "no address waits in a queue"
        kinds = [notice["kind"] for notice in learner.get(INBOX).accepted()["notices"]]
        assert kinds == ["award", "release"], "the certificate's confirmation came before"
        assert mails_to(world, email) == []
    finally:
        ses.put_account_details(**account, ProductionAccessEnabled=True)
    redrive(world, "xueshi-credits-mail-events-dlq")
    eventually(lambda: mails_to(world, email))
    world.settle()
    assert messages_about(sqs, dead, learner_id) == []


def whole_inbox(learner: Client) -> dict[str, Any] | None:
    """The inbox once it tells of the watch."""
    inbox: dict[str, Any] = learner.get(INBOX).accepted()
    return inbox if inbox["notices"] else None


def invoiced(world: World, learner: Client, email: str) -> str:
    """A paid order with an invoice that waits for finance, made out to the person by name; answers the order's id."""
    wanted = {"course_ids": [world.publish()]}
    price = learner.post("/v1/orders/quotes", wanted).accepted()["amount_fen"]
    order = learner.post("/v1/orders/orders", {**wanted, "expected_fen": price}).accepted()
    pay(world, learner, order)
    path, buyer = f"/v1/orders/orders/{order['order_id']}/invoices", {"buyer_kind": "person", "title": NAME}
    learner.post(path, {**buyer, "email": email}).accepted()
    return str(order["order_id"])


def messages_about(sqs: Any, queue: str, learner_id: str) -> list[str]:
    """Bodies that wait in a queue and name the learner; they stay there."""
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    return [message["Body"] for message in found if learner_id in message["Body"]]


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
