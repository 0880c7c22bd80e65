"""What IAM would say: the policies of a role, and whether they allow a call. As much of it as our templates use."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Permission:
    """What a call needs: an action on a resource, and the values that conditions look at."""

    action: str
    resource: str
    context: Mapping[str, str]


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Statement":
        """A statement as a policy document has it, without `Not…`, which we do not use (KeyError)."""
        return cls(
            written["Effect"] == "Allow",
            tuple(as_list(written["Action"])),
            tuple(as_list(written["Resource"])),
            written.get("Condition", {}),
        )

    def fits(self, wanted: Permission) -> bool:
        """Whether the statement is about such a call."""
        return (
            _fits_any(self.actions, wanted.action)
            and _fits_any(self.resources, wanted.resource)
            and all(
                _meets(operator, expected, wanted.context.get(key))
                for operator, keys in self.conditions.items()
                for key, expected in keys.items()
            )
        )


@dataclass(frozen=True)
class Role:
    """A role's statements."""

    statements: tuple[Statement, ...]

    @classmethod
    def read(cls, documents: Iterable[Mapping[str, Any]]) -> "Role":
        """A role as its policies' documents say."""
        return cls(tuple(Statement.read(one) for document in documents for one in as_list(document["Statement"])))

    def allows(self, wanted: Permission) -> bool:
        """Whether a statement allows it, and none denies it."""
        fitting = [statement.allows for statement in self.statements if statement.fits(wanted)]
        return bool(fitting) and all(fitting)

    def unused(self, needed: Sequence[Permission]) -> Iterator[tuple[str, str]]:
        """Pairs of action and resource that are allowed, and that none of these calls needs."""
        for action, resource in self._pairs:
            if not any(_fits(action, call.action) and _fits(resource, call.resource) for call in needed):
                yield action, resource

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        allowing = [statement for statement in self.statements if statement.allows]
        return sorted({(a, r) for statement in allowing for a in statement.actions for r in statement.resources})


def as_list(value: Any) -> list[Any]:
    """What policies write alone where it is one."""
    return value if isinstance(value, list) else [value]


def _fits(pattern: str, value: str) -> bool:
    written = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(written, value) is not None


def _fits_any(patterns: Iterable[str], value: str) -> bool:
    return any(_fits(pattern, value) for pattern in patterns)


def _meets(operator: str, expected: Any, value: str | None) -> bool:
    if value is None:
        return operator.endswith("IfExists")
    match operator.removesuffix("IfExists"):
        case "StringEquals":
            return value in as_list(expected)
        case "StringLike":
            return _fits_any(as_list(expected), value)
    raise NotImplementedError(f"the condition {operator}: teach it to tests/policies.py")
