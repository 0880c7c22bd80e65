"""Reads a service's routes from its OpenAPI document, which is generated from its handlers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.packaging import PackagingError

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
ANY = "ANY"
AUTHORIZER = "cognito"


@dataclass(frozen=True)
class Route:
    """One route: `function` names the service's function that answers it.

    Method ANY is for an address of one function, which says itself what it does not take, where the gateway would say
    that there is no such address.
    """

    method: str
    path: str
    public: bool
    function: str

    @property
    def key(self) -> str:
        """As API Gateway writes it: "GET /v1/catalog/courses"."""
        return f"{self.method} {self.path}"


def read_routes(directory: Path, service: str) -> list[Route]:
    """The gateway's routes for `<directory>/<service>.json`, in a stable order: one for an address of one function.

    Raises:
        PackagingError: see `read_operations`.
    """
    operations = read_operations(directory, service)
    shared = {path for path, ways in _ways(operations).items() if len(ways) > 1}
    whole = {Route(ANY, one.path, one.public, one.function) for one in operations if one.path not in shared}
    return sorted({*whole, *(one for one in operations if one.path in shared)}, key=lambda one: (one.path, one.method))


def read_operations(directory: Path, service: str) -> list[Route]:
    """All operations of `<directory>/<service>.json`, as routes of their own, in a stable order.

    Raises:
        PackagingError: no such document, no operations in it, or one outside the service's own paths.
    """
    file = directory / f"{service}.json"
    if not file.exists():
        raise PackagingError(f"{file} is missing: generate it from the handlers with `make openapi`.")
    document = json.loads(file.read_text(encoding="utf-8"))
    routes = sorted(_operations(document), key=lambda route: (route.path, route.method))
    if not routes:
        raise PackagingError(f"{file} has no routes: generate it anew with `make openapi`.")
    for route in routes:
        if not route.path.startswith(f"/v1/{service}/"):
            raise PackagingError(f"{file}: {route.path} is not under /v1/{service}/, so clients could not reach it.")
    return routes


def _operations(document: dict[str, Any]) -> Iterator[Route]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                security = operation.get("security", document.get("security", []))
                yield Route(
                    method=method.upper(),
                    path=path,
                    public=_is_public(security, path),
                    function=operation.get("x-function", "http"),
                )


def _ways(operations: Sequence[Route]) -> Mapping[str, set[tuple[bool, str]]]:
    """By address: what lets people in there, and what answers."""
    ways: dict[str, set[tuple[bool, str]]] = {}
    for one in operations:
        ways.setdefault(one.path, set()).add((one.public, one.function))
    return ways


def _is_public(security: list[dict[str, Any]], path: str) -> bool:
    if not security:
        return True
    # {} among the alternatives would mean "optional", which the gateway's authorizer does not know.
    if any(set(alternative) != {AUTHORIZER} for alternative in security):
        raise PackagingError(
            f"{path}: only no security at all or [{{{AUTHORIZER}: []}}] can be enforced, not {security}."
        )
    return False
