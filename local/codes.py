"""This machine's authenticator: the codes of the demo's staff, who have no phone.

Their secrets lie in the emulator, among its parameters, so that they are kept with its accounts. Nothing of it is
deployed: it is the local edge alone that shows codes.
"""

import time
from dataclasses import dataclass
from html import escape
from typing import Any

import pyotp
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local.mailbox import STYLE

PATH = "/_local/codes"
HOME = "/local/second-factors"
"""Where in Parameter Store the secrets lie."""
STEP_S = 30


@dataclass(frozen=True)
class KeptFactors:
    """Secrets of second factors, in the emulator. `ssm` is boto3's client."""

    ssm: Any

    def keep(self, email: str, secret: str) -> None:
        """Keeps the secret of an account, in place of the one before."""
        self.ssm.put_parameter(Name=_name(email), Value=secret, Type="SecureString", Overwrite=True)

    def secret(self, email: str) -> str | None:
        """The secret of an account; None where it has no second factor that was made here."""
        try:
            return str(self.ssm.get_parameter(Name=_name(email), WithDecryption=True)["Parameter"]["Value"])
        except self.ssm.exceptions.ParameterNotFound:
            return None

    def codes(self) -> dict[str, str]:
        """The codes of all accounts, as they are now."""
        pages = self.ssm.get_paginator("get_parameters_by_path").paginate(
            Path=HOME, Recursive=True, WithDecryption=True
        )
        found = [parameter for page in pages for parameter in page["Parameters"]]
        return {_email(each["Name"]): pyotp.TOTP(each["Value"]).now() for each in found}

    def routes(self) -> list[Route]:
        """The page."""
        return [Route(PATH, self._page, methods=["GET"])]

    def _page(self, request: Request) -> Response:
        """A page, or the codes by address as JSON for programs. In a thread: it waits for the emulator."""
        shown, fresh = self.codes(), {"cache-control": "no-store"}
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(codes_page(shown), headers=fresh)
        return JSONResponse(shown, headers=fresh)


def _name(email: str) -> str:
    user, _, domain = email.rpartition("@")
    return f"{HOME}/{domain}/{user}"


def _email(name: str) -> str:
    domain, _, user = name.removeprefix(f"{HOME}/").partition("/")
    return f"{user}@{domain}"


def codes_page(codes: dict[str, str]) -> str:
    """The page, in Chinese and English; it asks again when the codes change."""
    rows = "".join(
        f"<tr><th scope=row>{escape(email)}</th><td><code>{code}</code></td></tr>"
        for email, code in sorted(codes.items())
    )
    left = STEP_S - int(time.time()) % STEP_S
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="{left}"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>本机验证器 · Local authenticator</title>
<style>{STYLE}code{{font-size:1.4rem;letter-spacing:.1em}}th{{text-align:left;padding-right:2rem}}</style></head>
<body><h1>本机验证器 · Local authenticator</h1>
<p>演示工作人员的动态验证码，每 30 秒更换。 · The demo staff's codes, new every 30 seconds.</p>
<main><article><table>{rows}</table></article></main></body></html>"""
