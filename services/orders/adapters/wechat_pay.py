"""WeChat Pay, API v3, in public-key mode.

The library signs, verifies and decrypts. Before it is given a notification, this adapter checks what the library does
not: it accepts a day-old one, and for an unknown serial it goes and fetches certificates.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from requests import RequestException
from wechatpayv3 import WeChatPay, WeChatPayType

from services.kit import wechat
from services.kit.days import SHANGHAI
from services.orders.adapters.answers import text_of
from services.orders.adapters.wechat_bill import read_bill
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
    Within,
)

GATEWAY = "https://api.mch.weixin.qq.com"
TIMEOUT_S = (3, 5)
"""To connect, and to be answered: a learner waits behind it."""
WINDOW = timedelta(minutes=5)
"""How far a notification's time may be from ours, as WeChat Pay advises."""
PROBE = "WECHATPAY/SIGNTEST/"
"""How the signatures begin with which WeChat Pay tests whether we refuse wrong ones."""
PAID_EVENT = "TRANSACTION.SUCCESS"
MAX_DESCRIPTION_BYTES = 127
MAX_BILL_BYTES = 200 * 1024 * 1024
"""Of one unpacked: some 700,000 lines."""
_GZIP = b"\x1f\x8b"
_SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
_SIGNED = {
    "wechatpay-timestamp": re.compile(r"[0-9]{10}"),
    "wechatpay-nonce": re.compile(r"[A-Za-z0-9]{8,64}"),
    "wechatpay-serial": re.compile(r"[A-Za-z0-9_]{1,64}"),
    "wechatpay-signature": re.compile(r"[A-Za-z0-9+/]{300,800}={0,2}"),
    "wechatpay-signature-type": re.compile(_SIGNATURE_TYPE),
}
_OK = range(200, 300)
_TRADE_STATES = {
    "SUCCESS": TradeState.PAID,
    "REFUND": TradeState.PAID,
    "NOTPAY": TradeState.UNPAID,
    "USERPAYING": TradeState.UNPAID,
    "PAYERROR": TradeState.UNPAID,
    "CLOSED": TradeState.CLOSED,
    "REVOKED": TradeState.CLOSED,
}
_REFUND_STATES = {
    "SUCCESS": RefundState.SUCCEEDED,
    "PROCESSING": RefundState.PROCESSING,
    "CLOSED": RefundState.CLOSED,
    "ABNORMAL": RefundState.ABNORMAL,
}
_NO_TRADE = {"ORDER_NOT_EXIST", "ORDERNOTEXIST"}
_ALREADY_CLOSED = {"ORDERCLOSED", "ORDER_CLOSED"}


class WechatPaySettings(BaseModel):
    """The merchant account: members of its secret. Addresses are set only where a sandbox plays WeChat (Pay)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    merchant_id: str = Field(pattern=r"^[0-9]{8,32}$")
    app_id: str = Field(min_length=1)
    account_app_id: str = Field(default="", description="the official account that people pay to within WeChat")
    account_secret: str = Field(default="", description="of that account, to learn who pays")
    api_v3_key: str = Field(min_length=32, max_length=32)
    certificate_serial: str = Field(min_length=1)
    private_key: str = Field(min_length=1, description="the merchant's, PEM")
    public_key_id: str = Field(pattern=r"^PUB_KEY_ID_[0-9A-Za-z]+$")
    public_key: str = Field(min_length=1, description="WeChat Pay's, PEM")
    gateway: str = GATEWAY
    account_gateway: str = wechat.GATEWAY
    account_pages: str = wechat.PAGES

    @model_validator(mode="after")
    def _has_a_whole_account(self) -> "WechatPaySettings":
        if bool(self.account_app_id) != bool(self.account_secret):
            raise ValueError("account_app_id and account_secret belong together")
        return self

    @property
    def app_ids(self) -> set[str]:
        """The apps that payments to this merchant are made in."""
        return {self.app_id, self.account_app_id} - {""}


class _Amount(BaseModel):
    total: int
    currency: str


class _Trade(BaseModel):
    """Of an answer to a question, and of a notification's decrypted content."""

    mchid: str
    out_trade_no: str
    trade_state: str
    appid: str = ""
    transaction_id: str = ""
    success_time: datetime | None = None
    amount: _Amount | None = None


class WechatPay:
    """One merchant account at WeChat Pay. What was signed with the keys `before` is still proven by them."""

    name = ProviderName.WECHAT

    def __init__(self, settings: WechatPaySettings, before: WechatPaySettings | None = None) -> None:
        self._settings = settings
        self._before = WechatPay(before) if before else None
        self._library = _library(settings)

    def create(self, payment: Payment, notify_url: str, payer: Payer) -> Target:
        """Opens the payment: a code's content for native, an address for H5, within WeChat what its bridge is given."""
        scene: dict[str, Any] = {"payer_client_ip": payer.address}
        if payment.within is Within.WECHAT:
            account = self._settings.account_app_id
            paying = {"appid": account, "payer": {"openid": payer.openid}, "pay_type": WeChatPayType.JSAPI}
            answer = self._open(payment, notify_url, scene_info=scene, **paying)
            return Target(bridge=self._bridge(payment, text_of(answer, "prepay_id")))
        if payment.method is Method.WECHAT_H5:
            h5 = {**scene, "h5_info": {"type": "Wap"}}
            answer = self._open(payment, notify_url, scene_info=h5, pay_type=WeChatPayType.H5)
            return Target(url=text_of(answer, "h5_url"))
        answer = self._open(payment, notify_url, scene_info=scene, pay_type=WeChatPayType.NATIVE)
        return Target(qr_content=text_of(answer, "code_url"))

    def _open(self, payment: Payment, notify_url: str, **how: Any) -> dict[str, Any]:
        return self._call(
            self._library.pay,
            description=_cut(payment.description),
            out_trade_no=payment.number,
            amount={"total": payment.amount_fen, "currency": CURRENCY},
            time_expire=payment.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            notify_url=notify_url,
            **how,
        )

    def _bridge(self, payment: Payment, prepay_id: str) -> dict[str, str]:
        """The parameters of WeChat's getBrandWCPayRequest. The nonce is the payment's number, which is of this one."""
        signed = {
            "appId": self._settings.account_app_id,
            "timeStamp": str(int(payment.created_at.timestamp())),
            "nonceStr": payment.number,
            "package": f"prepay_id={prepay_id}",
        }
        return {**signed, "signType": "RSA", "paySign": self._library.sign([*signed.values()])}

    def close(self, number: PaymentNumber) -> None:
        """Closes an unpaid payment; one that is closed already or was never opened stays so."""
        try:
            self._call(self._library.close, out_trade_no=number)
        except ProviderRefused as refused:
            if str(refused) not in _ALREADY_CLOSED | _NO_TRADE:
                raise

    def find(self, number: PaymentNumber) -> Trade:
        """How the payment stands. An answer about another account or payment is none."""
        try:
            answer = self._call(self._library.query, out_trade_no=number)
        except ProviderRefused as refused:
            if str(refused) in _NO_TRADE:
                return Trade(number, TradeState.UNKNOWN)
            raise
        try:
            found = _Trade.model_validate(answer)
        except ValidationError as error:
            raise ProviderUnavailable("an answer of another shape") from error
        if (found.mchid, found.out_trade_no) != (self._settings.merchant_id, number):
            raise ProviderUnavailable("an answer about another payment")
        return self._trade(found)

    def refund(self, order: RefundOrder) -> RefundTrade:
        """Sends money back from the merchant's balance."""
        answer = self._call(
            self._library.refund,
            out_refund_no=order.refund_number,
            out_trade_no=order.number,
            amount={"refund": order.amount_fen, "total": order.paid_fen, "currency": CURRENCY},
            reason=order.reason[:80],
        )
        return _refund_trade(answer)

    def find_refund(self, order: RefundOrder) -> RefundTrade:
        """How the refund stands."""
        try:
            answer = self._call(self._library.query_refund, out_refund_no=order.refund_number)
        except ProviderRefused as refused:
            if str(refused) == "RESOURCE_NOT_EXISTS":
                return RefundTrade(RefundState.UNKNOWN)
            raise
        return _refund_trade(answer)

    def notification(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Proves a notification by the keys of now, or by those before."""
        try:
            return self._proven(raw, now)
        except ForgedNotification:
            if self._before is None:
                raise
            return self._before.notification(raw, now)

    def _proven(self, raw: RawNotification, now: datetime) -> Notification | None:
        """Form, time, serial and only then the signature; then decrypts it."""
        headers = _signed_headers(raw.headers)
        if headers["wechatpay-signature"].startswith(PROBE):
            raise ForgedNotification("a signature probe")
        if abs(datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC) - now) > WINDOW:
            raise ForgedNotification("outside the time window")
        if headers["wechatpay-serial"] != self._settings.public_key_id:
            raise ForgedNotification("an unknown serial")
        try:
            told = self._library.callback(headers, raw.body)
        except Exception as error:
            # Whatever the library stumbles over in a message, the message is not the provider's.
            raise ForgedNotification("the library refuses it") from error
        if not told:
            raise ForgedNotification("wrong signature or content")
        if told.get("event_type") != PAID_EVENT:
            return None
        return self._notification(told, headers["wechatpay-nonce"])

    def statement(self, day: date) -> list[StatementLine]:
        """The day's trade bill, its digest and totals checked."""
        try:
            answer = self._call(self._library.trade_bill, bill_date=day.isoformat(), tar_type="GZIP")
        except ProviderRefused as refused:
            if str(refused) == "NO_STATEMENT_EXIST":
                return []
            if str(refused) in ("STATEMENT_CREATING", "INVALID_REQUEST"):
                raise StatementNotReady(day.isoformat()) from refused
            raise
        content = self._download(text_of(answer, "download_url"))
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != text_of(answer, "hash_value").lower():
            raise ProviderUnavailable("a statement with another digest")
        try:
            return self.read_statement(content)
        except MalformedStatement as error:
            raise ProviderUnavailable(f"a statement that cannot be read: {error}") from error

    def read_statement(self, content: bytes) -> list[StatementLine]:
        """A trade bill (type ALL), compressed or not."""
        try:
            # A character that was cut is in a name: what is compared is ASCII.
            text = _unpacked(content).decode("utf-8-sig", errors="replace")
        except zlib.error as error:
            raise MalformedStatement("not a text") from error
        return read_bill(text, self._settings.merchant_id)

    def _notification(self, told: dict[str, Any], nonce: str) -> Notification:
        try:
            paid = _Trade.model_validate(told["resource"])
            identifier = text_of(told, "id")
        except (ValidationError, ProviderUnavailable) as error:
            raise ForgedNotification("content of another shape") from error
        if paid.mchid != self._settings.merchant_id or paid.appid not in self._settings.app_ids:
            raise ForgedNotification("of another merchant or application")
        if paid.trade_state != "SUCCESS" or paid.amount is None:
            raise ForgedNotification("a payment that was not made")
        return Notification(
            provider=ProviderName.WECHAT,
            id=identifier,
            nonce=nonce,
            number=PaymentNumber(paid.out_trade_no),
            transaction_id=paid.transaction_id,
            amount_fen=paid.amount.total,
            currency=paid.amount.currency,
        )

    def _trade(self, found: _Trade) -> Trade:
        state = _TRADE_STATES.get(found.trade_state)
        if state is None:
            raise ProviderUnavailable(f"an unknown state {found.trade_state}")
        if state is not TradeState.PAID:
            return Trade(PaymentNumber(found.out_trade_no), state)
        if found.amount is None or not found.transaction_id or found.appid not in self._settings.app_ids:
            raise ProviderUnavailable("a paid trade without its particulars, or of another application")
        amount = found.amount
        return Trade(
            PaymentNumber(found.out_trade_no),
            state,
            found.transaction_id,
            amount.total,
            amount.currency,
            _utc(found.success_time),
        )

    def _download(self, url: str) -> bytes:
        if not url.startswith(f"{self._settings.gateway}/"):
            raise ProviderUnavailable("a statement at another address")
        content = self._request(self._library.download_bill, url=url)
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, TypeError) as error:
            raise ProviderUnavailable("a statement that is not compressed as asked") from error

    def _call(self, method: Any, **arguments: Any) -> dict[str, Any]:
        content = self._request(method, **arguments)
        if not content:
            return {}
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise ProviderUnavailable("an answer that is not JSON") from error
        if not isinstance(answer, dict):
            raise ProviderUnavailable("an answer of another shape")
        return answer

    def _request(self, method: Any, **arguments: Any) -> Any:
        try:
            status, content = method(**arguments)
        except RequestException as error:
            raise ProviderUnavailable(type(error).__name__) from error
        except Exception as error:
            # The library knows no exception of its own: an answer without a right signature ends here.
            raise ProviderUnavailable("an answer that is not proven") from error
        if status not in _OK:
            _refuse(status, content)
        return content


def _library(settings: WechatPaySettings) -> WeChatPay:
    """The library on this account. The one place that touches what it does not offer: see the two lines at the end."""
    library = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=settings.merchant_id,
        private_key=settings.private_key,
        cert_serial_no=settings.certificate_serial,
        appid=settings.app_id,
        apiv3_key=settings.api_v3_key,
        timeout=TIMEOUT_S,
        public_key=settings.public_key,
        public_key_id=settings.public_key_id,
    )
    core = library._core  # noqa: SLF001 (no public way)
    core._gate_way = settings.gateway  # noqa: SLF001 (where a sandbox plays WeChat Pay)
    core._update_certificates = _no_certificates  # noqa: SLF001 (public-key mode knows no certificates to fetch)
    return library


def _no_certificates() -> NoReturn:
    raise ForgedNotification("an unknown serial")


def _unpacked(content: bytes) -> bytes:
    """A bill's text, which may be compressed. Raises MalformedStatement, zlib.error."""
    if not content.startswith(_GZIP):
        return content
    unpacking = zlib.decompressobj(wbits=31)
    text = unpacking.decompress(content, MAX_BILL_BYTES)
    if not unpacking.eof:
        raise MalformedStatement("cut off, or too long")
    return text


def _signed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that belong to the signature, and no other. Raises ForgedNotification."""
    found = {name: headers.get(name, "") for name in _SIGNED}
    if found["wechatpay-signature"].startswith(PROBE):
        return found
    for name, form in _SIGNED.items():
        if not form.fullmatch(found[name]):
            raise ForgedNotification(f"{name} is missing or malformed")
    return found


def _refuse(status: int, content: Any) -> NoReturn:
    if status >= 500 or status == 429:
        raise ProviderUnavailable(f"HTTP {status}")
    try:
        code = json.loads(content)["code"]
    except (ValueError, KeyError, TypeError):
        code = f"HTTP {status}"
    raise ProviderRefused(str(code))


def _refund_trade(answer: Mapping[str, Any]) -> RefundTrade:
    state = _REFUND_STATES.get(text_of(answer, "status"))
    try:
        at = datetime.fromisoformat(text_of(answer, "create_time")).astimezone(UTC)
    except ValueError as error:
        raise ProviderUnavailable("a refund without its time") from error
    if state is None:
        raise ProviderUnavailable("an unknown state of a refund")
    return RefundTrade(state, at, str(answer.get("refund_id") or ""))


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None


def _cut(description: str) -> str:
    """As much of it as WeChat Pay takes, whole characters."""
    return description.encode()[:MAX_DESCRIPTION_BYTES].decode(errors="ignore")
