"""The adapters of both providers against a stand-in that takes what they send; the mailbox; the account's secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.edge import listen
from local.serve import serving
from services.credits.adapters.sms import Account, Mailbox, MessageRefused
from tests.fakes.messages import SentMails

NUMBER, CODE = "+8613800138000", "271828"


@dataclass
class Provider:
    """Both providers' API, as far as a message is sent by it."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    says: str = ""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/", self.take, methods=["GET", "POST"])])

    async def take(self, request: Request) -> Response:
        body = (await request.body()).decode()
        headers = {name: value for name, value in request.headers.items() if "tc-" in name or "authoriz" in name}
        sent = json.loads(body) if body.startswith("{") else {n: v[0] for n, v in parse_qs(body).items()}
        self.asked.append({**dict(request.query_params), **headers, **sent})
        if "x-tc-action" in request.headers:
            status = {"Code": self.says or "Ok", "Message": f"about {NUMBER}"}
            return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "1"}})
        return JSONResponse({"Code": self.says or "OK", "Message": f"about {NUMBER}", "RequestId": "1"})


@pytest.fixture
def provider() -> Iterator[Provider]:
    standing_in = Provider()
    with serving(standing_in.app(), listen(0), "sms") as url:
        standing_in.url = url
        yield standing_in


def account(name: str, url: str) -> Account:
    common = {"sign_name": "学时", "template": "SMS_1", "endpoint": url}
    own = {
        "aliyun": {"access_key_id": "key-id", "access_key_secret": "s3cret"},
        "tencent": {"secret_id": "key-id", "secret_key": "s3cret", "app_id": "1400"},
    }[name]
    return Account(name, lambda _: {**common, **own})


def test_aliyun_is_given_the_number_the_template_and_the_code(provider: Provider) -> None:
    account("aliyun", provider.url).send(NUMBER, CODE)
    (asked,) = provider.asked
    assert asked["PhoneNumbers"] == "13800138000"
    assert (asked["SignName"], asked["TemplateCode"]) == ("学时", "SMS_1")
    assert json.loads(asked["TemplateParam"]) == {"code": CODE}


def test_tencent_is_given_the_number_the_template_and_the_code(provider: Provider) -> None:
    account("tencent", provider.url).send(NUMBER, CODE)
    (asked,) = provider.asked
    assert [asked["PhoneNumberSet"], asked["TemplateParamSet"]] == [[NUMBER], [CODE]]
    assert (asked["SmsSdkAppId"], asked["SignName"], asked["TemplateId"]) == ("1400", "学时", "SMS_1")
    assert asked["x-tc-action"] == "SendSms"


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_what_a_provider_refuses_is_said_by_its_code_alone(provider: Provider, name: str) -> None:
    provider.says = "isv.BUSINESS_LIMIT_CONTROL"
    with pytest.raises(MessageRefused) as raised:
        account(name, provider.url).send(NUMBER, CODE)
    assert raised.value.provider_code == "isv.BUSINESS_LIMIT_CONTROL"
    assert "13800138000" not in str(raised.value)
    assert len(provider.asked) == 1, "a message is not sent twice"


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_provider_that_does_not_answer_is_not_asked_again(name: str) -> None:
    with pytest.raises(MessageRefused) as raised:
        account(name, "http://127.0.0.1:9").send(NUMBER, CODE)
    assert "13800138000" not in str(raised.value)


def test_without_an_account_nothing_is_sent() -> None:
    with pytest.raises(MessageRefused, match="no account yet"):
        Account("aliyun", lambda _: {"unset": "made up"}).send(NUMBER, CODE)


def test_this_machines_mailbox_shows_what_phones_would() -> None:
    mails = SentMails()
    Mailbox(mails).send(NUMBER, CODE)
    ((address, _, text),) = mails.sent
    assert address == f"{NUMBER}@sms.invalid"
    assert CODE in text
