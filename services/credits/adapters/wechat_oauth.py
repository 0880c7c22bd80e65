"""WeChat's OAuth: a website's QR code (snsapi_login), and consent in its own browser (snsapi_userinfo).

Both apps are bound to one account of the open platform, which gives a person the same `unionid` in both.
"""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from services.kit import wechat
from services.kit.public_url import PublicUrl
from services.kit.wechat import WeChatUnavailable

UNSET = "unset"
"""A member of the secret that CloudFormation made up: there are no apps yet."""
CALLBACK = "/sign-in/wechat"
"""The client's page that WeChat sends browsers back to."""
_Text = Field(min_length=1, max_length=200)


class WeChatSettings(BaseModel):
    """The members of the secret: the website app, the official account, and where WeChat is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_app_id: str = _Text
    site_secret: str = _Text
    account_app_id: str = _Text
    account_secret: str = _Text
    gateway: str = wechat.GATEWAY
    pages: str = wechat.PAGES


class WeChatOAuth:
    """Calls WeChat with the secrets of our apps. `secret` loads them."""

    def __init__(self, secret: Callable[[bool], Mapping[str, str]], public_url: PublicUrl) -> None:
        self._secret = secret
        self._public_url = public_url

    def page(self, state: str, *, inside: bool) -> str:
        """Where the browser is to go. Raises WeChatUnavailable while there are no apps."""
        settings = self._settings()
        return wechat.page(
            f"{settings.pages}{'/connect/oauth2/authorize' if inside else '/connect/qrconnect'}",
            app_id=settings.account_app_id if inside else settings.site_app_id,
            back_to=f"{self._public_url()}{CALLBACK}",
            scope="snsapi_userinfo" if inside else "snsapi_login",
            state=state,
        )

    def person(self, code: str, *, inside: bool) -> str:
        """Whose code this is: their unionid. Raises WeChatRefused, WeChatUnavailable."""
        settings = self._settings()
        app_id = settings.account_app_id if inside else settings.site_app_id
        secret = settings.account_secret if inside else settings.site_secret
        found = wechat.exchanged(settings.gateway, app_id, secret, code)
        if not found.get("unionid"):
            token = {"access_token": found.get("access_token", ""), "openid": found.get("openid", "")}
            found = wechat.ask(f"{settings.gateway}/sns/userinfo", token)
        if not found.get("unionid"):
            raise WeChatUnavailable("no unionid: the apps are not bound to one account of the open platform")
        return str(found["unionid"])

    def _settings(self) -> WeChatSettings:
        members = self._secret(False)
        if UNSET in members:
            raise WeChatUnavailable("there are no apps yet: python -m ops.sign_in_account")
        return WeChatSettings.model_validate(members)
