"""Paying within WeChat: routes as the gateway calls them, the sandboxes in WeChat's place, and what is attacked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from local.wechat.sandbox import LOGIN, PEOPLE, openid_of
from services.kit.days import civil_day
from services.kit.http import HttpApi
from services.kit.store.pages import merged
from services.orders.adapters.wechat_pay import WechatPaySettings
from services.orders.adapters.wechat_payers import WeChatPayers
from services.orders.app.context import PayingContext, PaymentContext
from services.orders.app.finance.items import movements_of_day
from services.orders.app.payments.items import read_payment
from services.orders.app.payments.settle_payment import settle_payment
from services.orders.app.personal_data.collect_personal_data import collect_personal_data
from services.orders.app.ports import Payers
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.movement import Movement
from services.orders.domain.order import Order, OrderState
from services.orders.domain.payment import Payment, PaymentProvider, PaymentState, ProviderName
from services.orders.handlers import pay
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import place, reread
from tests.unit.orders.test_callbacks import PATH, refused, tell
from tests.unit.orders.test_paying import Unreachable
from tests.unit.orders.till import WechatWorld, wechat_world
from tests.unit.orders.world import MEMBER, VISITOR, World

LEARNER, OTHER = claims(MEMBER, "learner"), claims(VISITOR, "learner")
ADDRESS = "https://learn.example.com"
MINUTE_MS = 60_000
ME, FRIEND = PEOPLE[0], PEOPLE[1]


@dataclass
class Till:
    """A learner in WeChat's browser, and the functions that they and WeChat call."""

    world: World
    wechat: WechatWorld
    payers: Payers | None

    def provider(self, name: ProviderName) -> PaymentProvider | None:
        """WeChat Pay alone."""
        return self.wechat.provider if name is ProviderName.WECHAT else None

    @property
    def api(self) -> HttpApi:
        """The function that opens payments."""
        ctx = PayingContext(**vars(self.world.ctx), provider=self.provider, payers=lambda: self.payers)
        return pay.build_api(ctx, lambda: ADDRESS, origin_secret)

    def ask(self, order: Order, who: dict[str, str] = LEARNER) -> str:
        """Where the browser is to go."""
        answer = send(self.api, request("POST", f"/v1/orders/orders/{order.order_id}/payer-pages", who=who))
        assert answer.status == 200, answer.body
        return str(answer.body["url"])

    def state(self, order: Order, who: dict[str, str] = LEARNER) -> str:
        """What WeChat sends back with its answer."""
        return parse_qs(urlsplit(self.ask(order, who)).query)["state"][0]

    def start(self, order: Order, state: str, code: str, who: dict[str, str] = LEARNER) -> Answer:
        """The browser has come back."""
        path = f"/v1/orders/orders/{order.order_id}/payment-within-wechat"
        return send(self.api, request("PUT", path, {"state": state, "code": code}, who=who))

    def started(self, order: Order, person: str = ME) -> Answer:
        """All of it, by somebody."""
        return self.start(order, self.state(order), self.wechat.code(person))

    def stored(self, answer: Answer) -> Payment:
        """The payment as it is kept."""
        return read_payment(self.world.ctx, PaymentNumber(answer.body["number"])).value

    def settle(self, answer: Answer) -> PaymentState:
        """What is done once WeChat Pay has told of it, or by the sweep."""
        ctx = PaymentContext(**vars(self.world.ctx), provider=self.provider)
        return settle_payment(ctx, PaymentNumber(answer.body["number"]))

    def bridged(self, answer: Answer, person: str = ME, action: str = "silent", **changes: str) -> str:
        """What the bridge says of the parameters that the page was given."""
        openid = openid_of(self.wechat.people.account.app_id, person)
        return self.wechat.sandbox.bridged({**answer.body["bridge"], **changes}, openid, action)


@pytest.fixture
def till(world: World) -> Iterator[Till]:
    with wechat_world(world.clock) as wechat:
        yield Till(world, wechat, wechat.payers)


@pytest.fixture
def order(world: World) -> Order:
    return place(world)


def test_who_pays_is_asked_of_wechat_without_anything_to_see(till: Till, order: Order) -> None:
    page = urlsplit(till.ask(order))
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert (page.path, page.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert asked.pop("state")
    assert asked == {
        "appid": till.wechat.people.account.app_id,
        "redirect_uri": f"{ADDRESS}/orders/{order.order_id}/pay",
        "response_type": "code",
        "scope": "snsapi_base",
    }


def test_whom_wechat_names_pays_and_the_provider_decides(till: Till, order: Order) -> None:
    started = till.started(order)
    assert started.status == 200
    told = {name: started.body[name] for name in ("method", "within", "state", "qr_content", "url", "amount_fen")}
    # Clients of release 1.0.0 know the method.
    assert told == {
        "method": "wechat_h5",
        "within": "wechat",
        "state": "open",
        "qr_content": None,
        "url": None,
        "amount_fen": 9900,
    }
    trade = till.wechat.sandbox.till.trade(started.body["number"])
    assert (trade.kind, trade.openid) == ("JSAPI", openid_of(till.wechat.people.account.app_id, ME))
    assert trade.notify_url == f"{ADDRESS}/v1/orders/payment-callbacks/wechat"
    # What the bridge says changes nothing.
    assert till.bridged(started, action="nothing") == "cancel"
    assert till.settle(started) is PaymentState.OPEN
    assert till.bridged(started) == "ok"
    assert till.stored(started).state is PaymentState.OPEN
    assert till.settle(started) is PaymentState.PAID
    assert reread(till.world, order).state is OrderState.PAID


def test_the_openid_is_kept_nowhere(till: Till, order: Order) -> None:
    started = till.started(order)
    till.bridged(started)
    till.settle(started)
    openid = openid_of(till.wechat.people.account.app_id, ME)
    kept = str(till.world.store.snapshot())
    assert started.body["number"] in kept
    assert openid not in kept
    assert openid not in json.dumps(started.body)


def test_the_bridge_takes_what_we_signed_and_nothing_else(till: Till, order: Order) -> None:
    started = till.started(order)
    assert sorted(started.body["bridge"]) == ["appId", "nonceStr", "package", "paySign", "signType", "timeStamp"]
    other = till.started(place(till.world))
    for changes in (
        {"package": other.body["bridge"]["package"]},
        {"timeStamp": "1"},
        {"nonceStr": "x"},
        {"appId": "wxd678efh567hg6787"},
        {"signType": "MD5"},
        {"paySign": other.body["bridge"]["paySign"]},
    ):
        assert till.bridged(started, **changes) == "fail", changes
    assert till.settle(started) is PaymentState.OPEN


def test_another_person_cannot_pay_it(till: Till, order: Order) -> None:
    assert till.bridged(till.started(order), FRIEND) == "fail"


def test_the_cash_book_and_the_copy_of_ones_data_have_it_as_the_method_it_is_told_as(till: Till, order: Order) -> None:
    started = till.started(order)
    till.bridged(started)
    till.settle(started)
    day = movements_of_day("wechat", civil_day(till.world.clock.now()))
    (entry,) = (stored.value for stored in merged(till.world.store, day, "", Movement))
    assert (entry.how, entry.amount_fen, entry.reference) == ("wechat_h5", 9900, started.body["number"])
    (line,) = till.wechat.provider.statement(civil_day(till.world.clock.now()))
    assert (line.number, line.amount_fen) == (entry.reference, entry.amount_fen)
    (payments,) = (part for part in collect_personal_data(till.world.ctx, MEMBER) if part.name == "payments")
    assert [item["number"] for item in payments.items] == [started.body["number"]]


def test_the_same_answer_again_gives_the_same_payment(till: Till, order: Order) -> None:
    state, code = till.state(order), till.wechat.code(ME)
    first = till.start(order, state, code)
    before = till.world.store.snapshot()
    assert till.start(order, state, code).body == first.body
    assert till.world.store.snapshot() == before


# Attack: code used twice.
def test_attack_a_code_is_used_for_another_order(till: Till, order: Order) -> None:
    code = till.wechat.code(ME)
    assert till.start(order, till.state(order), code).status == 200
    other = place(till.world)
    assert till.start(other, till.state(other), code).code == "PAYER_NOT_PROVEN"


# Attack: forged openid.
@pytest.mark.parametrize("scope", [LOGIN, "made up", "openid"])
def test_attack_an_openid_or_a_code_is_made_up(till: Till, order: Order, scope: str) -> None:
    state, people = till.state(order), till.wechat.people
    code = {
        LOGIN: people.consent(people.site, ME, LOGIN),
        "made up": "0" * 32,
        "openid": openid_of(people.account.app_id, ME),
    }[scope]
    before = till.world.store.snapshot()
    assert till.start(order, state, code).code == "PAYER_NOT_PROVEN"
    assert till.world.store.snapshot() == before
    # Nobody else's word: the request has no member for it.
    path = f"/v1/orders/orders/{order.order_id}/payment-within-wechat"
    body = {"state": state, "code": till.wechat.code(ME), "openid": "o" * 28}
    assert send(till.api, request("PUT", path, body, who=LEARNER)).code == "INVALID_REQUEST"


# Attack: another learner's code.
def test_attack_the_answer_that_another_learner_got(till: Till, order: Order) -> None:
    others = place(till.world, learner_id=VISITOR)
    state, code = till.state(others, OTHER), till.wechat.code(FRIEND)
    before = till.world.store.snapshot()
    for whose, who in ((order, LEARNER), (others, LEARNER), (order, OTHER)):
        assert till.start(whose, state, code, who).code == "PAYER_NOT_PROVEN"
    assert till.world.store.snapshot() == before
    assert till.wechat.sandbox.till.trades == {}


def test_an_answer_is_over_after_ten_minutes(till: Till, order: Order) -> None:
    state = till.state(order)
    till.world.clock.advance(10 * MINUTE_MS)
    assert till.start(order, state, till.wechat.code(ME)).code == "PAYER_NOT_PROVEN"


def test_nobody_is_asked_about_what_cannot_be_paid(till: Till, order: Order) -> None:
    path = f"/v1/orders/orders/{order.order_id}/payer-pages"
    assert send(till.api, request("POST", path, who=OTHER)).code == "ORDER_NOT_PAYABLE"
    till.payers = None
    assert send(till.api, request("POST", path, who=LEARNER)).code == "PAYMENT_METHOD_UNAVAILABLE"
    assert send(till.api, request("GET", "/v1/orders/payment-methods", who=LEARNER)).body["within_wechat"] is False


def test_started_again_the_one_before_can_be_paid_no_more(till: Till, order: Order) -> None:
    first = till.started(order)
    second = till.started(order, FRIEND)
    assert second.body["number"] != first.body["number"]
    assert till.bridged(first) == "fail"
    assert till.settle(first) is PaymentState.CLOSED
    assert till.bridged(second, FRIEND) == "ok"
    assert till.settle(second) is PaymentState.PAID


def test_what_was_paid_and_not_told_yet_is_not_paid_again(till: Till, order: Order) -> None:
    first = till.started(order)
    till.bridged(first)
    # The bridge was closed before it could say so, and the page was loaded anew.
    assert till.started(order).code == "ORDER_NOT_PAYABLE"
    assert till.settle(first) is PaymentState.PAID
    assert len(till.wechat.sandbox.till.trades) == 1


def test_an_order_that_was_paid_by_its_code_meanwhile(till: Till, order: Order) -> None:
    within = till.started(order)
    native = send(till.api, request("PUT", f"/v1/orders/orders/{order.order_id}/payments/wechat_native", who=LEARNER))
    till.wechat.sandbox.act(native.body["qr_content"].rsplit("/", 1)[-1], "silent")
    till.settle(native)
    # Too late to be closed: it was paid within WeChat too, and the money goes back by itself.
    assert till.bridged(within) == "ok"
    assert till.settle(within) is PaymentState.PAID
    assert [event.type for event in till.world.store.outbox].count("orders.refund_due.v1") == 1


def test_a_page_on_the_phone_is_another_payment_of_the_same_method(till: Till, order: Order) -> None:
    h5 = send(till.api, request("PUT", f"/v1/orders/orders/{order.order_id}/payments/wechat_h5", who=LEARNER))
    within = till.started(order)
    assert (h5.body["method"], h5.body["within"], h5.body["bridge"]) == ("wechat_h5", None, None)
    assert h5.body["number"] != within.body["number"]
    assert till.bridged(within) == "ok"


def test_wechat_that_does_not_answer_costs_nothing_and_can_be_asked_again(till: Till, order: Order) -> None:
    state, code = till.state(order), till.wechat.code(ME)
    nowhere = {**till.wechat.sandbox.secret(), "account_gateway": "http://127.0.0.1:9"}
    till.payers = WeChatPayers(WechatPaySettings.model_validate(nowhere))
    assert till.start(order, state, code).code == "PAYMENT_PROVIDER_FAILED"
    till.payers = till.wechat.payers
    assert till.start(order, state, code).status == 200


def test_a_payment_that_was_not_opened_is_begun_anew(till: Till, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    state, code = till.state(order), till.wechat.code(ME)
    with monkeypatch.context() as away:
        away.setattr(till, "provider", lambda _: Unreachable())
        assert till.start(order, state, code).code == "PAYMENT_PROVIDER_FAILED"
    assert till.start(order, state, code).code == "PAYER_NOT_PROVEN"
    assert till.started(order).status == 200


def test_its_notifications_are_proven_as_those_of_the_other_methods(till: Till, order: Order) -> None:
    accounts: dict[ProviderName, PaymentProvider] = {ProviderName.WECHAT: till.wechat.provider}
    started = till.started(order)
    till.bridged(started)
    payment = till.stored(started)
    before = till.world.store.snapshot()
    for forged in ({"appid": "wx0000000000000000"}, {"mchid": "1900000110"}, {"trade_state": "NOTPAY"}):
        assert refused(tell(till.world, accounts, PATH, till.wechat.message(payment, **forged))), forged
    assert till.world.store.snapshot() == before
    assert tell(till.world, accounts, PATH, till.wechat.message(payment)).status == 204
