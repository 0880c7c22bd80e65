"""Accounts for signing in are checked before they are written, and only where the stage offers it."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import ValidationError

from infra.stages import stage
from ops.aws import OpsError
from ops.sign_in_account import SMS, WECHAT, put_sign_in_account

APPS = {"site_app_id": "wx1", "site_secret": "s1", "account_app_id": "wx2", "account_secret": "s2"}
ALIYUN = {"access_key_id": "id", "access_key_secret": "key", "sign_name": "学时", "template": "SMS_1"}


@mock_aws
def test_an_account_is_written_once_it_is_whole() -> None:
    client = boto3.client("secretsmanager", "us-east-1")
    where, clients = stage("prod"), lambda _service: client
    for name in ("credits-sms", "credits-wechatapps"):
        client.create_secret(Name=f"xueshi-{name}", SecretString=json.dumps({"unset": "made up"}))
    for kind, members in ((SMS, ALIYUN), (WECHAT, APPS)):
        with pytest.raises(ValidationError):
            put_sign_in_account(clients, where, kind, dict(list(members.items())[1:]))
        put_sign_in_account(clients, where, kind, members)
        put_sign_in_account(clients, where, kind, members)
    assert held(client, "credits-sms") == ALIYUN
    assert held(client, "credits-wechatapps") == APPS


def held(client: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(client.get_secret_value(SecretId=f"xueshi-{name}")["SecretString"])
    return found


@pytest.mark.parametrize(("name", "kind"), [("dev", SMS), ("dev", WECHAT), ("local", SMS)])
def test_a_stage_without_it_takes_no_account(name: str, kind: str) -> None:
    with pytest.raises(OpsError, match=f"Stage {name} has no account"):
        put_sign_in_account(lambda _service: None, stage(name), kind, {})
