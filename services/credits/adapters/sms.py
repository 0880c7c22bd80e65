"""Short messages by Aliyun, by Tencent, or into this machine's mailbox.

The libraries of both are large: one function alone imports that of its stage. The words are those
of the template that the provider has approved, of which a code is the one parameter.
"""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.credits.app.ports import Messages, Post
from services.credits.app.texts.codes import code_text

UNSET = "unset"
"""A member of the secret that CloudFormation made up: there is no account yet."""
CONNECT_MS, ANSWER_MS = 2_000, 5_000
MAINLAND = "+86"
MAILBOX = "sms.invalid"
"""Of the addresses at which this machine's mailbox shows what would go to phones."""
_Text = Field(min_length=1, max_length=200)


class MessageRefused(Exception):
    """A provider did not take a message; `provider_code` says why. What it says beside that may name the number."""

    def __init__(self, provider_code: str) -> None:
        super().__init__(provider_code)
        self.provider_code = provider_code


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AliyunSettings(_Settings):
    """The members of the secret. `endpoint` with its scheme."""

    access_key_id: str = _Text
    access_key_secret: str = _Text
    sign_name: str = _Text
    template: str = _Text
    endpoint: str = "https://dysmsapi.aliyuncs.com"


class TencentSettings(_Settings):
    """The members of the secret. `endpoint` with its scheme."""

    secret_id: str = _Text
    secret_key: str = _Text
    app_id: str = _Text
    sign_name: str = _Text
    template: str = _Text
    region: str = "ap-guangzhou"
    endpoint: str = "https://sms.tencentcloudapi.com"


SETTINGS: Mapping[str, type[AliyunSettings] | type[TencentSettings]] = {
    "aliyun": AliyunSettings,
    "tencent": TencentSettings,
}
"""By provider: what must be in its secret."""


LIBRARIES = {"aliyun": "alibabacloud_dysmsapi20170525.client", "tencent": "tencentcloud.sms.v20210111.sms_client"}


class Aliyun:
    """SendSms of the version 2017-05-25."""

    def __init__(self, settings: AliyunSettings) -> None:
        self._settings = settings

    def send(self, number: str, code: str) -> None:
        """Hands one message over. Raises MessageRefused."""
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_dysmsapi20170525.models import SendSmsRequest
        from alibabacloud_tea_openapi.models import Config
        from alibabacloud_tea_util.models import RuntimeOptions

        settings = self._settings
        scheme, _, host = settings.endpoint.partition("://")
        config = Config(
            access_key_id=settings.access_key_id,
            access_key_secret=settings.access_key_secret,
            endpoint=host,
            protocol=scheme,
        )
        request = SendSmsRequest(
            # Of the mainland without the calling code, of elsewhere with it and without a plus.
            phone_numbers=number.removeprefix(MAINLAND).removeprefix("+"),
            sign_name=settings.sign_name,
            template_code=settings.template,
            template_param=json.dumps({"code": code}),
        )
        # Not twice: a second message is a second code's price, and people are told to ask again.
        options = RuntimeOptions(autoretry=False, connect_timeout=CONNECT_MS, read_timeout=ANSWER_MS)
        try:
            answer = Client(config).send_sms_with_options(request, options)
        except Exception as error:
            raise MessageRefused(str(getattr(error, "code", type(error).__name__))) from None
        if answer.body.code != "OK":
            raise MessageRefused(str(answer.body.code))


class Tencent:
    """SendSms of the version 2021-01-11."""

    def __init__(self, settings: TencentSettings) -> None:
        self._settings = settings

    def send(self, number: str, code: str) -> None:
        """Hands one message over. Raises MessageRefused."""
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.models import SendSmsRequest
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        settings = self._settings
        scheme, _, host = settings.endpoint.partition("://")
        profile = ClientProfile(httpProfile=HttpProfile(protocol=scheme, endpoint=host, reqTimeout=ANSWER_MS // 1000))
        request = SendSmsRequest()
        request.SmsSdkAppId, request.SignName, request.TemplateId = (
            settings.app_id,
            settings.sign_name,
            settings.template,
        )
        request.TemplateParamSet, request.PhoneNumberSet = [code], [number]
        client = SmsClient(Credential(settings.secret_id, settings.secret_key), settings.region, profile)
        try:
            answer = client.SendSms(request)
        except TencentCloudSDKException as error:
            raise MessageRefused(str(error.get_code())) from None
        if (status := answer.SendStatusSet[0].Code) != "Ok":
            raise MessageRefused(str(status))


class Mailbox:
    """This machine's: the emulator keeps what is mailed, and the local edge shows it."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def send(self, number: str, code: str) -> None:
        """Keeps one message."""
        self._post.send(f"{number}@{MAILBOX}", f"短信 · SMS {number}", code_text(code))


class Account:
    """The provider's account, as its secret has it at the moment of sending."""

    def __init__(self, provider: str, secret: Callable[[bool], Mapping[str, str]]) -> None:
        # At the function's start, where nobody waits for it and the processor is whole.
        import_module(LIBRARIES[provider])
        self._provider = provider
        self._secret = secret

    def send(self, number: str, code: str) -> None:
        """Hands one message over. Raises MessageRefused."""
        members = self._secret(False)
        if UNSET in members:
            raise MessageRefused("there is no account yet: python -m ops.sign_in_account")
        self._made(members).send(number, code)

    def _made(self, members: Mapping[str, str]) -> Messages:
        settings: Any = SETTINGS[self._provider].model_validate(dict(members))
        return Aliyun(settings) if self._provider == "aliyun" else Tencent(settings)
