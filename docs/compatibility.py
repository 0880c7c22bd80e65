"""What a change of a schema or an API breaks within a version."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]

_ANNOTATIONS = {"title", "description", "default", "examples", "$defs", "$schema", "properties", "required"}


def breaking_event(old: Json, new: Json) -> list[str]:
    """What the new schema of an event would break for its consumers, and for events that are still on their way."""
    return list(_Comparison(old, new).schema(old, new, "event"))


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
                found += _Comparison(old, new).operation(operation, later, where)
    return found


@dataclass(frozen=True)
class _Comparison:
    """Of two documents; references are looked up in each.

    `of_answer`: a new field breaks nobody who reads, only who must send it and events that were sent without it.
    `inside` are the pairs of references being followed: a schema that holds itself is compared once.
    """

    old: Json
    new: Json
    of_answer: bool = False
    inside: frozenset[tuple[str, str]] = frozenset()

    def operation(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Access, parameters, body and answers."""
        for member in ("security", "x-roles"):
            if old.get(member) != new.get(member):
                yield f"{where}: {member} changed"
        yield from self._parameters(old, new, where)
        yield from self.schema(_content(old.get("requestBody")), _content(new.get("requestBody")), f"{where}: body")
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where}: {status} removed"
            else:
                reading = replace(self, of_answer=True)
                yield from reading.schema(_content(response), _content(new["responses"][status]), f"{where}: {status}")

    def schema(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Removed fields, fields that became required or optional, and whatever else changed but words."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if not any(pair):
            yield from self._resolved(old, new, where)
        elif pair not in self.inside:
            within = replace(self, inside=self.inside | {pair})
            yield from within._resolved(_resolve(old, self.old), _resolve(new, self.new), where)  # noqa: SLF001

    def _resolved(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for name, value in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self.schema(value, new["properties"][name], f"{where}.{name}")
            else:
                yield f"{where}.{name}: removed"
        for name in sorted({*old.get("required", ())} ^ {*new.get("required", ())}):
            added = name not in old.get("properties", {})
            if name in new.get("properties", {}) and not (added and self.of_answer):
                yield f"{where}.{name}: required {'no longer' if name in old.get('required', ()) else 'now'}"
        yield from self._constraints(old, new, where)

    def _constraints(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS):
            before, after = old.get(keyword), new.get(keyword)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.schema(before, after, f"{where}[{keyword}]")
            elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
                yield from self._members(before, after, f"{where}: {keyword}")
            elif before != after:
                yield f"{where}: {keyword} was {before}, is {after}"

    def _members(self, old: list[Any], new: list[Any], where: str) -> Iterator[str]:
        for before, after in zip(old, new, strict=True):
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.schema(before, after, where)
            elif before != after:
                yield f"{where} was {before}, is {after}"

    def _parameters(self, old: Json, new: Json, where: str) -> Iterator[str]:
        before = {(p["in"], p["name"]): p for p in old.get("parameters", ())}
        after = {(p["in"], p["name"]): p for p in new.get("parameters", ())}
        for key, parameter in before.items():
            if key not in after:
                yield f"{where}: parameter {key[1]} removed"
            else:
                yield from self.schema(parameter["schema"], after[key]["schema"], f"{where}: parameter {key[1]}")
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} required now"


def _content(part: Json | None) -> Json:
    contents = (part or {}).get("content", {})
    for content in contents.values():
        schema: Json = content.get("schema", {})
        return schema
    return {}


def _resolve(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
