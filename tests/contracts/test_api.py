"""The API's documents: as the code says, nothing broken, and every operation public on purpose or for stated roles."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.generate import ROOT, drift, generate
from services.kit.identity import Role

PUBLIC = {
    ("get", "/v1/catalog/courses"),
    ("get", "/v1/catalog/courses/{course_id}"),
    ("get", "/v1/orders/plans"),
    ("get", "/v1/catalog/courses/{course_id}/reviews"),
    ("get", "/v1/catalog/search"),
    ("get", "/v1/catalog/completions"),
    # The public keys with which anybody verifies an evidence pack.
    ("get", "/v1/playback/jwks"),
    ("get", "/v1/playback/log/policy"),
    ("get", "/v1/playback/log/proofs/{digest}"),
    # What anybody verifies a certificate of completion with.
    ("get", "/v1/credits/issuer"),
    ("get", "/v1/credits/jwks"),
    ("get", "/v1/credits/keys/{thumbprint}"),
    ("get", "/v1/credits/status-lists/{day}"),
    ("get", "/v1/credits/verification/{code}"),
    ("post", "/v1/credits/verification/{code}/name-check"),
}
PROVEN_BY_SIGNATURE = {
    ("post", "/v1/orders/payment-callbacks/alipay"),
    ("post", "/v1/orders/payment-callbacks/wechat"),
}
"""What another party's server sends: its signature over the body takes the place of signing in."""
PROVEN_BY_CODE = {("post", "/v1/credits/access/recovery")}
"""Of whoever has lost the device, and so cannot sign in: password and recovery code take the place of it."""
SIGNING_IN = {
    ("post", "/v1/credits/identities/phone-codes"),
    ("post", "/v1/credits/identities/phone/sign-ins"),
    ("post", "/v1/credits/identities/wechat/pages"),
    ("post", "/v1/credits/identities/wechat/sign-ins"),
}
"""What comes before signing in: a code, or WeChat's answer to this browser, is the proof."""
PROVEN_OTHERWISE = PROVEN_BY_SIGNATURE | PROVEN_BY_CODE | SIGNING_IN
READ_BY_POST = {"/v1/credits/verification/{code}/name-check"}
"""It changes nothing either: its body keeps a person's name out of addresses, which are logged."""


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """What the code says: texts by path."""
    return generate()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the merged document: method, path, description."""
    paths = json.loads((ROOT / "docs/openapi/xueshi.json").read_text())["paths"]
    return [(method, path, found) for path, methods in paths.items() for method, found in methods.items()]


def test_the_generated_files_are_what_the_code_says(generated: dict[Path, str]) -> None:
    assert drift(generated) == []


def test_every_reference_of_a_generated_file_resolves(generated: dict[Path, str]) -> None:
    documents = {path: json.loads(text) for path, text in generated.items() if path.suffix == ".json"}
    assert len(documents) > 10
    found = [(path, to) for path, document in documents.items() for to in references(document)]
    assert [(path, to) for path, to in found if not is_there(documents[path], to)] == []


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def is_there(document: Any, reference: str) -> bool:
    """Whether the document has what a reference into it names."""
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


def test_a_dangling_reference_is_found() -> None:
    document = {"components": {"schemas": {"A": {"items": [{"$ref": "#/components/schemas/B"}]}}}}
    assert [is_there(document, reference) for reference in references(document)] == [False]
    assert is_there(document, "#/components/schemas/A")


@pytest.mark.parametrize(("method", "path", "operation"), operations(), ids=str)
def test_access_is_decided(method: str, path: str, operation: dict[str, Any]) -> None:
    if (method, path) in PUBLIC | PROVEN_OTHERWISE:
        assert "security" not in operation
        assert method == "get" or (method, path) in PROVEN_OTHERWISE or path in READ_BY_POST
    else:
        assert operation["security"] == [{"cognito": []}]
        assert operation["x-roles"]
        assert {*operation["x-roles"]} <= {*Role}


def test_what_is_public_exists() -> None:
    assert {(method, path) for method, path, _ in operations()} >= PUBLIC | PROVEN_OTHERWISE


@pytest.mark.parametrize(("method", "path", "operation"), operations(), ids=str)
def test_operations_are_described(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert "default" in operation["responses"]
    successes = [response for status, response in operation["responses"].items() if status.startswith("2")]
    assert len(successes) == 1
    if "learners/{learner_id}" in path:
        assert "learner" not in operation["x-roles"], "another person's data is not for learners"
