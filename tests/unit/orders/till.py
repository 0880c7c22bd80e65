"""The sandbox in WeChat Pay's place, for tests: its clock is the test's, its keys are made once."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from local.payments.account import Account, sign
from local.payments.sandbox import Sandbox, playing
from local.wechat.sandbox import BASE, WeChat, playing_wechat
from services.orders.adapters.wechat_pay import WechatPay, WechatPaySettings
from services.orders.adapters.wechat_payers import WeChatPayers
from services.orders.domain.ids import LearnerId, OrderId, PaymentNumber
from services.orders.domain.payment import Method, Payer, Payment, RawNotification
from tests.fakes.clock import ManualClock

NOTIFY_URL = "http://127.0.0.1:9/v1/orders/payment-callbacks/wechat"
"""Where nobody listens: tests hand notifications over themselves."""
PAYER = Payer("203.0.113.7")
HALF_AN_HOUR = timedelta(minutes=30)


@cache
def account() -> Account:
    """One merchant account for all tests: making keys takes a while."""
    return Account()


@dataclass
class WechatWorld:
    """WeChat Pay's sandbox, the real adapter on it, and one payment to be made."""

    clock: ManualClock
    sandbox: Sandbox
    provider: WechatPay
    people: WeChat
    payers: WeChatPayers

    def payment(self, number: str = "20260302120000payment0000000001", amount_fen: int = 9900) -> Payment:
        """A payment as the use cases make one; not yet opened."""
        now = self.clock.now()
        return Payment(
            PaymentNumber(number),
            OrderId("order-1"),
            LearnerId("learner-1"),
            Method.WECHAT_NATIVE,
            amount_fen,
            "家族信托, 上",
            now,
            now + HALF_AN_HOUR,
        )

    def opened(self, payment: Payment | None = None) -> Payment:
        """A payment that is open at the sandbox."""
        payment = payment or self.payment()
        return replace(payment, target=self.provider.create(payment, NOTIFY_URL, PAYER))

    def page(self, payment: Payment) -> str:
        """The secret part of the address of a payment's page."""
        target = payment.target
        assert target
        return str(target.qr_content or target.url).rsplit("/", 1)[-1]

    def code(self, person: str) -> str:
        """What WeChat sends somebody's browser back with, who is asked nothing."""
        return self.people.consent(self.people.account, person, BASE)

    def paid(self, payment: Payment | None = None) -> Payment:
        """A payment that was paid at the sandbox, which tells nobody."""
        payment = self.opened(payment)
        self.sandbox.act(self.page(payment), "silent")
        return payment

    def message(self, payment: Payment, **content: Any) -> RawNotification:
        """A notification as WeChat Pay sends it; `content` replaces members of what it says, before it is sealed."""
        told = {**self.sandbox.till.told(self.sandbox.till.trade(payment.number)), **content}
        body = self.sandbox.account.notification(f"notice-{payment.number}", told, self.clock.now())
        return self.signed(body)

    def signed(self, body: str, **headers: str) -> RawNotification:
        """A body signed now by WeChat Pay; `headers` (with _ for -) replace signed ones before signing."""
        made = {name.lower(): value for name, value in self.sandbox.account.signed(body, self.clock.now()).items()}
        made |= {f"wechatpay-{name.replace('_', '-')}": value for name, value in headers.items()}
        signed = f"{made['wechatpay-timestamp']}\n{made['wechatpay-nonce']}\n{body}\n"
        made["wechatpay-signature"] = sign(self.sandbox.account.platform_key, signed)
        return RawNotification(made, body.encode())


def with_headers(raw: RawNotification, headers: Mapping[str, str]) -> RawNotification:
    """The same body under other headers."""
    return RawNotification({**raw.headers, **headers}, raw.body)


def flipped(signature: str) -> str:
    """A signature of the right form that is another one."""
    raw = base64.b64decode(signature)
    return base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()


@contextmanager
def wechat_world(clock: ManualClock) -> Iterator[WechatWorld]:
    """A sandbox that runs until the block ends."""
    with playing_wechat(clock.now) as people, playing(clock.now, account(), people) as sandbox:
        settings = WechatPaySettings.model_validate(sandbox.secret())
        yield WechatWorld(clock, sandbox, WechatPay(settings), people, WeChatPayers(settings))
