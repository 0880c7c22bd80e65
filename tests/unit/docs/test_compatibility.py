"""The comparison of two versions of an API, where a schema holds itself, and of patterns."""

import json
import re
import sys
import unicodedata
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.compatibility import WIDENED, breaking_api


def api(text: str) -> dict[str, Any]:
    """One operation that answers a tree of nodes, each with a field of this type."""
    node = {"$ref": "#/components/schemas/Node"}
    properties = {"value": {"type": text}, "children": {"type": "array", "items": node}}
    answer = {"200": {"content": {"application/json": {"schema": node}}}}
    return {
        "paths": {"/tree": {"get": {"responses": answer}}},
        "components": {"schemas": {"Node": {"type": "object", "properties": properties, "required": ["value"]}}},
    }


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    assert breaking_api(api("string"), api("string")) == []
    (found,) = breaking_api(api("string"), api("integer"))
    assert "value" in found


def test_an_answer_may_gain_a_field_and_a_body_may_not_need_one() -> None:
    def api_with(*fields: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}, "required": [*fields]}
        content = {"content": {"application/json": {"schema": schema}}}
        return {"paths": {"/things": {"post": {"requestBody": content, "responses": {"200": content}}}}}

    assert breaking_api(api_with("name"), api_with("name", "age")) == ["POST /things: body.age: required now"]
    assert breaking_api(api_with("name", "age"), api_with("name")) == [
        "POST /things: body.age: removed",
        "POST /things: 200.age: removed",
    ]


def _class(category: str) -> str:
    """The characters of a category, as this interpreter knows them: `re` has no name for it."""
    found = (code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith(category))
    runs = [[code for _, code in run] for _, run in groupby(enumerate(found), lambda place: place[1] - place[0])]
    return "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in runs)


@pytest.mark.parametrize(("was", "now"), json.loads(WIDENED.read_text("utf-8")))
def test_a_pattern_that_was_widened_takes_what_it_took(was: str, now: str) -> None:
    pattern = was.replace(r"\p{C}", _class("C"))

    @settings(max_examples=300, deadline=None)
    @given(st.from_regex(pattern))
    def taken(text: str) -> None:
        assert re.search(now, text)

    taken()


def test_a_pattern_may_be_widened_where_somebody_judged_it_and_not_otherwise() -> None:
    def api_with(pattern: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"name": {"type": "string", "pattern": pattern}}}
        content = {"content": {"application/json": {"schema": schema}}}
        return {"paths": {"/things": {"post": {"requestBody": content, "responses": {}}}}}

    was, now = json.loads(WIDENED.read_text("utf-8"))[0]
    assert breaking_api(api_with(was), api_with(now)) == []
    assert breaking_api(api_with(now), api_with(was)) != []
