"""Orders' functions that deal with payment providers, and what only they may touch."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from infra.constructs.consumer import EventConsumer
from infra.constructs.function import allow
from infra.constructs.secrets import made_up_secret
from infra.stacks.service import ServiceStack

LAYER = "payments"


class Payments:
    """A part of orders' stack: merchant accounts, and the functions that use them."""

    def __init__(self, stack: ServiceStack) -> None:
        self._stack = stack
        self._bundle = stack.bundle_with(LAYER)
        self._wechat = self._merchant_account("WechatPay", "wechat-pay", "WeChat Pay")
        self._alipay = self._merchant_account("Alipay", "alipay", "Alipay")
        self.http: dict[str, lambda_.Function] = {"callbacks": self._callbacks()}
        self.consumers: list[EventConsumer] = []

    def _merchant_account(self, id_: str, name: str, provider: str) -> secretsmanager.Secret:
        """Made up, so that it exists; `python -m ops.merchant_account` puts the account in."""
        return made_up_secret(
            self._stack,
            id_,
            name=f"xueshi-orders-{name}",
            description=f"The merchant account at {provider}, with its keys",
            template={},
            key="unset",
        )

    def _callbacks(self) -> lambda_.Function:
        """Takes notifications. It may keep them and tell of them, and read the keys that prove them; nothing more."""
        function = self._stack.add_http_function("callbacks", self._accounts(), self._bundle)
        self._stack.allow_write(function)
        self._stack.allow_emit(function)
        self._open_accounts(function)
        return function

    def _accounts(self) -> dict[str, str]:
        return {"WECHAT_PAY_SECRET_ID": self._wechat.secret_arn, "ALIPAY_SECRET_ID": self._alipay.secret_arn}

    def _open_accounts(self, function: lambda_.Function) -> None:
        accounts = [self._wechat.secret_arn, self._alipay.secret_arn]
        allow(function, ["secretsmanager:GetSecretValue"], accounts)
