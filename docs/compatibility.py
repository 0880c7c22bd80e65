"""What a change of an event's schema or of an API breaks within a version.

A request may be taken more widely and an answer may say more exactly; the other way round, somebody breaks.
Of an event both break: consumers read what is new, and what is old is still on its way to them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

Json = dict[str, Any]

WIDENED = Path(__file__).parent / "widened-patterns.json"
"""Pairs of patterns, of which the second takes whatever the first does: somebody judged it, a test draws from it."""

_ANNOTATIONS = {"title", "description", "default", "examples", "$defs", "$schema", "properties", "required"}
_LEAST = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_MOST = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}


class _Use(Enum):
    """Who is bound by a schema: those who send a request, those who read an answer, those who do either."""

    REQUEST = "request"
    ANSWER = "answer"
    EVENT = "event"


def breaking_event(old: Json, new: Json) -> list[str]:
    """What the new schema of an event would break for its consumers, and for events that are still on their way."""
    return list(_Comparison(old, new, _Use.EVENT).schema(old, new, "event"))


def breaking_api(old: Json, new: Json) -> list[str]:
    """What the new OpenAPI document would break for clients of the old one."""
    found = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            later = new["paths"].get(path, {}).get(method)
            if later is None:
                found.append(f"{where}: removed")
            else:
                found += _Comparison(old, new, _Use.REQUEST).operation(operation, later, where)
    return found


@dataclass(frozen=True)
class _Comparison:
    """Of two documents; references are looked up in each.

    `inside` are the pairs of references being followed: a schema that holds itself is compared once.
    """

    old: Json
    new: Json
    use: _Use
    inside: frozenset[tuple[str, str]] = frozenset()

    def operation(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Access, parameters, body and answers."""
        if new.get("security") and not old.get("security"):
            yield f"{where}: signed in only now"
        if gone := sorted({*old.get("x-roles", ())} - {*new.get("x-roles", ())}):
            yield f"{where}: no longer for {', '.join(gone)}"
        yield from self._parameters(old, new, where)
        yield from self._body(old.get("requestBody", {}), new.get("requestBody", {}), f"{where}: body")
        reading = replace(self, use=_Use.ANSWER)
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where}: {status} removed"
            else:
                yield from reading._contents(answer, new["responses"][status], f"{where}: {status}")  # noqa: SLF001

    def schema(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Removed fields, fields that became required or optional, and whatever else changed but words."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if not any(pair):
            yield from self._resolved(old, new, where)
        elif pair not in self.inside:
            within = replace(self, inside=self.inside | {pair})
            yield from within._resolved(_resolve(old, self.old), _resolve(new, self.new), where)  # noqa: SLF001

    def _resolved(self, old: Json, new: Json, where: str) -> Iterator[str]:
        yield from self._properties(old, new, where)
        for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS):
            yield from self._constraint(keyword, old.get(keyword), new.get(keyword), where)

    def _properties(self, old: Json, new: Json, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, value in before.items():
            if name in after:
                yield from self.schema(value, after[name], f"{where}.{name}")
            else:
                yield f"{where}.{name}: removed"
        needed, needs = {*old.get("required", ())}, {*new.get("required", ())}
        if self.use is not _Use.ANSWER:
            yield from (f"{where}.{name}: required now" for name in sorted(needs - needed))
        if self.use is not _Use.REQUEST:
            yield from (f"{where}.{name}: required no longer" for name in sorted((needed - needs) & after.keys()))

    def _constraint(self, keyword: str, old: Any, new: Any, where: str) -> Iterator[str]:
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self.schema(old, new, f"{where}[{keyword}]")
        elif _are_alternatives(old, new) and len(old) == len(new):
            for before, after in zip(old, new, strict=True):
                yield from self.schema(before, after, f"{where}: {keyword}")
        elif old != new and not self._is_harmless(keyword, old, new):
            yield f"{where}: {keyword} was {old}, is {new}"

    def _is_harmless(self, keyword: str, old: Any, new: Any) -> bool:
        if keyword == "x-extensible-enum":
            return {*(old or ())} <= {*(new or ())}
        if self.use is _Use.REQUEST:
            return _takes_all(keyword, old, new)
        return self.use is _Use.ANSWER and keyword != "enum" and _takes_all(keyword, new, old)

    def _body(self, old: Json, new: Json, where: str) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{where}: required now"
        yield from self._contents(old, new, where)

    def _contents(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for type_, content in old.get("content", {}).items():
            later = new.get("content", {}).get(type_)
            if later is None:
                yield f"{where}: {type_} removed"
            else:
                yield from self.schema(content.get("schema", {}), later.get("schema", {}), where)

    def _parameters(self, old: Json, new: Json, where: str) -> Iterator[str]:
        before, after = _parameters(old), _parameters(new)
        for key, parameter in before.items():
            if key not in after:
                yield f"{where}: parameter {key[1]} removed"
            else:
                yield from self.schema(parameter["schema"], after[key]["schema"], f"{where}: parameter {key[1]}")
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} required now"


def _takes_all(keyword: str, narrow: Any, wide: Any) -> bool:
    """Whether a schema takes with `wide` whatever it takes with `narrow`."""
    if wide is None:
        return True
    if narrow is None:
        return False
    if keyword == "pattern":
        return [narrow, wide] in json.loads(WIDENED.read_text("utf-8"))
    if keyword in _LEAST | _MOST:
        return bool(wide <= narrow if keyword in _LEAST else wide >= narrow)
    return keyword in ("enum", "anyOf", "type") and all(option in _list(wide) for option in _list(narrow))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _are_alternatives(*values: Any) -> bool:
    return all(isinstance(value, list) and all(isinstance(part, dict) for part in value) for value in values)


def _parameters(operation: Json) -> Mapping[tuple[str, str], Json]:
    return {(parameter["in"], parameter["name"]): parameter for parameter in operation.get("parameters", ())}


def _resolve(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
