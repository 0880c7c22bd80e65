"""Noting a merchant account, and another one with new keys beside it."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from infra.stages import stage
from local.payments.account import Account
from ops.aws import OpsError
from ops.merchant_account import forget_previous, go_back, put_account
from tests.fakes.stage import FakeStage

WHERE = stage("staging")
SECRET, WECHAT = f"{WHERE.prefix}-orders-alipay", f"{WHERE.prefix}-orders-wechat-pay"
ACCOUNT = {"app_id": "2021000000000001", "seller_id": "2088000000000001", "private_key": "ours", "public_key": "theirs"}
RENEWED = {**ACCOUNT, "private_key": "ours, new", "public_key": "theirs, new"}
BEFORE = {f"previous_{name}": value for name, value in ACCOUNT.items()}


@pytest.fixture
def clients() -> FakeStage:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    return FakeStage(lambda: now, {name: [(now, "v0", {"unset": "made up"})] for name in (SECRET, WECHAT)}, {})


def kept(clients: FakeStage, secret: str = SECRET) -> dict[str, str]:
    return clients.secrets[secret][-1][2]


def test_the_first_account_has_none_before_it(clients: FakeStage) -> None:
    put_account(clients, WHERE, "alipay", ACCOUNT)
    assert kept(clients) == ACCOUNT
    with pytest.raises(OpsError, match="no account before"):
        go_back(clients, WHERE, "alipay")


def test_new_keys_stand_beside_those_before_until_these_are_forgotten(clients: FakeStage) -> None:
    put_account(clients, WHERE, "alipay", ACCOUNT)
    for _ in range(2):
        put_account(clients, WHERE, "alipay", RENEWED)
        assert kept(clients) == RENEWED | BEFORE
    forget_previous(clients, WHERE, "alipay")
    assert kept(clients) == RENEWED


def test_the_account_before_is_put_in_force_again_and_the_other_kept(clients: FakeStage) -> None:
    put_account(clients, WHERE, "alipay", ACCOUNT)
    put_account(clients, WHERE, "alipay", RENEWED)
    go_back(clients, WHERE, "alipay")
    assert kept(clients) == ACCOUNT | {f"previous_{name}": value for name, value in RENEWED.items()}


def test_another_merchant_and_half_an_account_change_nothing(clients: FakeStage) -> None:
    put_account(clients, WHERE, "alipay", ACCOUNT)
    with pytest.raises(OpsError, match="Another seller_id"):
        put_account(clients, WHERE, "alipay", {**RENEWED, "seller_id": "2088000000000002"})
    with pytest.raises(ValidationError):
        put_account(clients, WHERE, "alipay", {"app_id": ACCOUNT["app_id"]})
    assert kept(clients) == ACCOUNT


def test_a_merchant_comes_to_have_an_official_account_and_keeps_it(clients: FakeStage) -> None:
    merchant = Account().secret("https://api.mch.weixin.qq.com")
    official = {**merchant, "account_app_id": "wxacct0000000001", "account_secret": "theirs"}
    put_account(clients, WHERE, "wechat", merchant)
    with pytest.raises(ValidationError, match="belong together"):
        put_account(clients, WHERE, "wechat", {**official, "account_secret": ""})
    put_account(clients, WHERE, "wechat", official)
    with pytest.raises(OpsError, match="Another account_app_id"):
        put_account(clients, WHERE, "wechat", {**official, "account_app_id": "wxacct0000000002"})
    assert kept(clients, WECHAT)["account_app_id"] == "wxacct0000000001"
