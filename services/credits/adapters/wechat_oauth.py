"""WeChat's OAuth: a website's QR code (snsapi_login), and consent in its own browser (snsapi_userinfo).

Both apps are bound to one account of the open platform, which gives a person the same `unionid` in both.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from pydantic import BaseModel, ConfigDict, Field

from services.credits.app.ports import WeChatPerson, WeChatRefused, WeChatUnavailable
from services.kit.public_url import PublicUrl

TIMEOUT_S = 5
UNSET = "unset"
"""A member of the secret that CloudFormation made up: there are no apps yet."""
CALLBACK = "/sign-in/wechat"
"""The client's page that WeChat sends browsers back to."""
NOT_A_CODE = {40029, 40163, 41008, 42003}
"""WeChat's error codes: a code that is invalid, was used, is missing, is over."""
_Text = Field(min_length=1, max_length=200)


class WeChatSettings(BaseModel):
    """The members of the secret: the website app, the official account, and where WeChat is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_app_id: str = _Text
    site_secret: str = _Text
    account_app_id: str = _Text
    account_secret: str = _Text
    gateway: str = "https://api.weixin.qq.com"
    pages: str = "https://open.weixin.qq.com"


class WeChatOAuth:
    """Calls WeChat with the secrets of our apps. `secret` loads them."""

    def __init__(self, secret: Callable[[bool], Mapping[str, str]], public_url: PublicUrl) -> None:
        self._secret = secret
        self._public_url = public_url

    def page(self, state: str, *, inside: bool) -> str:
        """Where the browser is to go. Raises WeChatUnavailable while there are no apps."""
        settings = self._settings()
        asked = {
            "appid": settings.account_app_id if inside else settings.site_app_id,
            "redirect_uri": f"{self._public_url()}{CALLBACK}",
            "response_type": "code",
            "scope": "snsapi_userinfo" if inside else "snsapi_login",
            "state": state,
        }
        path = "/connect/oauth2/authorize" if inside else "/connect/qrconnect"
        return f"{settings.pages}{path}?{urlencode(asked)}#wechat_redirect"

    def person(self, code: str, *, inside: bool) -> WeChatPerson:
        """Whose code this is. Raises WeChatRefused, WeChatUnavailable."""
        settings = self._settings()
        app_id = settings.account_app_id if inside else settings.site_app_id
        secret = settings.account_secret if inside else settings.site_secret
        asked = {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"}
        found = _asked(f"{settings.gateway}/sns/oauth2/access_token", asked)
        if not found.get("unionid"):
            token = {"access_token": found.get("access_token", ""), "openid": found.get("openid", "")}
            found = {**found, **_asked(f"{settings.gateway}/sns/userinfo", token)}
        if not found.get("unionid") or not found.get("openid"):
            raise WeChatUnavailable("no unionid: the apps are not bound to one account of the open platform")
        return WeChatPerson(str(found["unionid"]), app_id, str(found["openid"]))

    def _settings(self) -> WeChatSettings:
        members = self._secret(False)
        if UNSET in members:
            raise WeChatUnavailable("there are no apps yet: python -m ops.sign_in_account")
        return WeChatSettings.model_validate(members)


def _asked(url: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What WeChat answers: JSON, whatever it says of its type; errors too, with status 200."""
    try:
        # S310: the address is the secret's, which operators write.
        with urlopen(f"{url}?{urlencode(query)}", timeout=TIMEOUT_S) as answer:  # noqa: S310
            found = json.loads(answer.read())
    except (URLError, TimeoutError, ValueError, OSError):
        # Without its words, which have the address, and that the secret.
        raise WeChatUnavailable("no answer") from None
    if not isinstance(found, dict):
        raise WeChatUnavailable("no object")
    if code := found.get("errcode"):
        if code in NOT_A_CODE:
            raise WeChatRefused
        raise WeChatUnavailable(f"errcode {code}")
    return found
