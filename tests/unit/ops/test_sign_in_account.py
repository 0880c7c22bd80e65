"""Accounts for signing in are checked before they are written, and only where the stage offers it."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from infra.stages import stage
from ops.aws import OpsError
from ops.sign_in_account import SECRETS, SMS, WECHAT, put_sign_in_account
from tests.fakes.stage import FakeStage

NOW = datetime(2026, 11, 30, tzinfo=UTC)
APPS = {"site_app_id": "wx1", "site_secret": "s1", "account_app_id": "wx2", "account_secret": "s2"}
ALIYUN = {"access_key_id": "id", "access_key_secret": "key", "sign_name": "学时", "template": "SMS_1"}


@pytest.mark.parametrize(("kind", "members"), [(SMS, ALIYUN), (WECHAT, APPS)])
def test_an_account_is_written_once_it_is_whole(kind: str, members: dict[str, str]) -> None:
    secret = f"xueshi-{SECRETS[kind]}"
    clients = FakeStage(lambda: NOW, {secret: [(NOW, "v0", {"unset": "made up"})]}, {})
    with pytest.raises(ValidationError):
        put_sign_in_account(clients, stage("prod"), kind, dict(list(members.items())[1:]))
    for _ in range(2):
        put_sign_in_account(clients, stage("prod"), kind, members)
    assert clients.secrets[secret][-1][2] == members
    assert len(clients.secrets[secret]) == 2, "the same once more changes nothing"


@pytest.mark.parametrize(("name", "kind"), [("dev", SMS), ("dev", WECHAT), ("local", SMS)])
def test_a_stage_without_it_takes_no_account(name: str, kind: str) -> None:
    with pytest.raises(OpsError, match=f"Stage {name} has no account"):
        put_sign_in_account(FakeStage(lambda: NOW, {}, {}), stage(name), kind, {})
