"""Where pictures lie: the fake and S3 (moto), held to the same tests; and what a form is signed for."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws

from services.credits.adapters.cognito_directory import CognitoDirectory
from services.credits.adapters.s3_pictures import S3Pictures
from services.credits.app.ports import Pictures, PoolAccount
from services.credits.domain.pictures import MOST_BYTES
from tests.fakes.pictures import MemoryPictures
from tests.unit.credits.world import LEARNER

KEY, OTHER_KEY, BUCKET = "sent/somebody/AFP/1", "sent/somebody-else/AFP/2", "pictures"
REGION: Literal["eu-central-1"] = "eu-central-1"
CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""As services/credits/bootstrap.py has it."""


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Pictures]:
    """A bucket of moto's."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name=REGION, config=CONFIG)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield S3Pictures(client, BUCKET)


@pytest.fixture(params=["memory", "s3"])
def pictures(request: pytest.FixtureRequest) -> Pictures:
    """Both."""
    subject: Pictures = request.getfixturevalue("s3") if request.param == "s3" else MemoryPictures()
    return subject


def test_what_is_kept_is_read_listed_and_gone_once_it_is_deleted(pictures: Pictures) -> None:
    assert pictures.read(KEY) is None
    pictures.keep(KEY, b"first")
    pictures.keep(KEY, b"again")
    pictures.keep(OTHER_KEY, b"other")
    assert (pictures.read(KEY), pictures.keys("sent/somebody/")) == (b"again", [KEY])
    pictures.delete([KEY, "sent/somebody/AFP/never"])
    assert (pictures.read(KEY), pictures.keys("sent/somebody/"), pictures.read(OTHER_KEY)) == (None, [], b"other")


def test_a_form_is_for_one_key_one_type_so_many_bytes_and_a_quarter_of_an_hour(s3: S3Pictures) -> None:
    upload = s3.upload(KEY)
    assert upload.url.startswith(f"https://{BUCKET}.s3.{REGION}.amazonaws.com"), "what the client's pages connect to"
    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    conditions = policy["conditions"]
    for wanted in (
        {"bucket": BUCKET},
        {"key": KEY},
        {"Content-Type": "image/jpeg"},
        {"success_action_status": "204"},
        ["content-length-range", 1, MOST_BYTES],
    ):
        assert wanted in conditions
    assert not [one for one in conditions if isinstance(one, list) and one[0] == "starts-with"], "nothing is left open"
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert 0 < left.total_seconds() <= 900
    assert (upload.fields["key"], upload.fields["Content-Type"]) == (KEY, "image/jpeg")


@pytest.mark.parametrize(
    ("by", "text", "wanted"),
    [
        ("by_email", "a@example.com", 'email = "a@example.com"'),
        ("by_phone", "+8613800138000", 'phone_number = "+8613800138000"'),
        ("by_id", LEARNER[:8], f'sub ^= "{LEARNER[:8]}"'),
    ],
)
def test_the_pool_is_asked_by_its_own_attributes(by: str, text: str, wanted: str) -> None:
    client = boto3.client("cognito-idp", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    attributes = [{"Name": "sub", "Value": LEARNER}, {"Name": "phone_number", "Value": "+8613800138000"}]
    created = datetime(2025, 3, 1, tzinfo=UTC)
    user: dict[str, Any] = {"Username": LEARNER, "Attributes": attributes, "UserCreateDate": created}
    with Stubber(client) as stub:
        expected = {"UserPoolId": "pool", "Filter": wanted, "Limit": 3}
        stub.add_response("list_users", {"Users": [user]}, expected)
        found = getattr(CognitoDirectory(client, "pool"), by)(text, 3)
    assert found == [PoolAccount(LEARNER, None, "+8613800138000", created)]
