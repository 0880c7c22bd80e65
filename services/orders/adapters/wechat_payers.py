"""Who is to pay within WeChat: the official account's quiet page (snsapi_base), and the code it comes back with."""

from services.kit import wechat
from services.kit.wechat import WeChatUnavailable
from services.orders.adapters.wechat_pay import WechatPaySettings


class WeChatPayers:
    """Asks WeChat as the official account of the merchant. The settings must name one."""

    def __init__(self, settings: WechatPaySettings) -> None:
        self._settings = settings

    def page(self, state: str, back_to: str) -> str:
        """WeChat's page, which shows nothing and tells no more than the openid."""
        return wechat.page(
            f"{self._settings.account_pages}/connect/oauth2/authorize",
            app_id=self._settings.account_app_id,
            back_to=back_to,
            scope="snsapi_base",
            state=state,
        )

    def openid(self, code: str) -> str:
        """Whose code this is. Raises WeChatRefused, WeChatUnavailable."""
        asking = self._settings
        found = wechat.exchanged(asking.account_gateway, asking.account_app_id, asking.account_secret, code)
        if not found.get("openid"):
            raise WeChatUnavailable("no openid")
        return str(found["openid"])
