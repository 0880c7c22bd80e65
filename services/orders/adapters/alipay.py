"""Alipay, with public keys and RSA2. The library signs and verifies; what it does not check is checked here."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import requests
from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig
from pydantic import BaseModel, ConfigDict, Field

from services.kit.clock import Clock
from services.kit.days import SHANGHAI
from services.orders.adapters.alipay_bill import read_archive
from services.orders.adapters.answers import text_of
from services.orders.adapters.statement_values import fen, instant
from services.orders.domain.ids import PaymentNumber
from services.orders.domain.payment import (
    CURRENCY,
    ForgedNotification,
    MalformedStatement,
    Method,
    Notification,
    Payer,
    Payment,
    ProviderName,
    ProviderRefused,
    ProviderUnavailable,
    RawNotification,
    RefundOrder,
    RefundState,
    RefundTrade,
    StatementLine,
    StatementNotReady,
    Target,
    Trade,
    TradeState,
)

GATEWAY = "https://openapi.alipay.com/gateway.do"
DOWNLOADS = ".alipay.com"
TIMEOUT_S = 5
PAST, AHEAD = timedelta(hours=26), timedelta(minutes=5)
"""Alipay goes on notifying for 25 hours, and its notifications have no nonce: the id makes each of them count once."""
MAX_PARAMETERS = 100
_OK, _BUSY = "10000", "20000"
_NO_TRADE = "ACQ.TRADE_NOT_EXIST"
_PAID = {"TRADE_SUCCESS", "TRADE_FINISHED"}
_ODD = re.compile(r"[/=&]")
"""What Alipay does not take in a subject."""
_MAX_SUBJECT = 128


class AlipaySettings(BaseModel):
    """The merchant account: members of its secret. `gateway` is set only where something else plays Alipay."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    app_id: str = Field(pattern=r"^[0-9]{16}$")
    seller_id: str = Field(pattern=r"^2088[0-9]{12}$")
    private_key: str = Field(min_length=1, description="the application's, PEM")
    public_key: str = Field(min_length=1, description="Alipay's, PEM; not the application's own")
    gateway: str = GATEWAY


class Alipay:
    """One merchant account at Alipay. What was signed with the keys `before` is still proven by them."""

    name = ProviderName.ALIPAY

    def __init__(self, settings: AlipaySettings, clock: Clock, before: AlipaySettings | None = None) -> None:
        self._settings = settings
        self._before = Alipay(before, clock) if before else None
        self._clock = clock
        self._library = _library(settings)

    def create(self, payment: Payment, notify_url: str, payer: Payer) -> Target:  # noqa: ARG002 (the port's)
        """Opens the payment: a code's content, or an address that carries our signature."""
        content = {
            "out_trade_no": payment.number,
            "total_amount": _yuan(payment.amount_fen),
            "subject": _ODD.sub(" ", payment.description)[:_MAX_SUBJECT],
            "seller_id": self._settings.seller_id,
            "time_expire": f"{payment.expires_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        }
        if payment.method is Method.ALIPAY_WAP:
            content |= {"product_code": "QUICK_WAP_WAY"}
            signed = self._library.client_api(
                "alipay.trade.wap.pay", content, notify_url=notify_url, timestamp=self._timestamp()
            )
            return Target(url=f"{self._settings.gateway}?{signed}")
        answer = self._call("alipay.trade.precreate", content, notify_url=notify_url)
        return Target(qr_content=text_of(answer, "qr_code"))

    def close(self, number: PaymentNumber) -> None:
        """Closes an unpaid payment. One that nobody has scanned is unknown to Alipay; its code ends at its time."""
        try:
            self._call("alipay.trade.close", {"out_trade_no": number})
        except ProviderRefused as refused:
            if str(refused) != _NO_TRADE:
                raise

    def find(self, number: PaymentNumber) -> Trade:
        """How the payment stands."""
        try:
            found = self._call("alipay.trade.query", {"out_trade_no": number})
        except ProviderRefused as refused:
            if str(refused) == _NO_TRADE:
                return Trade(number, TradeState.UNKNOWN)
            raise
        if text_of(found, "out_trade_no") != number:
            raise ProviderUnavailable("an answer about another payment")
        status = text_of(found, "trade_status")
        if status == "WAIT_BUYER_PAY":
            return Trade(number, TradeState.UNPAID)
        # A payment that was refunded wholly is closed too; only one that was paid has a date of it.
        if status == "TRADE_CLOSED" and not found.get("send_pay_date"):
            return Trade(number, TradeState.CLOSED)
        if status not in _PAID | {"TRADE_CLOSED"}:
            raise ProviderUnavailable(f"an unknown state {status}")
        currency = str(found.get("trans_currency") or CURRENCY)
        try:
            amount, paid_at = fen(text_of(found, "total_amount")), instant(text_of(found, "send_pay_date"))
        except MalformedStatement as error:
            raise ProviderUnavailable("an answer of another shape") from error
        return Trade(number, TradeState.PAID, text_of(found, "trade_no"), amount, currency, paid_at)

    def refund(self, order: RefundOrder) -> RefundTrade:
        """Sends money back. Asked again under the same number, Alipay says that nothing more was sent."""
        content = {
            "out_trade_no": order.number,
            "refund_amount": _yuan(order.amount_fen),
            "out_request_no": order.refund_number,
            "refund_reason": order.reason[:80],
        }
        answer = self._call("alipay.trade.refund", content)
        return _refunded(answer) if answer.get("fund_change") == "Y" else self.find_refund(order)

    def find_refund(self, order: RefundOrder) -> RefundTrade:
        """How the refund stands."""
        content = {"out_trade_no": order.number, "out_request_no": order.refund_number}
        try:
            answer = self._call("alipay.trade.fastpay.refund.query", content)
        except ProviderRefused as refused:
            if str(refused) == _NO_TRADE:
                return RefundTrade(RefundState.UNKNOWN)
            raise
        done = answer.get("refund_status") == "REFUND_SUCCESS"
        return _refunded(answer) if done else RefundTrade(RefundState.UNKNOWN)

    def notification(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Proves a notification by the keys of now, or by those before."""
        try:
            return self._proven(raw, now)
        except ForgedNotification:
            if self._before is None:
                raise
            return self._before.notification(raw, now)

    def _proven(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Its form, then the signature over all its parameters, then whose and when."""
        told = _parameters(raw.body)
        signature = told.pop("sign", "")
        try:
            genuine = self._library.verify(dict(told), signature)
        except Exception as error:
            # Whatever the library stumbles over in a message, the message is not the provider's.
            raise ForgedNotification("the library refuses it") from error
        if not genuine or told.get("sign_type") != "RSA2":
            raise ForgedNotification("wrong signature")
        if (told.get("app_id"), told.get("seller_id")) != (self._settings.app_id, self._settings.seller_id):
            raise ForgedNotification("of another application or seller")
        try:
            return _notification(told, now)
        except (KeyError, MalformedStatement) as error:
            raise ForgedNotification("content of another shape") from error

    def statement(self, day: date) -> list[StatementLine]:
        """The day's trade bill."""
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            answer = self._call("alipay.data.dataservice.bill.downloadurl.query", content)
        except ProviderRefused as refused:
            if str(refused) == "isp.bill_not_exist":
                raise StatementNotReady(day.isoformat()) from refused
            raise
        try:
            return self.read_statement(self._download(text_of(answer, "bill_download_url")))
        except MalformedStatement as error:
            raise ProviderUnavailable(f"a statement that cannot be read: {error}") from error

    def read_statement(self, content: bytes) -> list[StatementLine]:
        """A trade bill as it is downloaded: a ZIP."""
        return read_archive(content)

    def _download(self, url: str) -> bytes:
        host = urlsplit(url).hostname or ""
        if not host.endswith(DOWNLOADS) and host != urlsplit(self._settings.gateway).hostname:
            raise ProviderUnavailable("a statement at another address")
        try:
            answer = requests.get(url, timeout=TIMEOUT_S)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return answer.content

    def _call(self, method: str, content: Mapping[str, Any], **parameters: str) -> dict[str, Any]:
        try:
            answer = self._library.server_api(method, dict(content), timestamp=self._timestamp(), **parameters)
        except AliPayValidationError as error:
            raise ProviderUnavailable("an answer that is not proven") from error
        except AliPayException as error:
            # Without a signature nothing is refused for certain.
            raise ProviderUnavailable(f"an answer that is not signed: {error.code}") from error
        except Exception as error:
            # No connection, or an answer that the library stumbles over.
            raise ProviderUnavailable(type(error).__name__) from error
        if answer.get("code") != _OK:
            _refuse(answer)
        return dict(answer)

    def _timestamp(self) -> str:
        # The library's own is the machine's local time; Alipay reads China's.
        return f"{self._clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _library(settings: AlipaySettings) -> AliPay:
    """The library on this account. The one place that touches what it does not offer."""
    library = AliPay(
        appid=settings.app_id,
        app_private_key_string=settings.private_key,
        alipay_public_key_string=settings.public_key,
        sign_type="RSA2",
        config=AliPayConfig(timeout=TIMEOUT_S),
    )
    library._gateway = settings.gateway  # noqa: SLF001 (no public way)
    return library


def _parameters(body: bytes) -> dict[str, str]:
    """The form's parameters, each once. Raises ForgedNotification."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError as error:
        raise ForgedNotification("not a form") from error
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ForgedNotification("a parameter twice")
    return told


def _notification(told: Mapping[str, str], now: datetime) -> Notification | None:
    sent = instant(told["notify_time"])
    if not now - PAST <= sent <= now + AHEAD:
        raise ForgedNotification("outside the time window")
    if told["notify_type"] != "trade_status_sync" or told["trade_status"] not in _PAID:
        return None
    return Notification(
        provider=ProviderName.ALIPAY,
        id=told["notify_id"],
        nonce="",
        number=PaymentNumber(told["out_trade_no"]),
        transaction_id=told["trade_no"],
        amount_fen=fen(told["total_amount"]),
        currency=CURRENCY,
    )


def _refunded(answer: Mapping[str, Any]) -> RefundTrade:
    """Alipay sends at once; where it does not say when, we do not know better than that it is done."""
    at = answer.get("gmt_refund_pay")
    return RefundTrade(RefundState.SUCCEEDED, instant(at) if isinstance(at, str) else None)


def _refuse(answer: Mapping[str, Any]) -> NoReturn:
    code = str(answer.get("sub_code") or answer.get("code"))
    if answer.get("code") == _BUSY or code.endswith("SYSTEM_ERROR"):
        raise ProviderUnavailable(code)
    raise ProviderRefused(code)


def _yuan(amount_fen: int) -> str:
    return str(Decimal(amount_fen).scaleb(-2).quantize(Decimal("0.01")))
