"""The user pool's adapter, by what the pool answers."""

import boto3
import pytest
from botocore.stub import Stubber

from services.credits.adapters.cognito_pool import CognitoPool
from services.credits.app.ports import Standing
from services.credits.domain.ids import LearnerId


def test_whose_account_is_deleted_has_nothing_and_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their token lives on for some minutes."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client = boto3.client("cognito-idp", region_name="cn-north-1")
    nobody = Standing(asks_for_codes=False, proven=False, is_staff=False, email=None)
    with Stubber(client) as answers:
        answers.add_client_error("admin_get_user", "UserNotFoundException")
        assert CognitoPool(client, "a-pool", "a-client").standing(LearnerId("deleted")) == nobody
