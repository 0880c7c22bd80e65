"""Bodies that no operation may accept, made from its schema."""

import copy
import json
from collections.abc import Iterator
from typing import Any

HUGE = 10**30
NEST = 2000
SURROGATE = "\ud800"
JSON_TYPES: dict[str, list[Any]] = {
    "string": [0, 1.5, True, [], {}, SURROGATE, "\x00" + SURROGATE],
    "integer": ["1", "", 1.5, [], {}, HUGE, -HUGE, True],
    "number": ["1", [], {}, True],
    "boolean": ["true", 1, 0, [], {}],
    "array": [{}, "x", 1, True],
    "object": [[], "x", 1, True],
}
RAW_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "0x10", "01"]
"""Numbers that a lax parser would take."""
MARK = "@@"


def bad_bodies(schema: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Name and text of each bad body."""
    good = example(schema)
    yield from not_json(schema)
    if schema.get("required"):
        yield "empty object", b"{}"
    for path, part, required in _places(schema):
        name = "/".join(map(str, path)) or "body"
        for number, value in enumerate(_wrong(part)):
            yield f"{name} wrong {number}", _text(_with(good, path, value))
        yield f"{name} nested bomb", _text(_with(good, path, MARK)).replace(b'"@@"', b"[" * NEST + b"]" * NEST)
        for raw in RAW_NUMBERS:
            yield f"{name} {raw[:9]}", _text(_with(good, path, MARK)).replace(b'"@@"', raw.encode())
        if path and required:
            yield f"{name} missing", _text(_without(good, path))
    yield "unknown field", _text({**good, "is_admin": True})


def not_json(schema: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Those that are no JSON object in UTF-8, or not one only."""
    whole = _text(example(schema))
    texts = {
        "null": b"null",
        "a list of it": b"[" + whole + b"]",
        "cut off": whole[:-1],
        "two of them": whole + whole,
        "not UTF-8": whole[:-1] + b',"x":"\xff\xfe"}',
        "a lone surrogate as a name": whole[:-1] + b',"\\ud800":1}',
        "UTF-16": whole.decode().encode("utf-16"),
        "a byte-order mark": b"\xef\xbb\xbf" + whole,
        "words": b"position=1",
        "a comment": b"/* */" + whole,
        "a list bomb": b"[" * 60_000,
        "an object bomb": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "nothing": b"",
    }
    yield from texts.items()


def example(schema: dict[str, Any]) -> Any:
    """A body of the right types; what it names does not exist."""
    if "enum" in schema:
        return schema["enum"][0]
    options = schema.get("anyOf")
    if options:
        return example(next(option for option in options if option.get("type") != "null"))
    kind = schema.get("type")
    if kind == "object":
        return {name: example(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"])] if schema.get("minItems") else []
    values = {"integer": schema.get("minimum", 0), "boolean": False, "number": 0, "string": _string(schema)}
    return values.get(str(kind), "x")


def _string(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date":
        return "2026-01-01"
    if schema.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    return "0" * max(4, int(schema.get("minLength", 0)))


def _places(
    schema: dict[str, Any], path: tuple[Any, ...] = (), *, required: bool = True
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], bool]]:
    yield path, schema, required
    if schema.get("type") == "object":
        for name, part in schema.get("properties", {}).items():
            yield from _places(part, (*path, name), required=name in schema.get("required", []))
    if schema.get("type") == "array" and schema.get("minItems"):
        yield from _places(schema["items"], (*path, 0))


def _wrong(schema: dict[str, Any]) -> list[Any]:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    (option,) = options[:1]
    wrong = list(JSON_TYPES.get(option.get("type", ""), []))
    if len(options) == len(schema.get("anyOf", [schema])):
        wrong.append(None)
    if "maxLength" in option:
        wrong.append("0" * (option["maxLength"] + 1))
    if option.get("minimum", -1) >= 0:
        wrong.append(-1)
    if "maximum" in option:
        wrong.append(int(option["maximum"]) + 1)
    if "enum" in option:
        wrong.append("no such thing")
    if "pattern" in option:
        wrong += ["", " "]
    return wrong


def _with(good: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(good)
    _parent(changed, path)[path[-1]] = value
    return changed


def _without(good: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(good)
    del _parent(changed, path)[path[-1]]
    return changed


def _parent(body: Any, path: tuple[Any, ...]) -> Any:
    for part in path[:-1]:
        body = body[part]
    return body


def _text(body: Any) -> bytes:
    return json.dumps(body).encode()
