"""Providers' notifications at the handler: proven ones are kept once with their event, of others nothing stays."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.kit.store import Change, Put
from services.orders.app.context import PaymentContext
from services.orders.app.payments.items import payment_key
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber
from services.orders.domain.payment import Method, Payment, PaymentProvider, ProviderName, RawNotification
from services.orders.handlers.callbacks import build_api
from tests.gateway import Answer, LambdaContext, origin_secret, request
from tests.unit.orders.alipay_world import alipay_world, keys
from tests.unit.orders.forgeries import FORGERIES
from tests.unit.orders.till import HALF_AN_HOUR, WechatWorld, wechat_world
from tests.unit.orders.world import World, die

PATH = "/v1/orders/payment-callbacks/wechat"
ALIPAY_PATH = "/v1/orders/payment-callbacks/alipay"


@pytest.fixture
def wechat(world: World) -> Iterator[WechatWorld]:
    """A sandbox on the world's clock."""
    with wechat_world(world.clock) as made:
        yield made


@pytest.fixture
def payment(world: World, wechat: WechatWorld) -> Payment:
    """A payment that was kept, opened and paid."""
    return paid(world, wechat, wechat.payment())


def paid(world: World, wechat: WechatWorld, payment: Payment) -> Payment:
    """The payment, kept, opened and paid."""
    world.store.commit(Change([Put(payment_key(payment.number), payment)]))
    return wechat.paid(payment)


def notify(world: World, wechat: WechatWorld, raw: RawNotification, *, configured: bool = True) -> Answer:
    """The handler's answer to what comes in under WeChat Pay's name."""
    return tell(world, {ProviderName.WECHAT: wechat.provider} if configured else {}, PATH, raw)


def tell(world: World, providers: Mapping[ProviderName, PaymentProvider], path: str, raw: RawNotification) -> Answer:
    """The handler's answer to a message."""
    api = build_api(PaymentContext(**vars(world.ctx), provider=providers.get), origin_secret)
    headers: dict[str, Any] = {name.replace("-", "_"): value for name, value in raw.headers.items()}
    event = request("POST", path, raw.body, **headers)
    answer = api.handle(event, LambdaContext())  # type: ignore[arg-type]  # powertools names a class of its own
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


def refused(answer: Answer) -> bool:
    """Whether it is the one refusal there is, which tells a forger nothing of the reason."""
    return answer.status == 401 and '"NOTIFICATION_REFUSED"' in answer.body


def test_a_proven_notification_is_kept_with_its_event_and_acknowledged(
    world: World, wechat: WechatWorld, payment: Payment
) -> None:
    answer = notify(world, wechat, wechat.message(payment))
    assert (answer.status, answer.body) == (204, "")
    (event,) = world.store.outbox
    assert (event.type, event.data["payment_number"]) == ("orders.payment_notified.v1", payment.number)
    assert event.correlation_id == "request-1"


def test_told_again_it_is_acknowledged_and_has_no_second_effect(
    world: World, wechat: WechatWorld, payment: Payment
) -> None:
    for _ in range(3):
        assert notify(world, wechat, wechat.message(payment)).status == 204
        world.clock.advance(15_000)
    assert len(world.store.outbox) == 1


def test_the_same_message_again_is_a_replay(world: World, wechat: WechatWorld, payment: Payment) -> None:
    raw = wechat.message(payment)
    assert notify(world, wechat, raw).status == 204
    before = world.store.snapshot()
    world.clock.advance(1000)
    assert refused(notify(world, wechat, raw))
    assert world.store.snapshot() == before


@pytest.mark.parametrize("forgery", FORGERIES)
def test_of_a_forged_notification_nothing_stays(
    world: World, wechat: WechatWorld, payment: Payment, forgery: str
) -> None:
    raw = FORGERIES[forgery](wechat, wechat.message(payment))
    before = world.store.snapshot()
    assert refused(notify(world, wechat, raw))
    assert world.store.snapshot() == before


CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "less money": {"amount": {"total": 1, "currency": "CNY"}},
    "more money": {"amount": {"total": 990_000, "currency": "CNY"}},
    "other currency": {"amount": {"total": 9900, "currency": "JPY"}},
    "unknown payment": {"out_trade_no": "20260302120000nobody-knows-this1"},
    "empty number": {"out_trade_no": ""},
    "strange number": {"out_trade_no": "'; --"},
}


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_what_does_not_fit_the_payment_is_refused_although_it_is_signed(
    world: World, wechat: WechatWorld, payment: Payment, contradiction: str
) -> None:
    before = world.store.snapshot()
    assert refused(notify(world, wechat, wechat.message(payment, **CONTRADICTIONS[contradiction])))
    assert world.store.snapshot() == before


def test_the_notification_of_another_order_cannot_pay_this_one(
    world: World, wechat: WechatWorld, payment: Payment
) -> None:
    cheap = paid(
        world, wechat, replace(wechat.payment("20260302120000payment0000000002", 1), order_id=OrderId("order-2"))
    )
    before = world.store.snapshot()
    swapped = {"out_trade_no": payment.number}
    assert refused(notify(world, wechat, wechat.message(cheap, **swapped)))
    assert world.store.snapshot() == before
    assert notify(world, wechat, wechat.message(cheap)).status == 204
    assert [event.subject for event in world.store.outbox] == [cheap.number]


def test_an_old_notification_is_refused(world: World, wechat: WechatWorld, payment: Payment) -> None:
    raw = wechat.message(payment)
    world.clock.advance(301_000)
    before = world.store.snapshot()
    assert refused(notify(world, wechat, raw))
    assert world.store.snapshot() == before


def test_a_proven_notification_of_something_else_is_acknowledged_and_not_kept(
    world: World, wechat: WechatWorld, payment: Payment
) -> None:
    body = wechat.message(payment).body.decode().replace("TRANSACTION.SUCCESS", "REFUND.SUCCESS")
    before = world.store.snapshot()
    assert notify(world, wechat, wechat.signed(body)).status == 204
    assert world.store.snapshot() == before


def test_without_a_merchant_account_nothing_is_believed(world: World, wechat: WechatWorld, payment: Payment) -> None:
    assert refused(notify(world, wechat, wechat.message(payment), configured=False))
    assert not world.store.outbox


def test_a_death_before_the_acknowledgement_loses_and_doubles_nothing(
    world: World, wechat: WechatWorld, payment: Payment
) -> None:
    world.store.before_commit = die
    assert notify(world, wechat, wechat.message(payment)).status == 500
    assert not world.store.outbox
    world.store.after_commit = die
    assert notify(world, wechat, wechat.message(payment)).status == 500
    assert len(world.store.outbox) == 1
    assert notify(world, wechat, wechat.message(payment)).status == 204
    assert len(world.store.outbox) == 1


def test_two_copies_at_once_have_one_effect(world: World, wechat: WechatWorld, payment: Payment) -> None:
    first, second = wechat.message(payment), wechat.message(payment)
    world.store.before_commit = lambda: notify(world, wechat, second)
    assert notify(world, wechat, first).status == 204
    assert len(world.store.outbox) == 1


def test_a_replay_in_the_same_instant_has_one_effect(world: World, wechat: WechatWorld, payment: Payment) -> None:
    raw = wechat.message(payment)
    world.store.before_commit = lambda: notify(world, wechat, raw)
    assert refused(notify(world, wechat, raw))
    assert len(world.store.outbox) == 1


def test_alipay_is_acknowledged_in_its_one_word_and_has_one_effect(world: World) -> None:
    with alipay_world(world.clock.now()) as alipay:
        providers = {ProviderName.ALIPAY: alipay.provider()}
        now = world.clock.now()
        made = Payment(
            PaymentNumber("20260302120000payment0000000001"),
            OrderId("order-1"),
            LearnerId("l"),
            Method.ALIPAY_QR,
            9900,
            "x",
            now,
            now + HALF_AN_HOUR,
        )
        world.store.commit(Change([Put(payment_key(made.number), made)]))
        for _ in range(2):
            answer = tell(world, providers, ALIPAY_PATH, alipay.message())
            assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "text/plain", "success")
        assert [event.data["payment_number"] for event in world.store.outbox] == [made.number]
        before = world.store.snapshot()
        for wrong in (
            alipay.message(total_amount="1.00", notify_id="another"),
            alipay.message(out_trade_no="nobody-knows-this", notify_id="another"),
            alipay.message(keys()[0]),
        ):
            assert refused(tell(world, providers, ALIPAY_PATH, wrong))
        assert world.store.snapshot() == before


def test_one_provider_cannot_speak_for_the_other(world: World, wechat: WechatWorld, payment: Payment) -> None:
    with alipay_world(world.clock.now()) as alipay:
        providers: dict[ProviderName, PaymentProvider] = {
            ProviderName.ALIPAY: alipay.provider(),
            ProviderName.WECHAT: wechat.provider,
        }
        before = world.store.snapshot()
        told = alipay.message(out_trade_no=payment.number)
        assert refused(tell(world, providers, ALIPAY_PATH, told))
        assert refused(tell(world, providers, PATH, told))
        assert refused(tell(world, providers, ALIPAY_PATH, wechat.message(payment)))
        assert world.store.snapshot() == before
