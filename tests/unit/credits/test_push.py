"""Notices on devices: what a browser can read and nobody else, only what is wanted, and nothing of whom it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from services.credits.adapters.web_push import PushKeys, WebPusher
from services.credits.app.context import DevicesContext, ErasureContext, PushContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.app.notices.mail_notice import UnknownNotice
from services.credits.app.personal_data.collect_personal_data import collect_personal_data
from services.credits.app.push.push_notice import NotPushed
from services.credits.app.texts.pushes import push_of
from services.credits.domain.notices import NoticeKind
from services.credits.domain.push import MOST_DEVICES, Language, is_of_push_service
from services.credits.events.published import CertificateConfirmed
from services.credits.handlers.devices import build_api
from services.credits.handlers.notices import event_handlers as notices_handlers
from services.credits.handlers.push import event_handlers
from services.kit.call import Call
from services.kit.events import Envelope
from tests.fakes.pictures import MemoryPictures
from tests.fakes.push import ORIGIN, Browser, PushService, push_service
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import ADMINISTRATOR, AFP, LEARNER, OTHER, World, completed

PUSH = "/v1/credits/push"
KEYS = PushKeys(lambda _: {"seed": "of-this-test"})


@dataclass
class Telling:
    """A learner with an award, devices, and a push service."""

    service: PushService
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.world.publish(eligible=["AFP"])
        self.world.certify(AFP)
        self.world.name(real_name="张三", email="zhang.san@example.com")
        self.world.deliver(completed())
        self.api = build_api(DevicesContext(*self.world.ports, KEYS), origin_secret)

    def ask(self, method: str, path: str = "", body: object = None, who: str = LEARNER) -> Answer:
        return send(self.api, request(method, f"{PUSH}{path}", body, who=claims(who, "learner")))

    def add(self, name: str, who: str = LEARNER, language: str = "zh") -> Browser:
        browser = self.service.browser(name)
        assert self.ask("PUT", "/devices", browser.subscription(language), who).status == 200
        return browser

    def devices(self, who: str = LEARNER) -> list[str]:
        return [device["device_id"] for device in self.ask("GET", who=who).body["devices"]]

    def told(self) -> Envelope:
        handlers = notices_handlers(self.world.notices)
        del handlers[CertificateConfirmed.TYPE]
        for event in list(self.world.store.outbox):
            if event.type in handlers:
                handlers[event.type](event)
        (event,) = self.world.sent("credits.notice_posted.v1")
        return event

    def push(self, *events: Envelope) -> None:
        pusher = WebPusher(KEYS, "notices@xueshi.example", self.service.connect)
        for event in events:
            event_handlers(PushContext(*self.world.ports, pusher))[event.type](event)


@pytest.fixture
def telling() -> Iterator[Telling]:
    with push_service(KEYS.public()) as service:
        yield Telling(service)


def test_a_browser_reads_what_is_pushed_and_learns_that_there_is_something(telling: Telling) -> None:
    phone, laptop = telling.add("phone"), telling.add("laptop", language="en")
    event = telling.told()
    telling.push(event, event)
    shown = {"title": "您的学时有新进展", "body": "打开「学时」查看。", "path": "/notices", "tag": "notice-1"}
    assert phone.shown == [shown], "once"
    assert [push["title"] for push in laptop.shown] == ["There is news of your hours"]


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", Language)
def test_a_lock_screen_shows_nothing_of_what_it_is_about(kind: NoticeKind, language: Language) -> None:
    push = push_of(kind, 7, language)
    text = f"{push.title}{push.body}"
    assert text
    assert not any(character.isdigit() for character in text)
    assert not any(name in text for name in ("AFP", "CFP", "资产配置", "Asset"))


def test_another_key_is_not_taken(telling: Telling) -> None:
    phone = telling.add("phone")
    telling.service.application_key = PushKeys(lambda _: {"seed": "of-somebody-else"}).public()
    with pytest.raises(NotPushed):
        telling.push(telling.told())
    assert phone.shown == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(telling: Telling, status: int) -> None:
    telling.add("old").answers = status
    phone = telling.add("phone")
    telling.push(telling.told())
    assert len(phone.shown) == 1
    assert len(telling.devices()) == 1


@pytest.mark.parametrize("status", [302, 400, 403, 429, 500, 503])
def test_what_fails_comes_again_and_no_device_is_lost(telling: Telling, status: int) -> None:
    phone = telling.add("phone")
    phone.answers = status
    event = telling.told()
    for _ in range(2):
        with pytest.raises(NotPushed):
            telling.push(event)
    assert len(telling.devices()) == 1
    phone.answers = 201
    telling.push(event, event)
    assert len(phone.shown) == 1


def test_a_push_service_that_does_not_answer_is_asked_again(telling: Telling) -> None:
    phone, there = telling.add("phone"), telling.service.port
    event = telling.told()
    telling.service.port = 9
    with pytest.raises(NotPushed):
        telling.push(event)
    telling.service.port = there
    telling.push(event)
    assert len(phone.shown) == 1


def test_a_kind_that_is_switched_off_is_not_pushed(telling: Telling) -> None:
    phone = telling.add("phone")
    assert telling.ask("PUT", "/settings", {"off": ["hold", "award", "award"]}).body == {"off": ["award", "hold"]}
    telling.push(telling.told())
    assert phone.shown == []
    assert telling.ask("GET").body["off"] == ["award", "hold"]
    assert telling.ask("PUT", "/settings", {"off": []}).body == {"off": []}


def test_a_forged_event_tells_nobody(telling: Telling) -> None:
    phone = telling.add("phone", OTHER)
    event = telling.told()
    with pytest.raises(UnknownNotice):
        telling.push(event.model_copy(update={"data": {**event.data, "learner_id": OTHER}}))
    assert phone.shown == []


def test_a_device_is_added_once_and_removed_for_good(telling: Telling) -> None:
    phone = telling.add("phone")
    telling.add("phone", language="en")
    (device,) = telling.ask("GET").body["devices"]
    assert (device["language"], device["service"]) == ("en", ORIGIN.removeprefix("https://"))
    assert telling.ask("GET").body["public_key"] == KEYS.public()
    for _ in range(2):
        assert telling.ask("DELETE", f"/devices/{device['device_id']}").status == 200
    telling.push(telling.told())
    assert (telling.devices(), phone.shown) == ([], [])
    assert not [key for key in telling.world.store.items if "DEVICE#" in f"{key.pk}{key.sk}"], "nothing stays"


def test_nobody_removes_somebody_elses_device(telling: Telling) -> None:
    telling.add("phone")
    (device_id,) = telling.devices()
    assert telling.ask("DELETE", f"/devices/{device_id}", who=OTHER).status == 200
    assert telling.devices() == [device_id]


def test_a_browser_that_two_people_share_shows_the_notices_of_the_one_who_was_there_last(telling: Telling) -> None:
    phone = telling.add("phone")
    telling.add("phone", OTHER)
    assert (telling.devices(), len(telling.devices(OTHER))) == ([], 1)
    telling.push(telling.told())
    assert phone.shown == []
    telling.add("phone")
    assert telling.devices(OTHER) == []


def test_the_oldest_device_makes_room(telling: Telling) -> None:
    for number in range(MOST_DEVICES + 2):
        telling.world.clock.advance(1)
        telling.add(f"browser-{number}")
    services = {device["device_id"] for device in telling.ask("GET").body["devices"]}
    assert len(services) == MOST_DEVICES
    telling.push(telling.told())
    shown = {name for name, browser in telling.service.browsers.items() if browser.shown}
    assert shown == {f"browser-{number}" for number in range(2, MOST_DEVICES + 2)}


INSIDE = [
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1/push",
    "https://localhost/push",
    "https://[::1]/push",
    "https://updates.push.services.mozilla.com.evil.example/x",
    "https://updates.push.services.mozilla.com@evil.example/x",
    "https://user:secret@fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com.",
    "https://evil.example#.push.apple.com",
    "https://evil.example\\.push.apple.com",
    "https://evil.example/.push.apple.com",
    "https://*.push.apple.com@evil.example",
]


@pytest.mark.parametrize("endpoint", INSIDE)
def test_an_address_of_no_push_service_is_refused_and_never_called(telling: Telling, endpoint: str) -> None:
    before = telling.world.state()
    body = {**Browser("x").subscription(), "endpoint": endpoint}
    assert telling.ask("PUT", "/devices", body).code == "NOT_A_PUSH_SERVICE"
    assert telling.world.state() == before


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://wns2-by3p.notify.windows.com/w/?token=abc%3d",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
    ],
)
def test_the_browsers_own_services_are_known(endpoint: str) -> None:
    assert is_of_push_service(endpoint)


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://updates.push.services.mozilla.com/x"},
        {"endpoint": ""},
        {"endpoint": f"{ORIGIN}/a b"},
        {"endpoint": f"{ORIGIN}/{'x' * 1000}"},
        {"p256dh": "short"},
        {"auth": ""},
        {"language": "fr"},
        {"more": 1},
    ],
)
def test_subscriptions_that_are_none(telling: Telling, change: dict[str, object]) -> None:
    before = telling.world.state()
    assert telling.ask("PUT", "/devices", {**Browser("x").subscription(), **change}).code == "INVALID_REQUEST"
    assert telling.world.state() == before


def test_keys_that_are_no_point_of_the_curve_end_the_device(telling: Telling) -> None:
    phone = telling.add("phone")
    body = {**telling.service.browser("odd").subscription(), "p256dh": "A" * 87}
    assert telling.ask("PUT", "/devices", body).status == 200
    telling.push(telling.told())
    assert (len(phone.shown), len(telling.devices())) == (1, 1)


def test_devices_go_with_the_person_and_are_in_their_copy(telling: Telling) -> None:
    telling.add("phone")
    copy = {section.name: section.items for section in collect_personal_data(telling.world.ctx, LEARNER)}
    assert [device["endpoint"] for device in copy["devices"]] == [f"{ORIGIN}/push/phone"]
    erase_person(telling.world.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    assert telling.ask("PUT", "/devices", Browser("late").subscription()).code == "PERSON_ERASED"
    (event,) = telling.world.sent("credits.person_erased.v1")
    finish_erasure(ErasureContext(*telling.world.ports, _Users(), MemoryPictures()), event)
    assert ORIGIN not in str(telling.world.store.items)


class _Users:
    def delete(self, learner_id: str) -> None:
        """Nobody is there."""
