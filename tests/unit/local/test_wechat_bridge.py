"""WeChat's bridge on this machine: in the pages of browsers that say they are WeChat's, and asked as WeChat is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from local.distribution import Behaviour, Distribution, Origin
from local.edge import Client, Edge, EdgeSettings
from local.payments.account import Account, sign
from local.payments.bridge import PATH, SCRIPT, bridge_routes
from local.payments.sandbox import Sandbox
from local.wechat.sandbox import BASE, ME, PEOPLE, WeChat, openid_of

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WECHAT = {"user-agent": "Mozilla/5.0 MicroMessenger/8.0.50"}


def now() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def account() -> Account:
    return Account()


@pytest.fixture
def sandbox(account: Account) -> Sandbox:
    return Sandbox(account, now, WeChat(now))


@pytest.fixture
def browser(sandbox: Sandbox) -> TestClient:
    assert sandbox.wechat
    return TestClient(Starlette(routes=bridge_routes(sandbox, sandbox.wechat)))


def opened(sandbox: Sandbox) -> dict[str, str]:
    """A payment that the first of the people opened, as the page's parameters."""
    assert sandbox.wechat
    app_id = sandbox.wechat.account.app_id
    asked = {
        "mchid": sandbox.account.merchant_id,
        "appid": app_id,
        "out_trade_no": "P1",
        "description": "课",
        "amount": {"total": 100},
        "notify_url": "http://127.0.0.1:9",
        "time_expire": "2026-12-01T01:00:00+00:00",
        "payer": {"openid": openid_of(app_id, PEOPLE[0])},
    }
    trade = sandbox.till.open("JSAPI", asked)
    signed = {"appId": app_id, "timeStamp": "1", "nonceStr": "n", "package": f"prepay_id=wx{trade.page}"}
    message = "".join(f"{value}\n" for value in signed.values())
    return {**signed, "signType": "RSA", "paySign": sign(sandbox.account.merchant_key, message)}


def said(browser: TestClient, parameters: dict[str, str], action: str) -> str:
    answer = browser.post(PATH, json={"parameters": parameters, "action": action})
    return str(answer.json()["said"])


def test_the_bridge_is_in_the_pages_of_wechats_browser_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html><head></head></html>")
    behaviour = Behaviour("*", frozenset({"GET"}), Origin("https://bucket", "", ()))
    client = Client(tmp_path, {}, SCRIPT)
    edge = TestClient(
        Edge(EdgeSettings(Distribution((behaviour,)), "http://127.0.0.1:9", lambda *_: False, client=client)).app()
    )
    assert SCRIPT in edge.get("/orders/1/pay", headers=WECHAT).text
    assert edge.get("/orders/1/pay").text == "<html><head></head></html>"


def test_a_payment_is_paid_cancelled_or_not_opened(browser: TestClient, sandbox: Sandbox) -> None:
    parameters = opened(sandbox)
    assert "getBrandWCPayRequest" in browser.get(SCRIPT).text
    assert said(browser, {**parameters, "paySign": "made up"}, "pay") == "fail"
    assert said(browser, {**parameters, "package": "prepay_id=wx0"}, "pay") == "fail"
    assert said(browser, parameters, "cancel") == "cancel"
    assert sandbox.till.trade("P1").state == "NOTPAY"
    assert said(browser, parameters, "silent") == "ok"
    assert sandbox.till.trade("P1").state == "SUCCESS"
    assert said(browser, parameters, "pay") == "fail"


def test_whom_the_openid_is_not_of_cannot_pay(browser: TestClient, sandbox: Sandbox) -> None:
    browser.cookies.set(ME, "somebody-else")
    assert said(browser, opened(sandbox), "pay") == "fail"


def test_the_account_knows_whom_it_was_told_of(sandbox: Sandbox) -> None:
    wechat = sandbox.wechat
    assert wechat
    code = wechat.consent(wechat.account, PEOPLE[1], BASE)
    openid = openid_of(wechat.account.app_id, PEOPLE[1])
    assert not wechat.has_payer(openid)
    asked = {"appid": wechat.account.app_id, "secret": wechat.account.secret, "code": code}
    TestClient(wechat.app()).get("/sns/oauth2/access_token", params={**asked, "grant_type": "authorization_code"})
    assert wechat.has_payer(openid)
