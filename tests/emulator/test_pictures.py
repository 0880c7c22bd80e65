"""What a signed form takes and what it refuses, and how the pool is asked for people: as the emulator has it."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from local.emulator import REGION, Emulator, running
from services.credits.adapters.cognito_directory import CognitoDirectory
from services.credits.adapters.s3_pictures import S3Pictures
from services.credits.domain.pictures import MOST_BYTES

KEY, PICTURE = "sent/somebody/AFP/1", b"\xff\xd8 a picture"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator with nothing deployed."""
    with running(tmp_path_factory.mktemp("pictures")) as made:
        yield made


@pytest.fixture(scope="module")
def pictures(emulator: Emulator) -> S3Pictures:
    """An empty bucket, with links as the function signs them."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    s3: Any = boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=emulator.endpoint_url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=config,
    )
    s3.create_bucket(Bucket="pictures")
    return S3Pictures(s3, "pictures")


def sent(url: str, fields: Mapping[str, str], content: bytes = PICTURE) -> int:
    """The status that a browser gets for the form."""
    return httpx.post(url, data=dict(fields), files={"file": ("picture", content, "image/jpeg")}).status_code


def test_a_form_takes_its_picture(pictures: S3Pictures) -> None:
    upload = pictures.upload(KEY)
    assert sent(upload.url, upload.fields) == 204
    assert pictures.read(KEY) == PICTURE


def test_attack_a_form_for_something_else(pictures: S3Pictures) -> None:
    upload = pictures.upload("sent/somebody/AFP/2")
    for changed in ({"Content-Type": "text/html"}, {"key": "kept/somebody/AFP/1"}, {"x-amz-meta-a": "b"}):
        assert sent(upload.url, {**upload.fields, **changed}) == 403, changed
    for content in (bytes(MOST_BYTES + 1), b""):
        assert sent(upload.url, upload.fields, content) == 400, len(content)
    assert pictures.keys("kept/") == pictures.keys("sent/somebody/AFP/2") == []


def test_people_are_found_by_the_pools_own_attributes(emulator: Emulator) -> None:
    cognito = emulator.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    attributes = [{"Name": "email", "Value": "A@example.com"}, {"Name": "phone_number", "Value": "+8613800138000"}]
    made = cognito.admin_create_user(UserPoolId=pool, Username="A@example.com", UserAttributes=attributes)["User"]
    (sub,) = (one["Value"] for one in made["Attributes"] if one["Name"] == "sub")
    directory = CognitoDirectory(cognito, pool)
    for found in (
        directory.by_email("a@example.com", 3),
        directory.by_phone("+8613800138000", 3),
        directory.by_id(sub[:8], 3),
    ):
        assert [account.learner_id for account in found] == [sub]
    assert directory.by_phone("+8613800138001", 3) == directory.by_id("00000000", 3) == []
