"""Something that answers and notifies as Alipay does, for the adapter's tests: RSA2 both ways, over HTTP."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.edge import listen
from local.serve import serving
from services.kit.days import SHANGHAI
from services.orders.adapters.alipay import Alipay, AlipaySettings
from services.orders.domain.payment import RawNotification
from tests.fakes.clock import ManualClock

APP, SELLER = "2021000000000001", "2088000000000001"

HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


@cache
def keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    """The application's and Alipay's."""
    return new_key(), new_key()


def new_key() -> rsa.RSAPrivateKey:
    """Another one."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class AlipayWorld:
    """`answers` by method: what the gateway says next. `asked`: what it was asked, its signature checked."""

    clock: ManualClock
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    bill: bytes = b""
    base_url: str = ""
    signs: bool = True

    def provider(self) -> Alipay:
        """The adapter on it."""
        return Alipay(self.settings(), self.clock)

    def settings(self, alipays: rsa.RSAPrivateKey | None = None) -> AlipaySettings:
        """The account's, with another key of Alipay's if told so."""
        application, alipay = keys()
        private = application.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
        public = (alipays or alipay).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        gateway = f"{self.base_url}/gateway.do"
        return AlipaySettings(app_id=APP, seller_id=SELLER, private_key=private, public_key=public, gateway=gateway)

    def message(self, key: rsa.RSAPrivateKey | None = None, **changes: str) -> RawNotification:
        """A notification of a payment, signed; `changes` replace parameters before that."""
        now = f"{self.clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        told = {
            "gmt_create": now,
            "charset": "utf-8",
            "subject": "家族信托",
            "notify_id": "2026030200222120000000000000001",
            "notify_type": "trade_status_sync",
            "notify_time": now,
            "trade_status": "TRADE_SUCCESS",
            "app_id": APP,
            "seller_id": SELLER,
            "total_amount": "99.00",
            "trade_no": "2026030222001400000000000001",
            "out_trade_no": "20260302120000payment0000000001",
            "version": "1.0",
            "sign_type": "RSA2",
            "passback_params": "",
            **changes,
        }
        return form({**told, "sign": signature(told, key or keys()[1])})

    def app(self) -> Starlette:
        """The gateway."""
        return Starlette(routes=[Route("/gateway.do", self._answer), Route("/bill", self._bill)])

    async def _answer(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self._check(asked)
        self.asked.append({**asked, "biz_content": json.loads(asked["biz_content"])})
        content = json.dumps(self.answers[asked["method"]], ensure_ascii=False)
        name = asked["method"].replace(".", "_") + "_response"
        signed = _sign(keys()[1], content) if self.signs else _sign(keys()[0], content)
        return Response(f'{{"{name}":{content},"sign":"{signed}"}}', media_type="text/html")

    async def _bill(self, _: Request) -> Response:
        return Response(self.bill)

    def _check(self, asked: dict[str, str]) -> None:
        sign = asked.pop("sign")
        content = "&".join(f"{name}={value}" for name, value in sorted(asked.items()))
        try:
            keys()[0].public_key().verify(base64.b64decode(sign), content.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise AssertionError("a request that the application did not sign") from None


def form(parameters: Mapping[str, str]) -> RawNotification:
    """A body as Alipay sends it."""
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return RawNotification(headers, urlencode(parameters).encode())


def signature(told: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """Over all parameters but the signature and its type."""
    signed = sorted((name, value) for name, value in told.items() if name not in ("sign", "sign_type"))
    return _sign(key, "&".join(f"{name}={value}" for name, value in signed))


def details(rows: list[tuple[str, str, str, str, str]], payments: int, refunds: int) -> str:
    """The file with the details: (kind, number, name, amount, refund number) of each row."""
    lines = [
        f"2026{place:04d}\t,{number}\t,{kind},{name},2026-03-02 11:59:00,2026-03-02 12:00:00,,,,,a***@b.c,"
        f"{amount},{amount},0.00,0.00,0.00,0.00,0.00,,0.00,0.00,{refund}\t,-0.60,0.00,"
        for place, (kind, number, name, amount, refund) in enumerate(rows)
    ]
    body = ["#支付宝业务明细查询", "#--业务明细列表----", HEAD, *lines, "#--业务明细列表结束----"]
    return "\r\n".join([*body, f"#交易合计：{payments}笔，商家实收共1元", f"#退款合计：{refunds}笔，商家实收退款共1元"])


def archive(*texts: str) -> bytes:
    """Files in one ZIP, in GBK."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for number, text in enumerate(texts):
            made.writestr(f"{number}.csv", text.encode("gb18030"))
    return packed.getvalue()


def _sign(key: rsa.RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


@contextmanager
def alipay_world(now: datetime) -> Iterator[AlipayWorld]:
    """A gateway that runs until the block ends."""
    world = AlipayWorld(ManualClock(now))
    with serving(world.app(), listen(0), "alipay") as base_url:
        world.base_url = base_url
        yield world
