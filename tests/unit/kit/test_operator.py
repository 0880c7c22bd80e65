"""Operators' commands act with their own profile, where functions look for what they act with."""

from os import environ
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError, NoRegionError

from services.kit.cli.operator import act_as_function

NAMES = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
PROFILE = """[default]
aws_access_key_id = of-the-profile
aws_secret_access_key = secret
aws_session_token = token
"""


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The operator's file of credentials, and an environment that says nothing of them."""
    for name in (*NAMES, "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        # Set first, so that what the command sets is taken back too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


def test_a_profile_is_put_where_functions_look(profile: Path) -> None:
    (profile / "credentials").write_text(PROFILE)
    (profile / "config").write_text("[default]\nregion = ap-southeast-1\n")
    act_as_function()
    assert [environ[name] for name in NAMES] == ["ap-southeast-1", "of-the-profile", "secret", "token"]


def test_who_is_signed_in_nowhere_or_names_no_region_is_told(profile: Path) -> None:
    with pytest.raises(NoCredentialsError):
        act_as_function()
    (profile / "credentials").write_text(PROFILE)
    with pytest.raises(NoRegionError):
        act_as_function()
