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
