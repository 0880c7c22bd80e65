"""Headers that no gateway takes are refused by the local edge, too, and break nothing."""

import pytest
from starlette.testclient import TestClient

from local.distribution import Behaviour, Distribution, Origin
from local.edge import Edge, EdgeSettings


def an_edge() -> TestClient:
    """An edge in front of an emulator that nobody started."""
    api = Origin("https://abc123.execute-api.us-east-1.amazonaws.com", "", ())
    behaviour = Behaviour("*", frozenset({"GET", "POST"}), api)
    settings = EdgeSettings(Distribution((behaviour,)), "http://127.0.0.1:9", lambda *_: False)
    return TestClient(Edge(settings).app())


@pytest.mark.parametrize("value", ["学时".encode(), b"caf\xe9", "\u0661".encode()])
@pytest.mark.parametrize("name", [b"idempotency-key", b"authorization", b"x-anything"])
def test_a_header_that_is_not_ascii_is_refused(name: bytes, value: bytes) -> None:
    answer = an_edge().post("/v1/playback/sessions", headers=[(name, value)])
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")


def test_other_headers_pass() -> None:
    answer = an_edge().post("/v1/playback/sessions", headers={"x-anything": "plain"})
    assert (answer.status_code, answer.json()["code"]) == (502, "UPSTREAM_FAILED")
