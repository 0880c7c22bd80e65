"""Where payment providers are chosen, for the functions that carry their libraries."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from os import environ

from services.kit.clock import SystemClock
from services.kit.direct.values import secret
from services.kit.public_url import PublicUrl, public_url
from services.kit.secrets import json_secret
from services.orders import bootstrap
from services.orders.adapters.alipay import Alipay, AlipaySettings
from services.orders.adapters.wechat_pay import WechatPay, WechatPaySettings
from services.orders.adapters.wechat_payers import WeChatPayers
from services.orders.app.context import PayingContext, PaymentContext
from services.orders.app.ports import Payers
from services.orders.domain.payment import PaymentProvider, ProviderName

UNSET = "unset"
"""A member of the secrets that CloudFormation made up: there is no merchant account yet."""

PREVIOUS = "previous_"
"""How the members begin of the account as it was before its keys changed (ops.merchant_account)."""


@cache
def payments() -> PaymentContext:
    """With the providers."""
    return PaymentContext(**vars(bootstrap.orders()), provider=provider)


def provider(name: ProviderName) -> PaymentProvider | None:
    """The provider of a name; None where its secret holds no merchant account."""
    secret = _loaders()[name](False)
    return None if UNSET in secret else _made(name, tuple(sorted(secret.items())))


@cache
def paying() -> PayingContext:
    """With the providers, and who asks WeChat who pays."""
    return PayingContext(**vars(payments()), payers=_payers)


@cache
def address() -> PublicUrl:
    """Where providers reach us."""
    return public_url(environ["PUBLIC_URL_PARAMETER"])


def _payers() -> Payers | None:
    """None where the merchant's secret names no official account."""
    secret = _loaders()[ProviderName.WECHAT](False)
    settings = None if UNSET in secret else WechatPaySettings.model_validate(_now(secret))
    return WeChatPayers(settings) if settings and settings.account_app_id else None


@cache
def _loaders() -> Mapping[ProviderName, Callable[[bool], Mapping[str, str]]]:
    return {
        ProviderName.WECHAT: json_secret(secret(environ["WECHAT_PAY_SECRET_ID"])),
        ProviderName.ALIPAY: json_secret(secret(environ["ALIPAY_SECRET_ID"])),
    }


@lru_cache(maxsize=2)
def _made(name: ProviderName, secret: tuple[tuple[str, str], ...]) -> PaymentProvider:
    """Kept until the secret changes: keys take a while to load."""
    now = _now(dict(secret))
    before = {member.removeprefix(PREVIOUS): value for member, value in secret if member.startswith(PREVIOUS)}
    if name is ProviderName.WECHAT:
        return WechatPay(
            WechatPaySettings.model_validate(now), WechatPaySettings.model_validate(before) if before else None
        )
    return Alipay(
        AlipaySettings.model_validate(now), SystemClock(), AlipaySettings.model_validate(before) if before else None
    )


def _now(secret: Mapping[str, str]) -> dict[str, str]:
    """The account that is in force."""
    return {member: value for member, value in secret.items() if not member.startswith(PREVIOUS)}
