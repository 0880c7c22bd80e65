"""The developers' guide keeps to the API: its examples are what the documents allow, its codes are the services'."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.generate import ROOT

API: dict[str, Any] = json.loads((ROOT / "docs/openapi/xueshi.json").read_text("utf-8"))
CODES = {code["code"]: code for code in chain(*json.loads((ROOT / "docs/errors.json").read_text("utf-8")).values())}
TEXTS = {language: (ROOT / f"docs/developers/guide.{language}.md").read_text("utf-8") for language in ("zh", "en")}
FENCE = re.compile(r"^```(\S*) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_OF_SERVICES = {"NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"}
"""Capitals that are the user pool's."""


@dataclass(frozen=True)
class Example:
    """A body in the guide: what it is of, as `request POST /path` or `answer POST /path 200`."""

    of: str
    body: Any

    @property
    def schema(self) -> dict[str, Any]:
        """What the API's document says of it, with what that refers to."""
        kind, method, path, *status = self.of.split()
        operation = API["paths"][path][method.lower()]
        told = operation["requestBody"] if kind == "request" else _answer(operation["responses"], status[0])
        content = told["content"]["application/problem+json" if "code" in self.body else "application/json"]
        return {**content["schema"], "components": API["components"]}


def _answer(responses: dict[str, Any], status: str) -> dict[str, Any]:
    """What the operation answers with a status: of its own, of its class (`4XX`), or any other (`default`)."""
    found: dict[str, Any] = next(responses[key] for key in (status, f"{status[0]}XX", "default") if key in responses)
    return found


def examples(text: str) -> Iterator[Example]:
    """Those that say what they are of."""
    for _, of, body in FENCE.findall(text):
        if of:
            yield Example(of, json.loads(body))


@pytest.mark.parametrize("example", list(examples(TEXTS["en"])), ids=lambda example: example.of)
def test_an_example_is_what_the_api_takes_and_answers(example: Example) -> None:
    assert [error.message for error in Draft202012Validator(example.schema).iter_errors(example.body)] == []
    # Nothing in it that the document does not have.
    known = _properties(example.schema)
    assert set(example.body) - known <= {"saved"}


def _properties(schema: dict[str, Any]) -> set[str]:
    options = schema.get("anyOf") or schema.get("oneOf") or [schema]
    names = [option["$ref"].rsplit("/", 1)[-1] for option in options]
    return set(chain(*(API["components"]["schemas"][name]["properties"] for name in names)))


@pytest.mark.parametrize("code", [example.body["code"] for example in examples(TEXTS["en"]) if "code" in example.body])
def test_a_refusal_says_what_the_service_says(code: str) -> None:
    (shown,) = (example.body for example in examples(TEXTS["en"]) if example.body.get("code") == code)
    assert CODES[code].items() <= shown.items()


def test_both_languages_have_the_same_examples_and_parts() -> None:
    zh, en = TEXTS["zh"], TEXTS["en"]
    assert FENCE.findall(zh) == FENCE.findall(en)
    assert len(list(examples(en))) >= 10
    heads = [re.findall(r"^#+", FENCE.sub("", text), re.MULTILINE) for text in (zh, en)]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("language", TEXTS)
def test_every_code_and_call_that_is_named_is_there(language: str) -> None:
    text = FENCE.sub("", TEXTS[language])
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", text)) - NOT_OF_SERVICES
    assert named - CODES.keys() == set()
    calls = re.findall(r"`(GET|POST|PUT) (/v1/[^`]+)`", text)
    assert len(calls) >= 4
    assert [call for call in calls if call[0].lower() not in API["paths"].get(call[1], {})] == []


def test_the_codes_are_the_page_s() -> None:
    page = (ROOT / "docs/errors.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([A-Z_0-9]+)`", page, re.MULTILINE)) == CODES.keys()
