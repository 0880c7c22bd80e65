"""The comparison of two versions of an API, where a schema holds itself."""

from typing import Any

from docs.compatibility import breaking_api


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
