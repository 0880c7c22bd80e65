"""The comparison of two versions of an API, where a schema holds itself, and of patterns."""

import json
import re
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


CONTROLS = r"\x00-\x1f\x7f-\x9f"
PRIVATE_PLANES = "\U000f0000-\U0010fffd"
NEITHER = st.characters(exclude_categories=("Cf", "Cn", "Co", "Cs"))
"""Of category C the control characters alone, some of which are space: the others, and so what the private planes hold,
are never drawn, rather than listed a million to each class."""


@pytest.mark.parametrize(("was", "now"), json.loads(WIDENED.read_text("utf-8")))
def test_a_pattern_that_was_widened_takes_what_it_took(was: str, now: str) -> None:
    without_others = was.replace(r"\p{C}", CONTROLS).replace(PRIVATE_PLANES, "")

    @settings(max_examples=300, deadline=None)
    @given(st.from_regex(without_others, alphabet=NEITHER) if without_others != was else st.from_regex(was))
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
