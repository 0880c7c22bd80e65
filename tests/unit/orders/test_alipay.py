"""The Alipay adapter with the real library, over HTTP against something that signs as Alipay does."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from services.orders.adapters.alipay import Alipay
from services.orders.adapters.alipay_bill import read_details
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber, RefundId
from services.orders.domain.payment import (
    ForgedNotification,
    LineKind,
    MalformedStatement,
    Method,
    Payer,
    Payment,
    ProviderRefused,
    ProviderUnavailable,
    RawNotification,
    RefundOrder,
    RefundState,
    StatementNotReady,
    TradeState,
)
from tests.unit.orders.alipay_world import AlipayWorld, alipay_world, archive, details, form, keys, new_key
from tests.unit.orders.world import NOON_IN_SHANGHAI

NUMBER = "20260302120000payment0000000001"
NOTIFY_URL = "https://learn.example.com/v1/orders/payment-callbacks/alipay"
REFUND = RefundOrder(RefundId("refund-1"), PaymentNumber(NUMBER), "2026030222", 100, 9900, "退课")
OK = {"code": "10000", "msg": "Success"}
NO_TRADE = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
PAID = {
    **OK,
    "out_trade_no": NUMBER,
    "trade_no": "2026030222",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "99.00",
    "send_pay_date": "2026-03-02 12:00:00",
}


@pytest.fixture
def alipay() -> Iterator[AlipayWorld]:
    """A gateway at noon in China."""
    with alipay_world(NOON_IN_SHANGHAI) as world:
        yield world


def payment(method: Method) -> Payment:
    now = NOON_IN_SHANGHAI
    return Payment(
        PaymentNumber(NUMBER),
        OrderId("o"),
        LearnerId("l"),
        method,
        9900,
        "家族信托 A/B=C&D",
        now,
        now + timedelta(minutes=30),
    )


def test_a_payment_is_opened_as_a_code(alipay: AlipayWorld) -> None:
    alipay.answers["alipay.trade.precreate"] = {**OK, "qr_code": "https://qr.alipay.com/bax"}
    target = alipay.provider().create(payment(Method.ALIPAY_QR), NOTIFY_URL, Payer("203.0.113.7"))
    assert target.qr_content == "https://qr.alipay.com/bax"
    (asked,) = alipay.asked
    assert (asked["notify_url"], asked["timestamp"]) == (NOTIFY_URL, "2026-03-02 12:00:00")
    content = asked["biz_content"]
    assert (content["total_amount"], content["time_expire"]) == ("99.00", "2026-03-02 12:30:00")
    assert content["subject"] == "家族信托 A B C D"


def test_a_payment_is_opened_as_a_signed_address(alipay: AlipayWorld) -> None:
    target = alipay.provider().create(payment(Method.ALIPAY_WAP), NOTIFY_URL, Payer("203.0.113.7"))
    assert target.url
    asked = parse_qs(urlsplit(target.url).query)
    assert (asked["method"], asked["app_id"]) == (["alipay.trade.wap.pay"], ["2021000000000001"])
    assert asked["sign"]
    assert not alipay.asked


STATES: list[tuple[dict[str, Any], TradeState]] = [
    (NO_TRADE, TradeState.UNKNOWN),
    ({**PAID, "trade_status": "WAIT_BUYER_PAY"}, TradeState.UNPAID),
    ({**OK, "out_trade_no": NUMBER, "trade_status": "TRADE_CLOSED"}, TradeState.CLOSED),
    (PAID, TradeState.PAID),
    ({**PAID, "trade_status": "TRADE_FINISHED"}, TradeState.PAID),
    ({**PAID, "trade_status": "TRADE_CLOSED"}, TradeState.PAID),
]


@pytest.mark.parametrize(("answer", "state"), STATES)
def test_a_payment_stands_as_the_provider_says(alipay: AlipayWorld, answer: dict[str, Any], state: TradeState) -> None:
    alipay.answers["alipay.trade.query"] = answer
    found = alipay.provider().find(PaymentNumber(NUMBER))
    assert found.state is state
    if state is TradeState.PAID:
        assert (found.amount_fen, found.currency, found.paid_at) == (9900, "CNY", NOON_IN_SHANGHAI)


@pytest.mark.parametrize(
    "answer",
    [
        {**PAID, "out_trade_no": "another"},
        {**PAID, "trade_status": "STRANGE"},
        {**PAID, "total_amount": "99.005"},
        {**PAID, "trade_no": ""},
        {"code": "20000", "sub_code": "isp.unknow-error"},
        {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"},
    ],
)
def test_an_answer_that_says_nothing_certain_leaves_the_matter_open(
    alipay: AlipayWorld, answer: dict[str, Any]
) -> None:
    alipay.answers["alipay.trade.query"] = answer
    with pytest.raises(ProviderUnavailable):
        alipay.provider().find(PaymentNumber(NUMBER))


def test_answers_that_the_provider_did_not_sign_count_for_nothing(alipay: AlipayWorld) -> None:
    alipay.answers["alipay.trade.query"] = PAID
    alipay.signs = False
    with pytest.raises(ProviderUnavailable, match="not proven"):
        alipay.provider().find(PaymentNumber(NUMBER))


def test_closing(alipay: AlipayWorld) -> None:
    alipay.answers["alipay.trade.close"] = NO_TRADE
    alipay.provider().close(PaymentNumber(NUMBER))
    alipay.answers["alipay.trade.close"] = {"code": "40004", "sub_code": "ACQ.REASON_TRADE_STATUS_INVALID"}
    with pytest.raises(ProviderRefused, match="TRADE_STATUS_INVALID"):
        alipay.provider().close(PaymentNumber(NUMBER))


def test_a_refund_that_was_sent_before_is_looked_up(alipay: AlipayWorld) -> None:
    provider = alipay.provider()
    alipay.answers["alipay.trade.refund"] = {**OK, "fund_change": "Y"}
    assert provider.refund(REFUND).state is RefundState.SUCCEEDED
    assert alipay.asked[-1]["biz_content"]["out_request_no"] == "refund-1"
    alipay.answers["alipay.trade.refund"] = {**OK, "fund_change": "N"}
    alipay.answers["alipay.trade.fastpay.refund.query"] = {**OK, "refund_status": "REFUND_SUCCESS"}
    assert provider.refund(REFUND).state is RefundState.SUCCEEDED
    alipay.answers["alipay.trade.fastpay.refund.query"] = OK
    assert provider.find_refund(REFUND).state is RefundState.UNKNOWN
    alipay.answers["alipay.trade.refund"] = {"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}
    with pytest.raises(ProviderRefused, match="BALANCE_NOT_ENOUGH"):
        provider.refund(REFUND)


def test_a_notification_is_proven_and_read(alipay: AlipayWorld) -> None:
    told = alipay.provider().notification(alipay.message(), NOON_IN_SHANGHAI)
    assert told
    assert (told.number, told.amount_fen, told.currency, told.nonce) == (NUMBER, 9900, "CNY", "")
    assert (told.id, told.transaction_id) == ("2026030200222120000000000000001", "2026030222001400000000000001")


def test_a_notification_by_the_key_before_is_proven_while_it_is_kept(alipay: AlipayWorld) -> None:
    before, now = alipay.settings(), alipay.settings(new_key())
    told = Alipay(now, alipay.clock, before).notification(alipay.message(), NOON_IN_SHANGHAI)
    assert told
    assert told == alipay.provider().notification(alipay.message(), NOON_IN_SHANGHAI)
    with pytest.raises(ForgedNotification):
        Alipay(now, alipay.clock).notification(alipay.message(), NOON_IN_SHANGHAI)
    with pytest.raises(ForgedNotification):
        Alipay(now, alipay.clock, before).notification(alipay.message(key=new_key()), NOON_IN_SHANGHAI)


@pytest.mark.parametrize("changes", [{"trade_status": "WAIT_BUYER_PAY"}, {"notify_type": "servicewindow_sync"}])
def test_a_proven_notification_of_something_else_tells_of_no_payment(
    alipay: AlipayWorld, changes: dict[str, Any]
) -> None:
    assert alipay.provider().notification(alipay.message(**changes), NOON_IN_SHANGHAI) is None


def _changed(raw: RawNotification, **changes: str) -> RawNotification:
    return form({**dict(parse_qsl(raw.body.decode(), keep_blank_values=True)), **changes})


def _without(raw: RawNotification, name: str) -> RawNotification:
    return form({key: value for key, value in parse_qsl(raw.body.decode(), keep_blank_values=True) if key != name})


FORGERIES: dict[str, Callable[[AlipayWorld], RawNotification]] = {
    "altered amount": lambda a: _changed(a.message(), total_amount="1.00"),
    "altered number": lambda a: _changed(a.message(), out_trade_no="another"),
    "a parameter more": lambda a: _changed(a.message(), extra="1"),
    "a parameter less": lambda a: _without(a.message(), "passback_params"),
    "a parameter twice": lambda a: RawNotification({}, a.message().body + b"&app_id=2021000000000001"),
    "no signature": lambda a: _without(a.message(), "sign"),
    "empty signature": lambda a: _changed(a.message(), sign=""),
    "signature of the application": lambda a: a.message(keys()[0]),
    "weaker signature type": lambda a: _changed(a.message(), sign_type="RSA"),
    "no signature type": lambda a: _without(a.message(), "sign_type"),
    "other application": lambda a: a.message(app_id="2021000000000002"),
    "other seller": lambda a: a.message(seller_id="2088000000000002"),
    "amount that is no number": lambda a: a.message(total_amount="all"),
    "fraction of a fen": lambda a: a.message(total_amount="99.001"),
    "no time": lambda a: a.message(notify_time=""),
    "older than Alipay sends": lambda a: a.message(notify_time="2026-03-01 09:59:59"),
    "from tomorrow": lambda a: a.message(notify_time="2026-03-03 12:00:00"),
    "not a form": lambda _: RawNotification({}, b'{"sign":"x"}'),
    "not UTF-8": lambda _: RawNotification({}, b"sign=\xff"),
    "nothing": lambda _: RawNotification({}, b""),
    "too many parameters": lambda _: RawNotification({}, "&".join(f"a{n}=1" for n in range(200)).encode()),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_notification_is_refused(alipay: AlipayWorld, forgery: str) -> None:
    with pytest.raises(ForgedNotification):
        alipay.provider().notification(FORGERIES[forgery](alipay), NOON_IN_SHANGHAI)
    assert not alipay.asked


def test_the_statement_of_a_day(alipay: AlipayWorld) -> None:
    rows = [
        ("交易", NUMBER, "家族信托, 上, 下", "99.00", ""),
        ("退款", NUMBER, "家族信托", "-1.00", "refund-1"),
    ]
    alipay.bill = archive("#汇总", details(rows, 1, 1))
    method = "alipay.data.dataservice.bill.downloadurl.query"
    alipay.answers[method] = {**OK, "bill_download_url": f"{alipay.base_url}/bill"}
    paid, back = alipay.provider().statement(date(2026, 3, 2))
    assert (paid.kind, paid.number, paid.amount_fen, paid.at) == (LineKind.PAYMENT, NUMBER, 9900, NOON_IN_SHANGHAI)
    assert (back.kind, back.refund_number, back.amount_fen) == (LineKind.REFUND, "refund-1", 100)
    assert (paid.fee_fen, paid.currency) == (60, "CNY")
    alipay.answers[method] = {**OK, "bill_download_url": "https://elsewhere.example/bill"}
    with pytest.raises(ProviderUnavailable, match="another address"):
        alipay.provider().statement(date(2026, 3, 2))
    alipay.answers[method] = {"code": "40004", "sub_code": "isp.bill_not_exist"}
    with pytest.raises(StatementNotReady):
        alipay.provider().statement(date(2026, 3, 2))


@pytest.mark.parametrize(
    "title", ["甲\u2028乙", "a\x85b\x0bc\x1ed", "甲,乙,丙", "#交易合计：7笔", "业务明细列表结束", "业务明细列表-", "💰"]
)
def test_a_bill_is_read_whatever_a_course_is_called(alipay: AlipayWorld, title: str) -> None:
    content = archive("#汇总", details([("交易", NUMBER, title, "99.00", "")], 1, 0))
    (line,) = alipay.provider().read_statement(content)
    assert (line.number, line.amount_fen, line.fee_fen) == (NUMBER, 9900, 60)
    assert alipay.provider().read_statement(archive(f"#汇总\r\n{title},1", details([], 0, 0))) == []


@pytest.mark.parametrize("odd", [b"\x80", b"\xd6", b"\xff"])
def test_a_bill_is_read_although_a_name_has_a_byte_that_is_no_character(alipay: AlipayWorld, odd: bytes) -> None:
    """Windows writes the euro sign as 80, and a name may be cut within a character."""
    text = details([("交易", NUMBER, "ODD", "99.00", "")], 1, 0).encode("gb18030").replace(b"ODD", b"1" + odd)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("details.csv", text)
    (line,) = alipay.provider().read_statement(packed.getvalue())
    assert (line.number, line.amount_fen) == (NUMBER, 9900)


def test_a_statement_that_is_not_whole_is_refused(alipay: AlipayWorld) -> None:
    good = details([("交易", NUMBER, "a", "99.00", "")], 1, 0)
    assert len(read_details(good)) == 1
    for broken in (
        good.replace("业务明细列表结束", ""),
        good.replace("#交易合计：1笔", "#交易合计：2笔"),
        good.replace("#退款合计", ""),
        good.replace("交易,a", "奇怪,a"),
        good.replace("99.00", "99.005"),
        good.replace(",,0.00,0.00,", ","),
    ):
        with pytest.raises(MalformedStatement):
            read_details(broken)
    alipay.answers["alipay.data.dataservice.bill.downloadurl.query"] = {
        **OK,
        "bill_download_url": f"{alipay.base_url}/bill",
    }
    for content in (b"no zip", archive("#汇总"), archive(good, good)):
        alipay.bill = content
        with pytest.raises(ProviderUnavailable):
            alipay.provider().statement(date(2026, 3, 2))
