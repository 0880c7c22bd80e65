"""The WeChat Pay adapter with the real library, over HTTP against the sandbox, which signs as WeChat Pay does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from local.payments.account import Account
from services.orders.adapters.wechat_bill import read_bill
from services.orders.adapters.wechat_pay import WechatPay, WechatPaySettings
from services.orders.domain.ids import PaymentNumber, RefundId
from services.orders.domain.payment import (
    ForgedNotification,
    LineKind,
    LineStatus,
    MalformedStatement,
    Method,
    ProviderName,
    ProviderRefused,
    ProviderUnavailable,
    RefundOrder,
    RefundState,
    TradeState,
)
from tests.fakes.clock import ManualClock
from tests.unit.orders.forgeries import FORGERIES, resigned
from tests.unit.orders.till import HALF_AN_HOUR, NOTIFY_URL, PAYER, WechatWorld, wechat_world
from tests.unit.orders.world import NOON_IN_SHANGHAI

TODAY = date(2026, 3, 2)


@pytest.fixture
def wechat() -> Iterator[WechatWorld]:
    """A sandbox whose clock the test moves."""
    with wechat_world(ManualClock(NOON_IN_SHANGHAI)) as world:
        yield world


def a_refund(amount_fen: int, number: str = "refund-1") -> RefundOrder:
    return RefundOrder(RefundId(number), PaymentNumber("20260302120000payment0000000001"), "", amount_fen, 9900, "退课")


def test_a_payment_is_opened_as_a_code_or_as_an_address(wechat: WechatWorld) -> None:
    native = wechat.provider.create(wechat.payment(), NOTIFY_URL, PAYER)
    h5 = replace(wechat.payment("20260302120000payment0000000002"), method=Method.WECHAT_H5)
    page = wechat.provider.create(h5, NOTIFY_URL, PAYER)
    assert native.qr_content
    assert native.url is None
    assert page.url
    assert page.qr_content is None
    told = wechat.sandbox.till.trade(wechat.payment().number)
    assert (told.amount_fen, told.notify_url, told.expires_at) == (9900, NOTIFY_URL, NOON_IN_SHANGHAI + HALF_AN_HOUR)


def test_opening_twice_gives_the_same_and_other_particulars_are_refused(wechat: WechatWorld) -> None:
    first = wechat.opened()
    assert wechat.opened().target == first.target
    with pytest.raises(ProviderRefused, match="OUT_TRADE_NO_USED"):
        wechat.provider.create(wechat.payment(amount_fen=1), NOTIFY_URL, PAYER)


def test_a_long_description_is_cut_at_a_whole_character(wechat: WechatWorld) -> None:
    wechat.opened(replace(wechat.payment(), description="信" * 100))
    assert wechat.sandbox.till.trade(wechat.payment().number).description == "信" * 42


def test_a_payment_stands_as_the_provider_says(wechat: WechatWorld) -> None:
    number = wechat.payment().number
    assert wechat.provider.find(number).state is TradeState.UNKNOWN
    payment = wechat.opened()
    assert wechat.provider.find(number).state is TradeState.UNPAID
    wechat.paid(payment)
    found = wechat.provider.find(number)
    assert (found.state, found.amount_fen, found.currency) == (TradeState.PAID, 9900, "CNY")
    assert (found.transaction_id[:2], found.paid_at) == ("42", NOON_IN_SHANGHAI)
    wechat.provider.refund(a_refund(100))
    assert wechat.provider.find(number).state is TradeState.PAID


def test_a_closed_payment_cannot_be_paid_and_a_paid_one_not_closed(wechat: WechatWorld) -> None:
    payment = wechat.opened()
    wechat.provider.close(payment.number)
    wechat.provider.close(payment.number)
    wechat.provider.close(PaymentNumber("20260302120000never-opened-00001"))
    assert wechat.provider.find(payment.number).state is TradeState.CLOSED
    with pytest.raises(ProviderRefused):
        wechat.opened()
    paid = wechat.paid(wechat.payment("20260302120000payment0000000002"))
    with pytest.raises(ProviderRefused, match="ORDERPAID"):
        wechat.provider.close(paid.number)


def test_a_refund_is_made_once_per_number_and_never_more_than_was_paid(wechat: WechatWorld) -> None:
    wechat.paid()
    assert wechat.provider.find_refund(a_refund(6000)).state is RefundState.UNKNOWN
    assert wechat.provider.refund(a_refund(6000)).state is RefundState.SUCCEEDED
    assert wechat.provider.refund(a_refund(6000)).state is RefundState.SUCCEEDED
    assert wechat.provider.find_refund(a_refund(6000)).state is RefundState.SUCCEEDED
    assert [refund.amount_fen for refund in wechat.sandbox.till.refunds.values()] == [6000]
    with pytest.raises(ProviderRefused):
        wechat.provider.refund(a_refund(5000))
    with pytest.raises(ProviderRefused, match="NOT_ENOUGH"):
        wechat.provider.refund(a_refund(3901, "refund-2"))
    assert wechat.provider.refund(a_refund(3900, "refund-2")).state is RefundState.SUCCEEDED


def test_a_provider_that_cannot_be_reached_leaves_the_matter_open(wechat: WechatWorld) -> None:
    nowhere = WechatPaySettings.model_validate({**wechat.sandbox.secret(), "gateway": "http://127.0.0.1:9"})
    with pytest.raises(ProviderUnavailable):
        WechatPay(nowhere).find(PaymentNumber("20260302120000payment0000000001"))


def test_answers_that_the_provider_did_not_sign_count_for_nothing(wechat: WechatWorld) -> None:
    wechat.paid()
    stranger = Account(api_v3_key=wechat.sandbox.account.api_v3_key)
    settings = {**wechat.sandbox.secret(), "public_key": stranger.secret("")["public_key"]}
    other_id = {**wechat.sandbox.secret(), "public_key_id": "PUB_KEY_ID_0"}
    for changed in (settings, other_id):
        with pytest.raises(ProviderUnavailable):
            WechatPay(WechatPaySettings.model_validate(changed)).find(PaymentNumber("20260302120000payment0000000001"))


def test_a_merchant_whose_signature_is_wrong_is_refused(wechat: WechatWorld) -> None:
    stranger = Account(platform_key=wechat.sandbox.account.platform_key)
    settings = {**wechat.sandbox.secret(), "private_key": stranger.secret("")["private_key"]}
    with pytest.raises(ProviderRefused, match="SIGN_ERROR"):
        WechatPay(WechatPaySettings.model_validate(settings)).find(PaymentNumber("20260302120000payment0000000001"))


def test_a_notification_is_proven_and_read(wechat: WechatWorld) -> None:
    payment = wechat.paid()
    raw = wechat.message(payment)
    told = wechat.provider.notification(raw, wechat.clock.now())
    assert told
    assert (told.provider, told.number, told.amount_fen, told.currency) == (
        ProviderName.WECHAT,
        payment.number,
        9900,
        "CNY",
    )
    assert told.transaction_id == wechat.provider.find(payment.number).transaction_id
    assert (told.id, told.nonce) == (f"notice-{payment.number}", raw.headers["wechatpay-nonce"])


def test_a_proven_notification_of_something_else_tells_of_no_payment(wechat: WechatWorld) -> None:
    raw = resigned(event_type="REFUND.SUCCESS")(wechat, wechat.message(wechat.paid()))
    assert wechat.provider.notification(raw, wechat.clock.now()) is None


def test_a_notification_by_the_keys_before_is_proven_while_they_are_kept(wechat: WechatWorld) -> None:
    raw, before = wechat.message(wechat.paid()), WechatPaySettings.model_validate(wechat.sandbox.secret())
    other = Account(merchant_key=wechat.sandbox.account.merchant_key, public_key_id="PUB_KEY_ID_2")
    now = WechatPaySettings.model_validate(other.secret(before.gateway))
    told = WechatPay(now, before).notification(raw, wechat.clock.now())
    assert told
    assert told == wechat.provider.notification(raw, wechat.clock.now())
    with pytest.raises(ForgedNotification):
        WechatPay(now).notification(raw, wechat.clock.now())
    with pytest.raises(ForgedNotification, match="serial"):
        WechatPay(now, before).notification(
            replace(raw, headers={**raw.headers, "wechatpay-serial": "PUB_KEY_ID_3"}), wechat.clock.now()
        )


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_notification_at_the_edge_of_the_window_is_taken(wechat: WechatWorld, minutes: int) -> None:
    raw = wechat.message(wechat.paid())
    wechat.provider.notification(raw, wechat.clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_notification_is_refused_and_nothing_is_sent_anywhere(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch, forgery: str
) -> None:
    raw = wechat.message(wechat.paid())
    forged = FORGERIES[forgery](wechat, raw)
    sent: list[object] = []
    monkeypatch.setattr(requests.Session, "send", lambda *args, **_: sent.append(args))
    with pytest.raises(ForgedNotification):
        wechat.provider.notification(forged, wechat.clock.now())
    assert sent == []
    wechat.provider.notification(raw, wechat.clock.now())


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_old_or_early_notification_is_refused_although_its_signature_is_right(
    wechat: WechatWorld, seconds: int
) -> None:
    raw = wechat.message(wechat.paid())
    with pytest.raises(ForgedNotification, match="window"):
        wechat.provider.notification(raw, wechat.clock.now() + timedelta(seconds=seconds))


def test_the_statement_of_a_day_has_its_payments_and_refunds(wechat: WechatWorld) -> None:
    wechat.paid()
    wechat.provider.refund(a_refund(100))
    wechat.clock.advance(12 * 3600 * 1000)
    tomorrow = wechat.paid(wechat.payment("20260303000000payment0000000003", 1))
    payment, refund = wechat.provider.statement(TODAY)
    assert (payment.kind, payment.number, payment.amount_fen) == (LineKind.PAYMENT, wechat.payment().number, 9900)
    assert (payment.at, payment.refund_number) == (NOON_IN_SHANGHAI, "")
    assert (refund.kind, refund.number, refund.refund_number) == (LineKind.REFUND, payment.number, "refund-1")
    assert (refund.amount_fen, refund.transaction_id) == (100, payment.transaction_id)
    assert (payment.fee_fen, refund.fee_fen, payment.currency, refund.status) == (59, 1, "CNY", LineStatus.DONE)
    assert refund.refund_no == wechat.provider.find_refund(a_refund(100)).refund_no != ""
    (line,) = wechat.provider.statement(date(2026, 3, 3))
    assert (line.number, line.amount_fen) == (tomorrow.number, 1)
    assert wechat.provider.statement(date(2026, 3, 4)) == []


def test_a_statement_that_does_not_add_up_is_refused(wechat: WechatWorld) -> None:
    wechat.paid()
    wechat.paid(wechat.payment("20260302120000payment0000000002", 250))
    bill = wechat.sandbox.till.bill(TODAY).removeprefix("\ufeff")
    lines = bill.splitlines()
    assert [line.amount_fen for line in read_bill(bill, "1900000109")] == [9900, 250]
    for broken in (
        "\r\n".join(lines[:-2]),
        "\r\n".join([lines[0], *lines[2:]]),
        bill.replace("`99.00", "`98.00", 1).replace("`99.00", "`98.00", 1),
        bill.replace("`2.50", "`2.505"),
        bill.replace("`SUCCESS", "`STRANGE"),
        bill.replace("`2.50", "2.50", 1),
        "",
    ):
        with pytest.raises(MalformedStatement):
            read_bill(broken, "1900000109")
    with pytest.raises(MalformedStatement, match="merchant"):
        read_bill(bill, "1900000110")


@pytest.mark.parametrize(
    "title", ["第一讲\u2028第二讲", "a\x85b\x0bc\x1ed", "甲,`乙,`丙", "总交易单数", "`", "学时\u3000", "💰,`#"]
)
def test_a_bill_is_read_whatever_a_course_is_called(wechat: WechatWorld, title: str) -> None:
    wechat.paid(replace(wechat.payment(), description=title))
    (line,) = wechat.provider.statement(TODAY)
    assert (line.number, line.amount_fen, line.fee_fen) == (wechat.payment().number, 9900, 59)


def test_a_bill_is_read_although_a_title_was_cut_within_a_character(wechat: WechatWorld) -> None:
    wechat.paid()
    bill = wechat.sandbox.till.bill(TODAY).encode().replace("家族信托".encode(), "家族信托".encode()[:-1])
    assert [line.amount_fen for line in wechat.provider.read_statement(bill)] == [9900]


def test_a_failed_refund_is_told_as_failed(wechat: WechatWorld) -> None:
    wechat.paid()
    wechat.provider.refund(a_refund(100))
    bill = wechat.sandbox.till.bill(TODAY).removeprefix("\ufeff").replace("`ORIGINAL,`SUCCESS", "`ORIGINAL,`FAIL")
    assert [(line.kind, line.status) for line in read_bill(bill, "1900000109")] == [
        (LineKind.PAYMENT, LineStatus.DONE),
        (LineKind.REFUND, LineStatus.FAILED),
    ]
