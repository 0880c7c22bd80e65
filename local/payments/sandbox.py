"""The sandbox over HTTP: WeChat Pay's API for the merchant, and for the payer a page with what can happen.

Everything it answers and sends is signed as WeChat Pay signs, and the merchant's requests must be signed too.
"""

import contextlib
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from local.edge import listen
from local.payments.account import SIGNATURE_TYPE, Account, token
from local.payments.page import payment_page
from local.payments.till import H5, JSAPI, NATIVE, Now, Refusal, Till, Trade
from local.serve import serving
from local.wechat.sandbox import WeChat

LATE_S = 20.0
"""How long a delayed notification is held back."""
RETRIES_S = (0.0, 1.0, 3.0, 10.0)
"""When a notification that is not acknowledged is sent again."""
PAY, TWICE, LATE, SILENT, FAIL = "pay", "twice", "late", "silent", "fail"
KINDS = {"native": NATIVE, "h5": H5, "jsapi": JSAPI}
PREPAID = "wx"
"""How the ids begin by which WeChat's bridge knows payments."""
SAID = {PAY: "ok", SILENT: "ok", FAIL: "fail"}
"""What the bridge says to the page; of anything else that the payer cancelled."""

_AUTHORIZATION = re.compile(
    rf'{SIGNATURE_TYPE} mchid="(?P<mchid>[^"]*)",nonce_str="(?P<nonce>[^"]*)",'
    r'signature="(?P<signature>[^"]*)",timestamp="(?P<timestamp>\d+)",serial_no="(?P<serial>[^"]*)"'
)


@dataclass
class Sandbox:
    """One merchant's WeChat Pay. The official account of `wechat` is bound to the merchant."""

    account: Account
    now: Now
    wechat: WeChat | None = None
    base_url: str = ""
    notified: list[int] = field(default_factory=list)
    """The status of each answer to a notification, in order."""

    @cached_property
    def till(self) -> Till:
        """Its books."""
        return Till(self.account, self.now, self.wechat.account.app_id if self.wechat else "")

    def secret(self) -> dict[str, str]:
        """What the merchant's secret holds."""
        secret = self.account.secret(self.base_url)
        if self.wechat is None:
            return secret
        official = {"app_id": self.wechat.account.app_id, "secret": self.wechat.account.secret}
        where = {"gateway": self.wechat.base_url, "pages": self.wechat.base_url}
        return secret | {f"account_{name}": value for name, value in {**official, **where}.items()}

    def act(self, page: str, action: str) -> Trade:
        """What the payer does on the page of a payment. Raises Refusal."""
        trade = self.till.on_page(page)
        if action == FAIL:
            return trade
        paid = self.till.pay(trade.number)
        identifier = token(36)
        copies = {PAY: [0.0], TWICE: [0.0, 0.5], LATE: [LATE_S], SILENT: []}[action]
        for delay in copies:
            self._notify(paid, identifier, delay, 0)
        return paid

    def bridged(self, asked: Mapping[str, str], openid: str, action: str) -> str:
        """What WeChat's bridge says to a page that asks for a payment, after what the person of the phone does."""
        signed = "".join(f"{asked.get(name)}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
        is_whole = asked.get("signType") == "RSA" and self.account.is_merchants(asked.get("paySign", ""), signed)
        try:
            trade = self.till.on_page(asked.get("package", "").removeprefix(f"prepay_id={PREPAID}"))
            if not is_whole or (asked.get("appId"), openid) != (trade.app_id, trade.openid):
                return "fail"
            if action in SAID:
                self.act(trade.page, action)
        except Refusal:
            return "fail"
        return SAID.get(action, "cancel")

    def message(self, trade: Trade, identifier: str = "") -> tuple[dict[str, str], str]:
        """Headers and body of a notification that a payment was made."""
        body = self.account.notification(identifier or token(36), self.till.told(trade), self.now())
        return {"content-type": "application/json", **self.account.signed(body, self.now())}, body

    def _notify(self, trade: Trade, identifier: str, delay_s: float, attempt: int) -> None:
        timer = threading.Timer(delay_s, self._send, (trade, identifier, attempt))
        timer.daemon = True
        timer.start()

    def _send(self, trade: Trade, identifier: str, attempt: int) -> None:
        headers, body = self.message(trade, identifier)
        try:
            answer = httpx.post(trade.notify_url, content=body.encode(), headers=headers, timeout=60, trust_env=False)
            self.notified.append(answer.status_code)
            acknowledged = answer.is_success
        except httpx.HTTPError:
            acknowledged = False
        if not acknowledged and attempt + 1 < len(RETRIES_S):
            self._notify(trade, identifier, RETRIES_S[attempt + 1], attempt + 1)

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v3/pay/transactions/{kind:str}", self._api(self._open), methods=["POST"]),
                Route("/v3/pay/transactions/out-trade-no/{number:str}", self._api(self._query), methods=["GET"]),
                Route("/v3/pay/transactions/out-trade-no/{number:str}/close", self._api(self._close), methods=["POST"]),
                Route("/v3/refund/domestic/refunds", self._api(self._refund), methods=["POST"]),
                Route("/v3/refund/domestic/refunds/{number:str}", self._api(self._query_refund), methods=["GET"]),
                Route("/v3/bill/tradebill", self._api(self._bill), methods=["GET"]),
                Route("/v3/billdownload/file", self._bill_file, methods=["GET"]),
                Route("/pay/{page:str}", self._page, methods=["GET"]),
                Route("/pay/{page:str}/{action:str}", self._action, methods=["POST"]),
            ]
        )

    def _api(self, answer: Callable[[Request, dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
        """A route of the merchant's API: the request's signature is checked, the answer signed."""

        async def handle(request: Request) -> Response:
            body = (await request.body()).decode()
            try:
                self._check(request, body)
                content = answer(request, json.loads(body) if body else {})
            except Refusal as refusal:
                text = json.dumps({"code": refusal.code, "message": refusal.message}, ensure_ascii=False)
                return self._signed(text, refusal.status)
            return self._signed("" if content is None else json.dumps(content, ensure_ascii=False))

        return handle

    def _check(self, request: Request, body: str) -> None:
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        known = found and (found["mchid"], found["serial"]) == (
            self.account.merchant_id,
            self.account.certificate_serial,
        )
        message = f"{request.method}\n{target}\n{found['timestamp']}\n{found['nonce']}\n{body}\n" if found else ""
        if not (found and known and self.account.is_merchants(found["signature"], message)):
            raise Refusal(401, "SIGN_ERROR", "签名错误")

    def _signed(self, text: str, status: int = 200) -> Response:
        headers = self.account.signed(text, self.now())
        return Response(text, status if text else 204, headers, media_type="application/json")

    def _open(self, request: Request, asked: dict[str, Any]) -> Mapping[str, str]:
        kind = request.path_params["kind"]
        if kind == "jsapi" and not (self.wechat and self.wechat.has_payer(asked["payer"]["openid"])):
            raise Refusal(400, "PARAM_ERROR", "appid和openid不匹配")
        trade = self.till.open(KINDS[kind], asked)
        if kind == "jsapi":
            return {"prepay_id": f"{PREPAID}{trade.page}"}
        return {"code_url" if kind == "native" else "h5_url": f"{self.base_url}/pay/{trade.page}"}

    def _query(self, request: Request, _: dict[str, Any]) -> dict[str, Any]:
        return self.till.told(self.till.trade(request.path_params["number"]))

    def _close(self, request: Request, _: dict[str, Any]) -> None:
        self.till.close(request.path_params["number"])

    def _refund(self, _: Request, asked: dict[str, Any]) -> dict[str, Any]:
        return self.till.told_refund(self.till.refund(asked))

    def _query_refund(self, request: Request, _: dict[str, Any]) -> dict[str, Any]:
        return self.till.told_refund(self.till.refund_of(request.path_params["number"]))

    def _bill(self, request: Request, _: dict[str, Any]) -> dict[str, str]:
        day = request.query_params["bill_date"]
        digest = hashlib.sha1(self.till.bill(date.fromisoformat(day)).encode(), usedforsecurity=False).hexdigest()
        url = f"{self.base_url}/v3/billdownload/file?token={day}"
        return {"hash_type": "SHA1", "hash_value": digest, "download_url": url}

    async def _bill_file(self, request: Request) -> Response:
        try:
            self._check(request, "")
            bill = self.till.bill(date.fromisoformat(request.query_params["token"]))
        except Refusal as refusal:
            return Response(refusal.message, refusal.status)
        return Response(gzip.compress(bill.encode()), media_type="application/octet-stream")

    async def _page(self, request: Request) -> Response:
        try:
            trade = self.till.on_page(request.path_params["page"])
        except Refusal as refusal:
            return Response(refusal.message, refusal.status)
        return HTMLResponse(payment_page(trade))

    async def _action(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in (PAY, TWICE, LATE, SILENT, FAIL):
            return Response("没有这个操作", 404)
        try:
            trade = await run_in_threadpool(self.act, request.path_params["page"], action)
        except Refusal as refusal:
            return HTMLResponse(payment_page(None, refusal.message), refusal.status)
        return HTMLResponse(payment_page(trade, "支付失败 · The payment failed" if action == FAIL else ""))


@contextlib.contextmanager
def playing(now: Now, account: Account | None = None, wechat: WeChat | None = None) -> Iterator[Sandbox]:
    """Runs a sandbox until the block ends. Its clock is `now`, aware of its time zone."""
    sandbox = Sandbox(account or Account(), now, wechat)
    with serving(sandbox.app(), listen(0), "payments") as base_url:
        sandbox.base_url = base_url
        yield sandbox


def wall_clock() -> datetime:
    """The machine's time."""
    return datetime.now().astimezone()
