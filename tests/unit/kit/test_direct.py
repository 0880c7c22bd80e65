"""The adapter without an SDK: signatures, credentials, and whatever can go wrong on the way to DynamoDB."""

import json
import select
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest

from services.kit.direct import client as client_module
from services.kit.direct.client import ATTEMPTS, DYNAMODB, SECRETS, CallError, DirectClient, NoAnswer
from services.kit.direct.credentials import FunctionsCredentials, NoCredentials
from services.kit.direct.sigv4 import Credentials
from services.kit.direct.values import secret
from services.kit.store import Change, Conflict, Key, Put, Throttled
from services.kit.store.direct import DirectStore
from services.kit.store.dynamodb_terms import ATTEMPTS as TRANSACTIONS_ATTEMPTS
from tests.fakes.aws_endpoint import AwsEndpoint, AwsRequest, Fault
from tests.unit.kit.conftest import REGION, direct_client, envelope
from tests.unit.kit.test_store import Thing

KEY, OTHER = Key("P", "a"), Key("P", "b")
ONE = Change([Put(KEY, Thing("x"))])
TWO = Change([Put(KEY, Thing("x")), Put(OTHER, Thing("y"))], [envelope()])
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def pauses(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, which takes no time. Where an answer is waited for in vain, that takes little."""
    slept: list[float] = []
    monkeypatch.setattr(client_module, "sleep", slept.append)
    monkeypatch.setattr("services.kit.store.dynamodb_terms.sleep", slept.append)
    callspec = getattr(request.node, "callspec", None)
    if callspec and callspec.params.get("fault") is say_nothing:
        monkeypatch.setattr(client_module, "ANSWER_SECONDS", 0.2)
    return slept


def hang_up(request: AwsRequest) -> None:
    """The connection is gone, without a word."""
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


def say_nothing(request: AwsRequest) -> None:
    """No answer comes; the connection stays."""
    request.connection.settimeout(2)
    request.connection.recv(1)


def stop_half_way(request: AwsRequest) -> None:
    """Less comes than was announced."""
    request.send(200, b'{"Item"', length=1_000)
    hang_up(request)


def do_it_and_hang_up(request: AwsRequest) -> None:
    """Done, and nobody learns of it."""
    send, request.send = request.send, lambda *_a, **_k: None  # type: ignore[method-assign]
    request.answer_rightly()
    request.send = send  # type: ignore[method-assign]
    hang_up(request)


def refusing(code: str, status: int = 400, **said: Any) -> Fault:
    """A refusal of AWS."""
    return lambda request: request.refuse(code, "no", status, **said)


def sending(status: int, body: bytes, checksum: int | None = None) -> Fault:
    """An answer as it is here."""
    return lambda request: request.send(status, body, checksum=checksum)


def nonsense(request: AwsRequest) -> None:
    """Not HTTP."""
    request.wfile.write(b"\x16\x03\x01 what\r\n\r\n")
    hang_up(request)


PASSING: dict[str, Fault] = {
    "hung up": hang_up,
    "no answer": say_nothing,
    "half an answer": stop_half_way,
    "no HTTP": nonsense,
    "wrong checksum": sending(200, b"{}", checksum=1),
    "no JSON": sending(200, b"<html>"),
    "no object": sending(200, b"[]"),
    "failure there": refusing("InternalServerError", 500),
    "failure on the way": sending(503, b"<html>busy</html>"),
    "throttled": refusing("ThrottlingException"),
    "too much for a partition": refusing("ProvisionedThroughputExceededException"),
    "limit": refusing("RequestLimitExceeded"),
    "signature by AWS's whim": refusing("ExpiredTokenException"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
@pytest.mark.parametrize("change", [ONE, TWO], ids=["put", "transaction"])
def test_what_passes_is_tried_again(direct: DirectStore, endpoint: AwsEndpoint, fault: Fault, change: Change) -> None:
    endpoint.faults.extend([fault, fault])
    direct.commit(change)
    endpoint.faults.extend([fault, fault])
    stored = direct.get(KEY, Thing)
    assert stored
    assert (stored.value.text, stored.version) == ("x", 1)
    assert len(endpoint.calls) == 6


@pytest.mark.parametrize("fault", [hang_up, sending(200, b"<html>"), refusing("InternalServerError", 500)])
def test_what_does_not_pass_ends(direct: DirectStore, endpoint: AwsEndpoint, pauses: list[float], fault: Fault) -> None:
    endpoint.faults.extend([fault] * ATTEMPTS)
    with pytest.raises((NoAnswer, CallError)):
        direct.get(KEY, Thing)
    assert len(endpoint.calls) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1
    assert all(pause <= 0.1 for pause in pauses)


def test_throttled_to_the_end(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    endpoint.faults.extend([refusing("ThrottlingException")] * ATTEMPTS)
    with pytest.raises(Throttled):
        direct.commit(ONE)
    cancelled = refusing("TransactionCanceledException", CancellationReasons=[{"Code": "ThrottlingError"}])
    endpoint.faults.extend([cancelled] * TRANSACTIONS_ATTEMPTS)
    with pytest.raises(Throttled):
        direct.commit(TWO)
    assert not endpoint.faults


def test_another_one_in_the_way_of_a_transaction_is_a_conflict(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    endpoint.faults.append(refusing("TransactionCanceledException", CancellationReasons=reasons))
    with pytest.raises(Conflict):
        direct.commit(TWO)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_a_mistake_is_no_conflict_and_not_repeated(direct: DirectStore, endpoint: AwsEndpoint, code: str) -> None:
    endpoint.faults.append(refusing(code))
    with pytest.raises(CallError, match=f"{code}: no"):
        direct.commit(ONE)
    assert len(endpoint.calls) == 1


def test_a_transaction_that_was_done_unheard_is_done_once(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    endpoint.faults.append(do_it_and_hang_up)
    direct.commit(TWO)
    stored = direct.get(OTHER, Thing)
    assert stored
    assert stored.version == 1


def test_a_put_that_was_done_unheard_is_a_conflict_to_look_at(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    endpoint.faults.append(do_it_and_hang_up)
    with pytest.raises(Conflict):
        direct.commit(ONE)
    stored = direct.get(KEY, Thing)
    assert stored
    assert stored.value.text == "x"


def test_one_connection_serves_all_calls(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    direct.commit(ONE)
    for _ in range(3):
        direct.get(KEY, Thing)
    assert endpoint.connections == 1


def test_a_connection_that_was_closed_meanwhile_costs_no_attempt(
    direct: DirectStore, endpoint: AwsEndpoint, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_and_close(request: AwsRequest) -> None:
        request.answer_rightly()
        hang_up(request)

    opened: list[socket.socket] = []
    connect = socket.create_connection

    def noted(*arguments: Any, **options: Any) -> socket.socket:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(socket, "create_connection", noted)
    endpoint.faults.append(answer_and_close)
    direct.commit(ONE)
    assert select.select(opened, [], [], 5)[0], "the end of the connection has not arrived"
    assert direct.get(KEY, Thing)
    assert (endpoint.connections, pauses) == (2, [])


@pytest.mark.parametrize("minutes", [-600, -6, 6, 600])
def test_a_clock_that_is_off_is_set_by_awss(direct: DirectStore, endpoint: AwsEndpoint, minutes: int) -> None:
    endpoint.clock_ahead = timedelta(minutes=minutes)
    direct.commit(ONE)
    assert direct.get(KEY, Thing)
    assert len(endpoint.calls) == 3


def test_a_signature_that_never_fits_is_told(direct: DirectStore, endpoint: AwsEndpoint) -> None:
    endpoint.secrets = dict.fromkeys(endpoint.secrets, "another")
    with pytest.raises(CallError, match="InvalidSignatureException"):
        direct.get(KEY, Thing)
    assert len(endpoint.calls) == 1


def test_secrets_are_read_by_the_same_client(endpoint: AwsEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("secretsmanager").create_secret(Name="ring", SecretString='{"current":"k1"}')
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint.url)
    client_module.client.cache_clear()
    assert secret("ring")() == '{"current":"k1"}'
    client_module.client.cache_clear()
    with pytest.raises(CallError, match="ResourceNotFoundException"):
        direct_client(endpoint, SECRETS).call("GetSecretValue", {"SecretId": "none"})


def test_the_address_is_the_regions_or_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", DYNAMODB.variable):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    client_module.client.cache_clear()
    asked: list[tuple[Any, ...]] = []

    def connect(place: tuple[str, int], **_timeout: float) -> None:
        asked.append(place)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(NoAnswer, match="no network"):
        client_module.client(DYNAMODB).call("GetItem", {})
    client_module.client.cache_clear()
    assert set(asked) == {("dynamodb.eu-west-1.amazonaws.com", 443)}


class Container(BaseHTTPRequestHandler):
    """Hands credentials out, each good for an hour."""

    asked: list[str | None]
    answers: list[Callable[[], tuple[int, Any]]]

    def do_GET(self) -> None:
        """The next answer."""
        self.asked.append(self.headers["authorization"])
        status, told = self.answers[min(len(self.asked), len(self.answers)) - 1]()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


def handed(number: int, ends: datetime) -> Callable[[], tuple[int, Any]]:
    """Credentials."""
    told = {
        "AccessKeyId": f"id{number}",
        "SecretAccessKey": "s",
        "Token": "t",
        "Expiration": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
    }
    return lambda: (200, told)


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Container]]:
    """What a restored snapshot asks."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    made = type("Made", (Container,), {"asked": [], "answers": [handed(1, NOW + timedelta(hours=1))]})
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/credentials?x=1")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the container")
    yield made
    server.shutdown()
    server.server_close()


def test_credentials_of_the_environment_come_first(container: type[Container], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert FunctionsCredentials(lambda: NOW).get() == Credentials("id", "secret", "token")
    assert container.asked == []


def test_a_containers_credentials_are_kept_until_shortly_before_their_end(container: type[Container]) -> None:
    container.answers.append(handed(2, NOW + timedelta(hours=2)))
    now = NOW
    credentials = FunctionsCredentials(lambda: now)
    assert [credentials.get().key_id for _ in range(3)] == ["id1"] * 3
    now += timedelta(minutes=56)
    assert credentials.get().key_id == "id2"
    assert container.asked == ["of the container"] * 2


def test_credentials_that_cannot_be_renewed_are_used_to_their_end(container: type[Container]) -> None:
    container.answers.append(lambda: (500, {}))
    now = NOW
    credentials = FunctionsCredentials(lambda: now)
    credentials.get()
    now += timedelta(minutes=59)
    assert credentials.get().key_id == "id1"
    with pytest.raises(NoCredentials):
        credentials.get(fresh=True)
    now += timedelta(minutes=1)
    with pytest.raises(NoCredentials):
        credentials.get()


def test_credentials_that_aws_does_not_take_any_more_are_renewed_at_once(
    endpoint: AwsEndpoint, container: type[Container]
) -> None:
    container.answers.append(handed(2, NOW + timedelta(hours=2)))
    endpoint.secrets = {"id2": "s"}
    client = DirectClient(DYNAMODB, REGION, endpoint.url, lambda: datetime.now(UTC))
    assert client.call("ListTables", {})["TableNames"] == ["data", "outbox"]
    assert len(container.asked) == 2


@pytest.mark.parametrize("answer", [(200, []), (200, {}), (200, {"AccessKeyId": "x"}), (403, {})])
def test_a_container_that_answers_otherwise_gives_none(container: type[Container], answer: tuple[int, Any]) -> None:
    container.answers[:] = [lambda: answer]
    with pytest.raises(NoCredentials):
        FunctionsCredentials(lambda: NOW).get()


@pytest.mark.parametrize("url", ["", "http://example.com/", "http://10.0.0.1/", "ftp://127.0.0.1/"])
def test_a_token_leaves_the_machine_by_tls_alone(
    container: type[Container], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    with pytest.raises(NoCredentials, match="is set"):
        FunctionsCredentials(lambda: NOW).get()


def test_a_containers_token_may_be_in_a_file(
    container: type[Container], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("of the file", encoding="ascii")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(file))
    FunctionsCredentials(lambda: NOW).get()
    assert container.asked == ["of the file"]
