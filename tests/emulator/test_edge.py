"""The local edge in front of the emulator: one origin, passing on, refusing, and turning failures into problems."""

import json
import socket
import time
from functools import partial

import httpx
import pytest

from local.edge import listen
from local.errors import LocalError
from local.played import LOOK_EVERY_S
from local.system import System


def test_requests_pass_as_they_are_and_answers_too(http: httpx.Client) -> None:
    answer = http.post("/v1/slice/things?a=%20b&c=1&c=2", json={})
    assert answer.status_code == 201
    shown = answer.json()
    assert shown["query"] == "a=%20b&c=1&c=2"
    assert shown["path"] == "/v1/slice/things"
    assert answer.headers["x-answer"] == "kept"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert len(answer.headers.get_list("date")) == 1


def test_the_origin_header_is_the_secrets_current_value_whatever_the_client_sends(
    system: System, http: httpx.Client
) -> None:
    secret = system.client("secretsmanager").get_secret_value(SecretId=system.deployed.resources["Slice"]["Secret"])
    answer = http.post("/v1/slice/things", json={}, headers={"X-Origin-Verify": "forged"})
    assert answer.json()["origin"] == json.loads(secret["SecretString"])["current"]


def test_the_origin_header_stays_as_deployed_when_the_secret_changes(system: System, http: httpx.Client) -> None:
    secrets, name = system.client("secretsmanager"), system.deployed.resources["Slice"]["Secret"]
    deployed = secrets.get_secret_value(SecretId=name)["SecretString"]
    try:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps({"current": "another"}))
        time.sleep(2 * LOOK_EVERY_S)
        sent = http.post("/v1/slice/things", json={}).json()["origin"]
    finally:
        secrets.put_secret_value(SecretId=name, SecretString=deployed)
    assert sent == json.loads(deployed)["current"]


def test_what_is_kept_is_given_until_it_is_invalidated(system: System, http: httpx.Client) -> None:
    resources = system.deployed.resources
    put = partial(system.client("s3").put_object, Bucket=resources["Slice"]["Media"], Key="media/kept.txt")
    put(Body=b"first")
    assert http.get("/media/kept.txt").text == "first"
    put(Body=b"second")
    again = http.get("/media/kept.txt")
    assert (again.text, again.headers["x-cache"]) == ("first", "Hit from cloudfront")
    batch = {"Paths": {"Quantity": 1, "Items": ["/media/kept*"]}, "CallerReference": "test"}
    distribution = resources["SliceEdge"]["Distribution"]
    system.client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    time.sleep(3 * LOOK_EVERY_S)
    assert http.get("/media/kept.txt").text == "second"


def test_a_crash_becomes_a_plain_problem(http: httpx.Client) -> None:
    answer = http.post("/v1/slice/things", json={"crash": True})
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "UPSTREAM_FAILED"
    assert "as asked" not in answer.text


def test_the_gateways_own_answers_pass(http: httpx.Client) -> None:
    missing = http.get("/v1/slice/nothing")
    assert (missing.status_code, missing.json()) == (404, {"message": "Not Found"})
    assert http.post("/v1/slice/own/x", json={}).status_code == 401


def test_media_answers_ranges_and_cannot_be_written(system: System, http: httpx.Client) -> None:
    bucket = system.deployed.resources["Slice"]["Media"]
    system.client("s3").put_object(Bucket=bucket, Key="media/a b.mp4", Body=b"0123456789", ContentType="video/mp4")
    whole = http.get("/media/a%20b.mp4")
    part = http.get("/media/a%20b.mp4", headers={"range": "bytes=2-4", "authorization": "Bearer x"})
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "video/mp4")
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert http.head("/media/a%20b.mp4").headers["content-length"] == "10"
    assert http.get("/media/none").status_code == 404
    assert http.put("/media/a%20b.mp4", content=b"x").status_code == 403


def test_headers_of_the_distributions_policy_are_set(http: httpx.Client) -> None:
    answer = http.get("/")
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/%2e%2e/pyproject.toml", "/..%2f..%2fpyproject.toml", "/%2fetc/passwd.txt"])
def test_no_file_outside_the_clients_is_served(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_cognito_is_reachable_for_what_needs_no_credentials(system: System, http: httpx.Client, token: str) -> None:
    def call(action: str, body: dict[str, object]) -> httpx.Response:
        target = f"AWSCognitoIdentityProviderService.{action}"
        headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        return http.post("/cognito/", json=body, headers=headers)

    client = http.get("/config.json").json()["userPoolClientId"]
    parameters = {"USERNAME": "learner@slice.example", "PASSWORD": "Only-for-tests-1"}
    body = {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    assert call("InitiateAuth", body).json()["AuthenticationResult"]["AccessToken"].count(".") == 2
    refused = call("AdminGetUser", {"UserPoolId": system.user_pool_id, "Username": "learner@slice.example"})
    assert refused.status_code == 400


def test_a_busy_port_is_refused_in_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} cannot be used"):
            listen(port)
