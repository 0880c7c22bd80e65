"""The operators' command that gives the canary its account."""

import json
from typing import Any

import httpx
import pytest

from infra.stages import stage
from ops.aws import OpsError
from ops.canary import make_account, require_course

EMAIL = "canary@example.com"


class Pool:
    """Stands for Cognito's administration."""

    class exceptions:  # noqa: N801 (boto3's name)
        class UsernameExistsException(Exception): ...

    def __init__(self) -> None:
        self.passwords: dict[str, str] = {}

    def admin_create_user(self, *, Username: str, MessageAction: str, **_: Any) -> None:  # noqa: N803 (boto3's names)
        assert MessageAction == "SUPPRESS", "nobody reads its mail"
        if Username in self.passwords:
            raise self.exceptions.UsernameExistsException
        self.passwords[Username] = ""

    def admin_set_user_password(self, *, Username: str, Password: str, Permanent: bool, **_: Any) -> None:  # noqa: N803
        assert Permanent
        self.passwords[Username] = Password

    def admin_get_user(self, *, Username: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"UserAttributes": [{"Name": "email", "Value": Username}, {"Name": "sub", "Value": "learner-1"}]}


class Secrets:
    """Stands for Secrets Manager."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.kept[SecretId] = SecretString


def test_the_account_is_made_once_and_gets_another_password_each_time() -> None:
    pool, secrets = Pool(), Secrets()
    made: dict[str, Any] = {"cognito-idp": pool, "secretsmanager": secrets}
    found = []
    for course in ("bonds", "options"):
        assert make_account(made.__getitem__, stage("dev"), "pool", EMAIL, course) == "learner-1"
        noted = json.loads(secrets.kept["xueshi-dev-canary"])
        assert noted == {"email": EMAIL, "password": pool.passwords[EMAIL], "course_id": course}
        found.append(noted["password"])
    assert len(set(found)) == 2
    assert min(map(len, found)) >= 12, "as the pool's policy asks"


def catalogue(answered: httpx.Response | httpx.HTTPError) -> httpx.Client:
    """A stage's address, behind which one course is asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.raw_path == b"/v1/catalog/courses/a%2Fb"
        if isinstance(answered, httpx.HTTPError):
            raise answered
        return answered

    return httpx.Client(base_url="https://learn.example.com", transport=httpx.MockTransport(answer))


def test_a_course_that_is_not_there_is_refused() -> None:
    with catalogue(httpx.Response(404)) as http, pytest.raises(OpsError, match="no published course a/b"):
        require_course(http, "a/b")


@pytest.mark.parametrize("answered", [httpx.Response(200), httpx.Response(502), httpx.ConnectError("refused")])
def test_a_course_that_may_be_there_is_taken(answered: httpx.Response | httpx.HTTPError) -> None:
    with catalogue(answered) as http:
        require_course(http, "a/b")
