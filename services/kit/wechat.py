"""WeChat's OAuth, as each app of ours there uses it: the page that a browser goes to, and whom a code is of."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

GATEWAY, PAGES = "https://api.weixin.qq.com", "https://open.weixin.qq.com"
"""Where WeChat answers us, and where browsers go."""
TIMEOUT_S = 5
NOT_A_CODE = {40029, 40163, 41008, 42003}
"""WeChat's error codes: a code that is invalid, was used, is missing, is over."""


class WeChatRefused(Exception):
    """WeChat does not know the code: it is made up, used or over."""


class WeChatUnavailable(Exception):
    """WeChat does not answer, or not as it should; the message says which of its error codes."""


def page(address: str, *, app_id: str, back_to: str, scope: str, state: str) -> str:
    """The address of one of WeChat's pages, from which a browser comes back to us with a code."""
    asked = {"appid": app_id, "redirect_uri": back_to, "response_type": "code", "scope": scope, "state": state}
    return f"{address}?{urlencode(asked)}#wechat_redirect"


def exchanged(gateway: str, app_id: str, secret: str, code: str) -> dict[str, Any]:
    """Whom a code of an app is of, with a token for further questions. Raises WeChatRefused, WeChatUnavailable."""
    asked = {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"}
    return ask(f"{gateway}/sns/oauth2/access_token", asked)


def ask(url: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What WeChat answers: JSON, whatever it says of its type; errors too, with status 200.

    Raises:
        WeChatRefused, WeChatUnavailable: without its words, which have the address, and that the secret.
    """
    try:
        # S310: the address is the secret's, which operators write.
        with urlopen(f"{url}?{urlencode(query)}", timeout=TIMEOUT_S) as answer:  # noqa: S310
            found = json.loads(answer.read())
    except (URLError, TimeoutError, ValueError, OSError):
        raise WeChatUnavailable("no answer") from None
    if not isinstance(found, dict):
        raise WeChatUnavailable("no object")
    if code := found.get("errcode"):
        if code in NOT_A_CODE:
            raise WeChatRefused
        raise WeChatUnavailable(f"errcode {code}")
    return found
