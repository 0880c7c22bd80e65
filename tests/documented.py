"""Whether an answer is one that the API's document names."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from docs.generate import ROOT

Json = dict[str, Any]


def undocumented(method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> str:
    """What the document does not say of this answer: empty where all is said, or where it does not have the address."""
    place = _place(path)
    operation = _document()["paths"].get(place, {}).get(method.lower())
    if operation is None:
        return ""
    answer = str(status) if str(status) in operation["responses"] else "default"
    if answer == "default" and status < 400:
        return f"status {status}"
    contents = operation["responses"][answer].get("content", {})
    type_ = headers.get("Content-Type", headers.get("content-type", "")).partition(";")[0]
    if not contents:
        return f"a body of {status}" if body else ""
    if type_ not in contents:
        return f"content type {type_!r} of {status}"
    if contents[type_]["schema"].get("format") == "binary":
        return ""
    validator = _validator(place, method.lower(), answer, type_)
    return "; ".join(f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body))


@cache
def _document() -> Json:
    found: Json = json.loads((ROOT / "docs" / "openapi" / "xueshi.json").read_text("utf-8"))
    return found


@cache
def _places() -> list[tuple[re.Pattern[str], str]]:
    """The document's paths as patterns, those without parameters first: they have precedence."""
    templates = sorted(_document()["paths"], key=lambda template: template.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", template.replace(".", r"\."))), template) for template in templates]


def _place(path: str) -> str:
    return next((template for pattern, template in _places() if pattern.fullmatch(path)), "")


@cache
def _validator(place: str, method: str, answer: str, type_: str) -> jsonschema_rs.Draft202012Validator:
    schema = _document()["paths"][place][method]["responses"][answer]["content"][type_]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": _document()["components"]})
