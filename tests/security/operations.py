"""Every operation of the published OpenAPI documents, so that a new route is tested from its first day."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from local.emulator import ROOT

DOCUMENTS = ROOT / "docs" / "openapi"
SERVICES = ("catalog", "orders", "playback", "credits")
PATH_VALUES = {
    "credential": "AFP",
    "watch_id": "0" * 32,
    "learner_id": "somebody-else",
    "course_id": "no-such-course",
    "number": "1",
    "invoice_id": "20260101000000000000000000000000",
    "refund_id": "20260101000000000000000000000000",
    "order_id": "20260101000000000000000000000000",
    "payment_number": "20260101000000000000000000000000",
    "method": "wechat_native",
    "entry_id": "0" * 32,
    "proposal_id": "0" * 32,
    "code": "0" * 28,
    "reconciliation_id": "20260101-wechat-20260101000000000000000000000000",
    "export_id": "20260101000000000000000000000000",
    "file_name": "manifest-20260101.json",
    "coupon_code": "0" * 12,
    "thumbprint": "A" * 43,
    "day": "2026-01-01",
    "review_id": "0" * 32,
    "enquiry_id": "0" * 32,
    "note_id": "0" * 32,
    "production_id": "0" * 32,
    "file_id": "0" * 32,
    "block": "abstract",
    "digest": "0" * 64,
    "sign_in_id": "0" * 32,
    "kind": "wechat",
    "device_id": "0" * 32,
}
"""What stands for a path's parameters: well formed, and of nobody."""


@dataclass(frozen=True)
class Operation:
    """One operation. `schema` is its body's, with all references resolved, or None."""

    service: str
    method: str
    template: str
    roles: frozenset[str]
    public: bool
    schema: dict[str, Any] | None = field(hash=False)
    parameters: dict[str, dict[str, Any]] = field(hash=False, default_factory=dict)
    queries: dict[str, bool] = field(hash=False, default_factory=dict)
    """The parameters of its path, described; those of its query, and whether each is required."""

    @property
    def path(self) -> str:
        """The path with harmless values."""
        return self.path_with()

    def path_with(self, **values: str) -> str:
        """The path with some values of one's own."""
        return re.sub(r"\{(\w+)\}", lambda match: {**PATH_VALUES, **values}[match[1]], self.template)

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def operations() -> list[Operation]:
    """All operations of all services."""
    return [operation for service in SERVICES for operation in _operations(service)]


def one_of_each(some: list[Operation]) -> dict[str, Operation]:
    """One operation of each service, by service: it stands for the others where all of them share what is tested."""
    return {operation.service: operation for operation in some}


def _operations(service: str) -> list[Operation]:
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    found = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            found.append(
                Operation(
                    service=service,
                    method=method.upper(),
                    template=path,
                    roles=frozenset(described.get("x-roles", [])),
                    public=not described.get("security"),
                    schema=_resolved(body, document, ()) if body else None,
                    parameters={p["name"]: p for p in described.get("parameters", []) if p["in"] == "path"},
                    queries={
                        p["name"]: p.get("required", False)
                        for p in described.get("parameters", [])
                        if p["in"] == "query"
                    },
                )
            )
    return found


def _resolved(schema: Any, document: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_resolved(part, document, inside) for part in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if reference is None:
        return {name: _resolved(part, document, inside) for name, part in schema.items()}
    if reference in inside:
        return {}  # a recursive schema: one level is enough
    name = reference.rsplit("/", 1)[-1]
    return _resolved(document["components"]["schemas"][name], document, (*inside, reference))
