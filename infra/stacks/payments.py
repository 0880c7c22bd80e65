"""Orders' functions that deal with payment providers, and what only they may touch."""

from dataclasses import replace

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from infra.constructs.alarm import Severity
from infra.constructs.consumer import EventConsumer
from infra.constructs.function import allow
from infra.constructs.schedule import EVERY_MINUTE, Schedule
from infra.constructs.secrets import made_up_secret
from infra.stacks.service import ServiceStack

LAYER = "payments"
PROVIDER_TIMEOUT = Duration.seconds(60)
"""A batch of ten, each with a provider that takes its time."""
SWEPT = "rate(1 minute)"
SWEEP_TIMEOUT = Duration.minutes(2)
"""A run ends itself before the next begins."""
LOOKED_AFTER = replace(EVERY_MINUTE, severity=Severity.PAGE)
"""Whoever paid and whose notification was lost waits for the sweep."""


class Payments:
    """A part of orders' stack: merchant accounts, and the functions that use them."""

    def __init__(self, stack: ServiceStack) -> None:
        self._stack = stack
        self.bundle = stack.bundle_with(LAYER)
        self._wechat = self._merchant_account("WechatPay", "wechat-pay", "WeChat Pay")
        self._alipay = self._merchant_account("Alipay", "alipay", "Alipay")
        self.http: dict[str, lambda_.Function] = {"callbacks": self._callbacks(), "pay": self._pay()}
        self.consumers: list[EventConsumer] = [self._settle()]
        self.schedules: list[Schedule] = [self._sweep()]

    def _merchant_account(self, id_: str, name: str, provider: str) -> secretsmanager.Secret:
        """Made up, so that it exists; `python -m ops.merchant_account` puts the account in."""
        return made_up_secret(
            self._stack,
            id_,
            name=f"orders-{name}",
            description=f"The merchant account at {provider}, with its keys",
            template={},
            key="unset",
        )

    def _callbacks(self) -> lambda_.Function:
        """Takes notifications. It may keep them and tell of them, and read the keys that prove them; nothing more."""
        function = self._stack.add_http_function("callbacks", self.accounts(), self.bundle)
        self._stack.allow_write(function)
        self._stack.allow_emit(function)
        self.open_accounts(function)
        return function

    def _pay(self) -> lambda_.Function:
        """Opens payments for learners, and tells providers where to notify us."""
        function = self._stack.add_http_function("pay", self.accounts(), self.bundle)
        self._stack.allow_write(function)
        self._stack.open_public_url(function)
        self.open_accounts(function)
        return function

    def _settle(self) -> EventConsumer:
        """Asks providers about what they notified us of, and has them send refunds."""
        types = ["orders.payment_notified.v1", "orders.refund_due.v1"]
        consumer = self._stack.add_consumer(
            types, self.accounts(), "settle", bundle=self.bundle, timeout=PROVIDER_TIMEOUT
        )
        self._let_grant(consumer.function)
        return consumer

    def _sweep(self) -> Schedule:
        does = "Closes orders whose time is over; looks after payments and refunds whose news did not reach us"
        sweep = self._stack.add_scheduled(
            "sweep", SWEPT, does, self.accounts(), heart=LOOKED_AFTER, bundle=self.bundle, timeout=SWEEP_TIMEOUT
        )
        self._let_grant(sweep.function)
        return sweep

    def _let_grant(self, function: lambda_.Function) -> None:
        """What a payment brings is granted by whoever finds it paid."""
        self._stack.allow_write(function)
        self._stack.allow_emit(function)
        self.open_accounts(function)

    def accounts(self) -> dict[str, str]:
        """The environment of a function that talks to providers."""
        return {"WECHAT_PAY_SECRET_ID": self._wechat.secret_arn, "ALIPAY_SECRET_ID": self._alipay.secret_arn}

    def open_accounts(self, function: lambda_.Function) -> None:
        """Lets a function read the merchant accounts."""
        accounts = [self._wechat.secret_arn, self._alipay.secret_arn]
        allow(function, ["secretsmanager:GetSecretValue"], accounts)
