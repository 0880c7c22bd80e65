"""Notices by e-mail: to the address of the moment, once, only what is wanted; a closed post office loses nothing."""

import os
from dataclasses import dataclass, field
from traceback import format_exception
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from services.credits.adapters.ses_post import NotTaken, SesPost
from services.credits.app.context import MailContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.notices.mail_notice import UnknownNotice
from services.credits.events.published import CertificateConfirmed
from services.credits.handlers.http import build_api
from services.credits.handlers.mail import event_handlers
from services.credits.handlers.notices import event_handlers as notices_handlers
from services.kit.call import Call
from services.kit.events import Envelope
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import ADMINISTRATOR, AFP, LEARNER, OTHER, Crash, World, completed

URL = "https://learn.example.com"
SETTINGS = "/v1/credits/notices/settings"


@dataclass
class PostOffice:
    """Keeps what it was given; closed, it refuses."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    closed: bool = False

    def send(self, address: str, subject: str, text: str) -> None:
        if self.closed:
            raise ConnectionError("closed")
        self.sent.append((address, subject, text))


@dataclass
class Mailroom:
    """A learner with an award, and an address."""

    world: World = field(default_factory=World)
    post: PostOffice = field(default_factory=PostOffice)

    def __post_init__(self) -> None:
        self.world.publish(eligible=["AFP"])
        self.world.certify(AFP)
        self.world.name(real_name="张三", email="zhang.san@example.com")
        self.world.deliver(completed())

    def told(self) -> list[Envelope]:
        """All that is known but the confirmation becomes notices; answers the events of them."""
        handlers = notices_handlers(self.world.notices)
        del handlers[CertificateConfirmed.TYPE]
        for event in list(self.world.store.outbox):
            if event.type in handlers:
                handlers[event.type](event)
        return self.world.sent("credits.notice_posted.v1")

    def mail(self, *events: Envelope) -> None:
        """The queue delivers."""
        ctx = MailContext(*self.world.ports, self.post, lambda: URL)
        for event in events:
            event_handlers(ctx)[event.type](event)

    def outcomes(self) -> list[str]:
        return [text for key, (_, text) in self.world.store.items.items() if key.sk.startswith("MAILED#")]


@pytest.fixture
def mailroom() -> Mailroom:
    return Mailroom()


def ask(world: World, method: str, body: object = None) -> Answer:
    return send(build_api(world.ctx, origin_secret), request(method, SETTINGS, body, who=claims(LEARNER, "learner")))


def test_a_notice_is_mailed_once_in_both_languages_to_the_profiles_address(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    mailroom.mail(event, event)
    ((address, subject, text),) = mailroom.post.sent
    assert address == "zhang.san@example.com"
    assert subject == "【学时】1.5 学时已计入（AFP） · 1.5 hours count (AFP)"
    assert "《资产配置》：完整观看，已计入学时。" in text
    assert "“Asset allocation”: Watched in full" in text
    assert f"{URL}/notices" in text
    assert "张三" not in text


def test_neither_event_nor_mark_holds_the_address(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    mailroom.mail(event)
    assert "zhang.san" not in event.model_dump_json()
    (mark,) = mailroom.outcomes()
    assert "sent" in mark
    assert "zhang.san" not in mark


def test_the_address_is_the_one_of_the_moment(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    mailroom.world.name(email="new@example.com")
    mailroom.mail(event)
    assert [address for address, _, _ in mailroom.post.sent] == ["new@example.com"]


@pytest.mark.parametrize("erased", [False, True])
def test_without_an_address_nothing_is_sent_and_nothing_waits(mailroom: Mailroom, erased: bool) -> None:
    (event,) = mailroom.told()
    if erased:
        erase_person(mailroom.world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    else:
        mailroom.world.name(email=None)
    mailroom.mail(event)
    assert mailroom.post.sent == []
    assert "no_address" in mailroom.outcomes()[0]


def test_a_kind_that_is_switched_off_stays_in_the_inbox_only(mailroom: Mailroom) -> None:
    assert ask(mailroom.world, "GET").body == {"mail_off": []}
    assert ask(mailroom.world, "PUT", {"mail_off": ["hold", "award", "award"]}).body == {"mail_off": ["award", "hold"]}
    (event,) = mailroom.told()
    mailroom.mail(event)
    assert mailroom.post.sent == []
    before = mailroom.world.state()
    assert ask(mailroom.world, "PUT", {"mail_off": ["award", "hold"]}).status == 200
    assert mailroom.world.state() == before
    assert ask(mailroom.world, "PUT", {"mail_off": []}).body == ask(mailroom.world, "GET").body == {"mail_off": []}


@pytest.mark.parametrize("body", [None, {}, {"mail_off": "award"}, {"mail_off": ["weather"]}])
def test_settings_that_are_none(mailroom: Mailroom, body: object) -> None:
    before = mailroom.world.state()
    assert ask(mailroom.world, "PUT", body).code == "INVALID_REQUEST"
    assert mailroom.world.state() == before


def test_while_the_post_office_is_closed_the_event_comes_again(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    mailroom.post.closed = True
    before = mailroom.world.state()
    for _ in range(2):
        with pytest.raises(ConnectionError):
            mailroom.mail(event)
    assert mailroom.world.state() == before
    mailroom.post.closed = False
    mailroom.mail(event, event)
    assert len(mailroom.post.sent) == 1


def test_a_function_that_dies_after_sending_sends_twice_rather_than_never(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    mailroom.world.store.crash = "before"
    with pytest.raises(Crash):
        mailroom.mail(event)
    mailroom.mail(event, event)
    assert len(mailroom.post.sent) == 2


def test_an_event_about_a_notice_that_is_not_there_mails_nobody(mailroom: Mailroom) -> None:
    (event,) = mailroom.told()
    forged = event.model_copy(update={"data": {**event.data, "learner_id": OTHER}})
    with pytest.raises(UnknownNotice):
        mailroom.mail(forged)
    assert mailroom.post.sent == []


def test_ses_gets_plain_text_in_utf_8_and_says_no_to_a_sender_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(os.environ, "AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client: Any = boto3.client("sesv2")
        post = SesPost(client, "notices@xueshi.example")
        with pytest.raises(NotTaken):
            post.send("a@example.com", "【学时】", "您好")
        client.create_email_identity(EmailIdentity="xueshi.example")
        post.send("a@example.com", "【学时】", "您好")
        (message,) = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert (message.source, message.subject, message.body) == ("notices@xueshi.example", "【学时】", "您好")
    assert message.destinations["ToAddresses"] == ["a@example.com"]


def test_what_ses_says_of_an_address_reaches_no_log() -> None:
    address = "a@example.com"

    class Sandbox:
        def send_email(self, **_request: Any) -> None:
            said = f"Email address is not verified: {address}"
            raise ClientError({"Error": {"Code": "MessageRejected", "Message": said}}, "SendEmail")

    with pytest.raises(NotTaken) as caught:
        SesPost(Sandbox(), "notices@xueshi.example").send(address, "【学时】", "您好")
    assert address not in "".join(format_exception(caught.value))
