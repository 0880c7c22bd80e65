"""Reads a service's routes from its OpenAPI document, which is generated from its handlers."""

import json
from collections.abc import Iterator, Sequence
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

    Method ANY is for what the address does not take: its function says what it does, where the gateway would say that
    there is no such address.
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
    """All routes of `<directory>/<service>.json`, in a stable order.

    Raises:
        PackagingError: no such document, no routes in it, or a route outside the service's own paths.
    """
    file = directory / f"{service}.json"
    if not file.exists():
        raise PackagingError(f"{file} is missing: generate it from the handlers with `make openapi`.")
    document = json.loads(file.read_text(encoding="utf-8"))
    explicit = list(_routes(document))
    routes = sorted([*explicit, *_any_other(explicit)], key=lambda route: (route.path, route.method))
    if not routes:
        raise PackagingError(f"{file} has no routes: generate it anew with `make openapi`.")
    for route in routes:
        if not route.path.startswith(f"/v1/{service}/"):
            raise PackagingError(f"{file}: {route.path} is not under /v1/{service}/, so clients could not reach it.")
    return routes


def _routes(document: dict[str, Any]) -> Iterator[Route]:
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


def _any_other(routes: Sequence[Route]) -> Iterator[Route]:
    """The routes of all other methods, where one function knows every method of the address."""
    for path in sorted({route.path for route in routes}):
        ways = {(route.public, route.function) for route in routes if route.path == path}
        if len(ways) == 1:
            yield from (Route(ANY, path, public, function) for public, function in ways)


def _is_public(security: list[dict[str, Any]], path: str) -> bool:
    if not security:
        return True
    # {} among the alternatives would mean "optional", which the gateway's authorizer does not know.
    if any(set(alternative) != {AUTHORIZER} for alternative in security):
        raise PackagingError(
            f"{path}: only no security at all or [{{{AUTHORIZER}: []}}] can be enforced, not {security}."
        )
    return False
