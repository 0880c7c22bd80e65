"""The routes of paying, as the gateway calls them."""

from collections.abc import Iterator
from typing import Any

import pytest

from docs.generate import functions
from services.kit.http import HttpApi, described
from services.kit.identity import Role
from services.orders.app.context import PayingContext
from services.orders.domain.order import Order
from services.orders.domain.payment import PaymentProvider, ProviderName
from services.orders.handlers.pay import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.orders.shop import place
from tests.unit.orders.till import WechatWorld, wechat_world
from tests.unit.orders.world import MEMBER, VISITOR, World

LEARNER, OTHER = claims(MEMBER, "learner"), claims(VISITOR, "learner")
ORDER, NUMBER = "20260302040000000000000000000001", "20260302040000000000000000000002"
METHODS = "/v1/orders/payment-methods"
ROUTES = [
    ("PUT", f"/v1/orders/orders/{ORDER}/payments/wechat_native"),
    ("GET", f"/v1/orders/payments/{NUMBER}"),
    ("GET", METHODS),
    ("POST", f"/v1/orders/orders/{ORDER}/payer-pages"),
    ("PUT", f"/v1/orders/orders/{ORDER}/payment-within-wechat"),
]


@pytest.fixture
def wechat(world: World) -> Iterator[WechatWorld]:
    """A sandbox on the world's clock."""
    with wechat_world(world.clock) as made:
        yield made


@pytest.fixture
def api(world: World, wechat: WechatWorld) -> HttpApi:
    """The routes, with an account at WeChat Pay."""
    accounts: dict[ProviderName, PaymentProvider] = {ProviderName.WECHAT: wechat.provider}
    return build_api(
        PayingContext(**vars(world.ctx), provider=accounts.get, payers=lambda: wechat.payers),
        lambda: "https://learn.example.com",
        origin_secret,
    )


def start(api: HttpApi, order: Order, method: str = "wechat_native", **headers: str) -> Answer:
    """The learner starts the payment."""
    return send(api, request("PUT", f"/v1/orders/orders/{order.order_id}/payments/{method}", who=LEARNER, **headers))


def test_a_payment_is_started_and_its_state_can_be_polled(world: World, api: HttpApi, wechat: WechatWorld) -> None:
    order = place(world)
    started = start(api, order)
    assert started.status == 200
    assert started.body["qr_content"].startswith(wechat.sandbox.base_url)
    assert {name: started.body[name] for name in ("order_id", "method", "state", "amount_fen", "url", "paid_at")} == {
        "order_id": order.order_id,
        "method": "wechat_native",
        "state": "open",
        "amount_fen": 9900,
        "url": None,
        "paid_at": None,
    }
    again = start(api, order)
    assert (again.status, again.body) == (200, started.body)
    polled = send(api, request("GET", f"/v1/orders/payments/{started.body['number']}", who=LEARNER))
    assert (polled.status, polled.body) == (200, started.body)
    assert polled.headers["Cache-Control"] == "no-store"


def test_the_provider_is_told_where_to_notify_us(world: World, api: HttpApi, wechat: WechatWorld) -> None:
    start(api, place(world))
    (trade,) = wechat.sandbox.till.trades.values()
    assert trade.notify_url == "https://learn.example.com/v1/orders/payment-callbacks/wechat"


@pytest.mark.parametrize(
    ("forwarded", "told"),
    [
        ("203.0.113.7, 64.252.0.1", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 64.252.0.1", "203.0.113.7"),
        ("203.0.113.7", "203.0.113.7"),
        ("'; --, 2001:db8::1, 64.252.0.1", "2001:db8::1"),
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_payers_address_is_the_one_that_the_distribution_saw(
    world: World, api: HttpApi, wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch, forwarded: str, told: str
) -> None:
    asked: list[dict[str, Any]] = []
    opened = wechat.sandbox.till.open

    def noted(kind: str, body: dict[str, Any]) -> Any:
        asked.append(body)
        return opened(kind, body)

    monkeypatch.setattr(wechat.sandbox.till, "open", noted)
    assert start(api, place(world), "wechat_h5", x_forwarded_for=forwarded).status == 200
    assert asked[0]["scene_info"]["payer_client_ip"] == told


def test_the_available_methods(api: HttpApi) -> None:
    answer = send(api, request("GET", METHODS, who=LEARNER))
    assert answer.body == {"methods": ["wechat_native", "wechat_h5"], "within_wechat": True}


def test_what_is_not_ones_own_is_not_there(world: World, api: HttpApi) -> None:
    order = place(world)
    number = start(api, order).body["number"]
    before = world.store.snapshot()
    foreign = request("PUT", f"/v1/orders/orders/{order.order_id}/payments/wechat_native", who=OTHER)
    assert send(api, foreign).code == "ORDER_NOT_PAYABLE"
    assert send(api, request("GET", f"/v1/orders/payments/{number}", who=OTHER)).code == "PAYMENT_NOT_FOUND"
    assert world.store.snapshot() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/v1/orders/orders/{ORDER}/payments/cash"),
        ("PUT", "/v1/orders/orders/short/payments/wechat_native"),
        ("GET", "/v1/orders/payments/short"),
        ("GET", "/v1/orders/payments/" + "x" * 32),
    ],
)
def test_malformed_paths_are_refused(world: World, api: HttpApi, method: str, path: str) -> None:
    before = world.store.snapshot()
    assert send(api, request(method, path, who=LEARNER)).code == "INVALID_REQUEST"
    assert world.store.snapshot() == before


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_access(world: World, api: HttpApi, method: str, path: str) -> None:
    before = world.store.snapshot()
    assert send(api, request(method, path)).code == "NOT_SIGNED_IN"
    for role in set(Role) - {Role.LEARNER}:
        assert send(api, request(method, path, who=claims(MEMBER, role))).code == "WRONG_ROLE"
    foreign = request(method, path, who=LEARNER, x_origin_verify="of-somebody-else")
    assert send(api, foreign).code == "FORBIDDEN_ORIGIN"
    assert world.store.snapshot() == before


def test_every_route_is_covered_by_the_test_of_access() -> None:
    documented = {
        (method.upper(), path.format(order_id=ORDER, method="wechat_native", payment_number=NUMBER))
        for path, operations in described(functions("orders"))["paths"].items()
        for method, operation in operations.items()
        if operation["x-function"] == "pay"
    }
    assert documented == set(ROUTES)
