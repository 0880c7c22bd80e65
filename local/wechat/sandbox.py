"""WeChat's pages and API for signing in. It answers as WeChat does: errors are JSON with status 200, codes are once.

Two apps are bound to one account of the open platform: the website, which shows a QR code, and the official account,
in whose browser people are who they are. A person has one `unionid`, and an `openid` for each app.
"""

import contextlib
import hashlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.edge import listen
from local.mailbox import STYLE
from local.payments.till import Now
from local.serve import serving

CODE_LIVES_S = 300
PEOPLE = ("林晓", "陈立", "新朋友 · Somebody new")
"""Whose phones there are. The last is another person each time."""
LOGIN, USERINFO, BASE = "snsapi_login", "snsapi_userinfo", "snsapi_base"
ME = "wechat_person"
"""The cookie by which WeChat's own browser knows who it is."""


@dataclass(frozen=True)
class App:
    """One of ours: what its pages may ask for, by its id and secret."""

    app_id: str
    secret: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    app_id: str
    person: str
    scope: str
    at: float


@dataclass
class WeChat:
    """The whole of it. `used` are codes that were taken."""

    now: Now
    site: App = field(default_factory=lambda: App("wxsite0000000001", secrets.token_hex(16), (LOGIN,)))
    account: App = field(default_factory=lambda: App("wxacct0000000001", secrets.token_hex(16), (USERINFO, BASE)))
    base_url: str = ""
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def secret(self) -> dict[str, str]:
        """What the stage's secret holds, with this in WeChat's place."""
        return {
            "site_app_id": self.site.app_id,
            "site_secret": self.site.secret,
            "account_app_id": self.account.app_id,
            "account_secret": self.account.secret,
            "gateway": self.base_url,
            "pages": self.base_url,
        }

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/connect/qrconnect", self._qr, methods=["GET"]),
                Route("/connect/confirm", self._confirm, methods=["POST"]),
                Route("/connect/oauth2/authorize", self._authorize, methods=["GET"]),
                Route("/sns/oauth2/access_token", self._access_token, methods=["GET"]),
                Route("/sns/userinfo", self._userinfo, methods=["GET"]),
            ]
        )

    def consent(self, app: App, person: str, scope: str) -> str:
        """A code for somebody who has scanned or consented."""
        code = secrets.token_hex(16)
        with self._lock:
            self.grants[code] = Grant(app.app_id, person, scope, self.now().timestamp())
        return code

    def has_payer(self, openid: str) -> bool:
        """Whether this is somebody's id at the official account, which was told to us."""
        told = [self.grants[code] for code in self.used]
        app_id = self.account.app_id
        return openid in {openid_of(app_id, grant.person) for grant in told if grant.app_id == app_id}

    def _qr(self, request: Request) -> Response:
        if wrong := _wrong(request.query_params, self.site):
            return HTMLResponse(_page(f"<p>{wrong}</p>"), 200)
        return HTMLResponse(_page(_choice(request.url.query)))

    async def _confirm(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = {name: values[0] for name, values in parse_qs(form.get("asked", "")).items()}
        if wrong := _wrong(asked, self.site):
            return HTMLResponse(_page(f"<p>{wrong}</p>"))
        code = self.consent(self.site, _whom(form.get("person", "")), LOGIN)
        return _back(asked, code)

    def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        if wrong := _wrong(asked, self.account):
            return HTMLResponse(_page(f"<p>{wrong}</p>"))
        return _back(asked, self.consent(self.account, person_of(request.cookies), asked["scope"]))

    def _access_token(self, request: Request) -> Response:
        asked = request.query_params
        known = {app.app_id: app for app in (self.site, self.account)}
        app = known.get(asked.get("appid", ""))
        if app is None:
            return _error(40013, "invalid appid")
        if asked.get("secret") != app.secret:
            return _error(40125, "invalid appsecret")
        if asked.get("grant_type") != "authorization_code":
            return _error(40002, "invalid grant_type")
        code = asked.get("code", "")
        if not code:
            return _error(41008, "missing code")
        with self._lock:
            grant = self.grants.get(code)
            if grant is None or grant.app_id != app.app_id:
                return _error(40029, "invalid code")
            if code in self.used:
                return _error(40163, "code been used")
            if self.now().timestamp() - grant.at > CODE_LIVES_S:
                return _error(42003, "code expired")
            self.used.add(code)
            token = secrets.token_hex(32)
            self.tokens[token] = grant
        told = {
            "access_token": token,
            "expires_in": 7200,
            "refresh_token": secrets.token_hex(32),
            "openid": openid_of(app.app_id, grant.person),
            "scope": grant.scope,
        }
        # Of a code that was given without consent WeChat says no more.
        return JSONResponse(told if grant.scope == BASE else {**told, "unionid": unionid_of(grant.person)})

    def _userinfo(self, request: Request) -> Response:
        grant = self.tokens.get(request.query_params.get("access_token", ""))
        if grant is None or grant.scope == BASE:
            return _error(40001, "invalid credential")
        if request.query_params.get("openid") != openid_of(grant.app_id, grant.person):
            return _error(40003, "invalid openid")
        told = {"openid": openid_of(grant.app_id, grant.person), "unionid": unionid_of(grant.person)}
        return JSONResponse({**told, "nickname": grant.person})


def person_of(cookies: Mapping[str, str]) -> str:
    """Who somebody is in WeChat's own browser."""
    return cookies.get(ME) or PEOPLE[0]


def unionid_of(person: str) -> str:
    """Who somebody is to all apps of one account of the open platform."""
    return "o6_" + hashlib.sha256(person.encode()).hexdigest()[:25]


def openid_of(app_id: str, person: str) -> str:
    """Who somebody is to one app."""
    return "o" + hashlib.sha256(f"{app_id} {person}".encode()).hexdigest()[:27]


def _wrong(asked: Mapping[str, str], app: App) -> str:
    """What WeChat's page would say is wrong; "" where nothing is."""
    if asked.get("appid") != app.app_id:
        return "AppID 参数错误 · wrong appid"
    if asked.get("response_type") != "code" or asked.get("scope") not in app.scopes:
        return "Scope 参数错误或没有 Scope 权限 · wrong scope"
    if not urlsplit(asked.get("redirect_uri", "")).scheme.startswith("http"):
        return "redirect_uri 参数错误 · wrong redirect_uri"
    return ""


def _whom(chosen: str) -> str:
    return secrets.token_hex(8) if chosen == PEOPLE[-1] or chosen not in PEOPLE else chosen


def _back(asked: Mapping[str, str], code: str) -> Response:
    address = asked["redirect_uri"]
    query = urlencode({"code": code, "state": asked.get("state", "")})
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{query}", 302)


def _error(code: int, message: str) -> Response:
    told: dict[str, Any] = {"errcode": code, "errmsg": message}
    # Text, as WeChat says.
    return JSONResponse(told, media_type="text/plain")


def _choice(query: str) -> str:
    buttons = "".join(
        f'<form method="post" action="/connect/confirm"><input type="hidden" name="asked" value="{escape(query)}">'
        f'<input type="hidden" name="person" value="{escape(person)}"><button>{escape(person)}</button></form>'
        for person in PEOPLE
    )
    return f"<p>用谁的手机扫码？ · Whose phone scans it?</p>{buttons}"


def _page(body: str) -> str:
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>微信沙箱 · WeChat sandbox</title>
<style>{STYLE}button{{font:inherit;padding:.6rem 1rem;margin:.3rem 0;width:100%}}</style></head>
<body><main><article><h1>微信登录沙箱 · WeChat sandbox</h1>{body}</article></main></body></html>"""


@contextlib.contextmanager
def playing_wechat(now: Now) -> Iterator[WeChat]:
    """Runs the sandbox until the block ends."""
    wechat = WeChat(now)
    with serving(wechat.app(), listen(0), "wechat") as base_url:
        wechat.base_url = base_url
        yield wechat
