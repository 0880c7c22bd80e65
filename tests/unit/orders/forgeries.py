"""Notifications that are not WeChat Pay's, each wrong in one way, made from one that is right."""

import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from local.payments.account import sign
from services.orders.domain.payment import RawNotification
from tests.unit.orders.till import WechatWorld, flipped, with_headers

Forge = Callable[[WechatWorld, RawNotification], RawNotification]
"""Makes a wrong notification of a right one."""


def _stranger_signs(_: WechatWorld, raw: RawNotification) -> RawNotification:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    headers = raw.headers
    message = f"{headers['wechatpay-timestamp']}\n{headers['wechatpay-nonce']}\n{raw.body.decode()}\n"
    return with_headers(raw, {"wechatpay-signature": sign(key, message)})


def _other_message(wechat: WechatWorld) -> RawNotification:
    wechat.clock.advance(1000)
    return wechat.message(wechat.paid(wechat.payment("20260302120000payment0000000002", 1)))


def _without(name: str) -> Forge:
    def forge(_: WechatWorld, raw: RawNotification) -> RawNotification:
        return RawNotification({key: value for key, value in raw.headers.items() if key != name}, raw.body)

    return forge


def resigned(**changes: Any) -> Forge:
    """A forgery that changes members of the body and signs it rightly."""

    def forge(wechat: WechatWorld, raw: RawNotification) -> RawNotification:
        return wechat.signed(json.dumps({**json.loads(raw.body), **changes}))

    return forge


def _resealed(**content: Any) -> Forge:
    def forge(wechat: WechatWorld, _: RawNotification) -> RawNotification:
        return wechat.message(wechat.payment(), **content)

    return forge


def _unsealed(wechat: WechatWorld, raw: RawNotification) -> RawNotification:
    body = json.loads(raw.body)
    body["resource"]["ciphertext"] = body["resource"]["ciphertext"][:-8] + "AAAAAAA="
    return wechat.signed(json.dumps(body))


def _header(name: str, value: str | Callable[[str], str]) -> Forge:

    def forge(_: WechatWorld, raw: RawNotification) -> RawNotification:
        changed = value if isinstance(value, str) else value(raw.headers[f"wechatpay-{name}"])
        return with_headers(raw, {f"wechatpay-{name}": changed})

    return forge


FORGERIES: dict[str, Forge] = {
    "altered body": lambda _, raw: RawNotification(raw.headers, raw.body.replace(b"SUCCESS", b"SUCCESs")),
    "a space more in the body": lambda _, raw: RawNotification(raw.headers, raw.body + b" "),
    "body that is not UTF-8": lambda _, raw: RawNotification(raw.headers, b"\xff\xfe"),
    "no body": lambda _, raw: RawNotification(raw.headers, b""),
    "headers of another notification": lambda wechat, raw: RawNotification(_other_message(wechat).headers, raw.body),
    "timestamp swapped with the nonce": lambda _, raw: with_headers(
        raw,
        {
            "wechatpay-timestamp": raw.headers["wechatpay-nonce"],
            "wechatpay-nonce": raw.headers["wechatpay-timestamp"],
        },
    ),
    "other timestamp": _header("timestamp", lambda seconds: str(int(seconds) + 1)),
    "timestamp that is no number": _header("timestamp", "now"),
    "other nonce": _header("nonce", lambda nonce: nonce[::-1]),
    "nonce with a line break": _header("nonce", lambda nonce: f"{nonce}\n"),
    "unknown serial": _header("serial", "PUB_KEY_ID_0000000000000000000000000000001"),
    "serial of a certificate": _header("serial", "5157F09EFDC096DE15EBE81A47057A72"),
    "no serial": _without("wechatpay-serial"),
    "no signature": _without("wechatpay-signature"),
    "no signature type": _without("wechatpay-signature-type"),
    "other signature type": _header("signature-type", "WECHATPAY2-SM2-WITH-SM3"),
    "other signature": _header("signature", flipped),
    "empty signature": _header("signature", ""),
    "signature of a stranger": _stranger_signs,
    "signature probe": _header("signature", "WECHATPAY/SIGNTEST/abcdefghijkl"),
    "probe before a right signature": _header("signature", lambda right: f"WECHATPAY/SIGNTEST/{right}"),
    "content sealed with another key": _unsealed,
    "not encrypted": resigned(resource_type="plain"),
    "no content": resigned(resource={}),
    "other cipher": resigned(resource={"algorithm": "none", "ciphertext": "e30=", "nonce": "0" * 12}),
    "other merchant": _resealed(mchid="1900000110"),
    "other application": _resealed(appid="wx0000000000000000"),
    "not paid": _resealed(trade_state="NOTPAY"),
    "no amount": _resealed(amount=None),
    "amount that is no number": _resealed(amount={"total": "all", "currency": "CNY"}),
    "fraction of a fen": _resealed(amount={"total": 9900.5, "currency": "CNY"}),
}
