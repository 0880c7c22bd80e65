"""Writes what is generated from the code: the OpenAPI documents, the events' schemas, the error codes, and what
`docs.stored` writes.

`python -m docs.generate` writes; with `--check` it writes nothing, shows how the files differ from the code, and
what in them breaks a promise of the last release.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from docs import errors, promises, stored
from services.kit.events import Envelope
from services.kit.http import HttpApi, described
from tests.fakes.store import MemoryStore

ROOT = Path(__file__).parent.parent
SERVICES = ("catalog", "orders", "playback", "credits")
SHARED_SCHEMAS = {"GatewayRefusal"}
"""Schemas that every service's document has from the kit; in the merged document all others carry their service."""

Json = dict[str, Any]


def functions(service: str) -> list[HttpApi]:
    """The service's HTTP functions, on an empty store."""
    found: list[HttpApi] = import_module(f"docs.apis.{service}").apis(MemoryStore(), lambda _: {})
    return found


def events(service: str) -> dict[Path, Json]:
    """The schemas of what a service publishes, by path from the root."""
    published: Mapping[str, type[BaseModel]] = import_module(f"services.{service}.events.published").PUBLISHED
    return {
        Path(f"services/{service}/events/schemas/{type_}.json"): event_schema(service, type_, model)
        for type_, model in published.items()
    }


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


def generate() -> dict[Path, str]:
    """Every generated file's text, by path from the root."""
    apis = {service: functions(service) for service in SERVICES}
    documents = {service: described(found) for service, found in apis.items()}
    found = {Path(f"docs/openapi/{service}.json"): document for service, document in documents.items()}
    found[Path("docs/openapi/xueshi.json")] = merged(documents)
    for service in SERVICES:
        found |= events(service)
    texts = {path: _text(document) for path, document in found.items()}
    codes = {Path("docs/errors.md"): errors.page(apis), Path("docs/errors.json"): _text(errors.document(apis))}
    return {**texts, **codes}


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


def main() -> int:
    """The exit status: 1 where a file has drifted or a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check: bool = parser.parse_args().check
    texts = generate()
    if not check:
        _write(texts)
    found = [*stored.renew(check=check), *(drift(texts) if check else ())]
    if found and check:
        found.append("After `make openapi`, commit what it wrote.")
    if check and (broken := promises.complaints(ROOT, promises.made(ROOT, texts))):
        found += [*broken, "docs/releases.md says how to change what was released without breaking it."]
    sys.stdout.writelines(f"{complaint}\n" for complaint in found)
    return 1 if found else 0


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _own(service: str, name: str) -> str:
    return name if name in SHARED_SCHEMAS else f"{service.capitalize()}{name}"


def _check_unique_operations(paths: Json) -> None:
    ids = [operation["operationId"] for path in paths.values() for operation in path.values()]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise ValueError(f"operation ids that are not unique: {', '.join(sorted(twice))}")


if __name__ == "__main__":
    sys.exit(main())
