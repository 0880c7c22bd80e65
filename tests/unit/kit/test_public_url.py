"""The address that links carry."""

from typing import Any

import boto3
import pytest

from infra.stages import LOCAL, stage
from ops.public_url import set_public_url
from services.kit.public_url import PublicUrlUnset, public_url

STAGE = stage(LOCAL)
PARAMETER = STAGE.parameter("public-url")


def test_nothing_is_linked_before_the_address_is_set(parameters: Any) -> None:
    parameters.put_parameter(Name="/test/unset-url", Value="unset", Type="String")
    with pytest.raises(PublicUrlUnset):
        public_url("/test/unset-url")()


def test_functions_read_what_the_operator_set(parameters: Any) -> None:
    parameters.put_parameter(Name=PARAMETER, Value="unset", Type="String")
    set_public_url(parameters, STAGE, "https://learn.example.com")
    assert public_url(PARAMETER)() == "https://learn.example.com"


@pytest.mark.parametrize("url", ["learn.example.com", "http://learn.example.com", "https://a.example/path", ""])
def test_what_is_no_public_origin_is_refused(aws: None, url: str) -> None:
    with pytest.raises(ValueError, match="not an origin"):
        set_public_url(boto3.client("ssm"), STAGE, url)
