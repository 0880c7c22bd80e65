"""Writes what is generated from the code: the OpenAPI documents and the schemas of the published events.

`python -m docs.generate` writes; with `--check` it writes nothing, shows how the files differ from the code, and
what in them would break a client or a consumer of the version committed at HEAD.
"""

import argparse
import difflib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from docs.compatibility import breaking_api, breaking_event
from services.kit.events import Envelope

ROOT = Path(__file__).parent.parent
SERVICES = ("catalog", "orders", "playback", "credits")
SHARED_SCHEMAS = {"Problem"}
"""Schemas that every service's document has from the kit; in the merged document all others carry their service."""

Json = dict[str, Any]


class Missing(Exception):
    """A service does not have what is generated from."""


def documents(service: str) -> dict[Path, Json]:
    """What is generated for one service, by path from the root. Raises Missing."""
    try:
        api: Callable[[], Json] = import_module(f"services.{service}.handlers.openapi").document
        published: Mapping[str, type[BaseModel]] = import_module(f"services.{service}.events.published").PUBLISHED
    except (ImportError, AttributeError) as error:
        raise Missing(f"{service}: {error}") from error
    found = {Path(f"docs/openapi/{service}.json"): api()}
    for type_, model in published.items():
        found[Path(f"services/{service}/events/schemas/{type_}.json")] = event_schema(service, type_, model)
    return found


def event_schema(service: str, type_: str, model: type[BaseModel]) -> Json:
    """The JSON Schema of a whole event: the envelope with its data."""
    schema = Envelope.model_json_schema()
    data = model.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = data.pop("$defs", {})
    schema["properties"]["source"] = {"const": f"xueshi.{service}"}
    schema["properties"]["type"] = {"const": type_}
    schema["properties"]["data"] = {"$ref": f"#/$defs/{model.__name__}"}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type_,
        "description": data["description"],
    }
    return {**schema, **head, "$defs": {**definitions, model.__name__: data}}


def merged(apis: Mapping[str, Json]) -> Json:
    """One OpenAPI document for the clients of the one origin. Raises ValueError where an operation id is not unique."""
    paths: Json = {}
    schemas: Json = {}
    security: Json = {}
    for service, api in apis.items():
        text = json.dumps(api)
        for name in api["components"]["schemas"].keys() - SHARED_SCHEMAS:
            text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{_own(service, name)}"')
        own = json.loads(text)
        paths |= own["paths"]
        schemas |= {_own(service, name): schema for name, schema in own["components"]["schemas"].items()}
        security |= own["components"].get("securitySchemes", {})
    _check_unique_operations(paths)
    description = "\n\n".join(f"# {service}\n\n{api['info']['description']}" for service, api in apis.items())
    return {
        "openapi": "3.1.0",
        "info": {"title": "Xueshi", "version": "1", "description": description},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security},
    }


def generate() -> tuple[dict[Path, str], list[str]]:
    """Every generated file's text, and what is missing."""
    found: dict[Path, Json] = {}
    missing = []
    for service in SERVICES:
        try:
            found |= documents(service)
        except Missing as reason:
            missing.append(str(reason))
    if not missing:
        apis = {service: found[Path(f"docs/openapi/{service}.json")] for service in SERVICES}
        found[Path("docs/openapi/xueshi.json")] = merged(apis)
    texts = {
        path: json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for path, document in found.items()
    }
    return texts, missing


def drift(texts: Mapping[Path, str]) -> list[str]:
    """How the files differ from the code, as diffs; schemas that nothing publishes any more included."""
    differences = []
    for path, text in texts.items():
        file = ROOT / path
        old = file.read_text("utf-8") if file.exists() else ""
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), f"{path}", f"{path} by the code", lineterm="")
        differences.append("\n".join(lines))
    schemas = {file.relative_to(ROOT) for file in ROOT.glob("services/*/events/schemas/*.json")}
    differences += [f"{path}: no service publishes this" for path in sorted(schemas - texts.keys())]
    return [difference for difference in differences if difference]


def breaking(texts: Mapping[Path, str]) -> list[str]:
    """What would break those who rely on the version committed at HEAD."""
    found = []
    for path, text in texts.items():
        committed = at_head(path)
        if committed is None:
            continue
        check = breaking_api if path.parts[0] == "docs" else breaking_event
        found += [f"{path}: {change}" for change in check(committed, json.loads(text))]
    return found


def at_head(path: Path) -> Json | None:
    """The document as committed at HEAD; None where it is not, or this is no git checkout."""
    command = ["git", "show", f"HEAD:{path.as_posix()}"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    if result.returncode:
        return None
    document: Json = json.loads(result.stdout)
    return document


def main() -> int:
    """The exit status: 1 where something is missing, has drifted, or breaks."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    texts, missing = generate()
    complaints = [f"missing: {what}" for what in missing]
    if check:
        complaints += drift(texts)
        complaints += [f"breaking: {change}" for change in breaking(texts)]
    else:
        _write(texts)
    for complaint in complaints:
        sys.stdout.write(complaint + "\n")
    if check and complaints:
        sys.stdout.write("After `make openapi`, commit what it wrote. A breaking change needs a new version.\n")
    return 1 if complaints else 0


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def _own(service: str, name: str) -> str:
    return name if name in SHARED_SCHEMAS else f"{service.capitalize()}{name}"


def _check_unique_operations(paths: Json) -> None:
    ids = [operation["operationId"] for path in paths.values() for operation in path.values()]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise ValueError(f"operation ids that are not unique: {', '.join(sorted(twice))}")


if __name__ == "__main__":
    sys.exit(main())
