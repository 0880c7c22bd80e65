"""The evaluator of policies that the replay of the flows' calls rests on."""

from typing import Any

import pytest

from tests.policies import Permission, Role

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t"


def role(*statements: dict[str, Any]) -> Role:
    return Role.read([{"Statement": list(statements)}])


def allow(actions: Any, resources: Any, conditions: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, "Condition": conditions or {}}


def needs(action: str, resource: str, **context: str) -> Permission:
    return Permission(action, resource, context)


def test_only_what_a_statement_names_is_allowed() -> None:
    reader = role(allow(["dynamodb:GetItem", "dynamodb:Query"], TABLE))
    assert reader.allows(needs("dynamodb:GetItem", TABLE))
    assert not reader.allows(needs("dynamodb:PutItem", TABLE))
    assert not reader.allows(needs("dynamodb:GetItem", f"{TABLE}-outbox"))
    assert not role().allows(needs("dynamodb:GetItem", TABLE))


def test_a_prefix_covers_what_is_below_it_alone() -> None:
    below = role(allow("s3:GetObject", "arn:aws:s3:::b/a.b/*"))
    assert below.allows(needs("s3:GetObject", "arn:aws:s3:::b/a.b/c/d"))
    assert not below.allows(needs("s3:GetObject", "arn:aws:s3:::b/axb/c"))


def test_a_denial_weighs_more() -> None:
    denied = role(allow("s3:GetObject", "*"), {**allow("s3:GetObject", "arn:aws:s3:::b/secret"), "Effect": "Deny"})
    assert denied.allows(needs("s3:GetObject", "arn:aws:s3:::b/open"))
    assert not denied.allows(needs("s3:GetObject", "arn:aws:s3:::b/secret"))


@pytest.mark.parametrize(
    ("operator", "expected", "value", "met"),
    [
        ("StringEquals", "x", "x", True),
        ("StringEquals", ["w", "x"], "x", True),
        ("StringEquals", "x", "y", False),
        ("StringEquals", "x", None, False),
        ("StringLike", "a/*", "a/b", True),
        ("StringLike", "a/*", "b", False),
        ("StringLike", "a/*", None, False),
        ("StringLikeIfExists", "a/*", None, True),
        ("StringLikeIfExists", "a/*", "b", False),
    ],
)
def test_conditions(operator: str, expected: Any, value: str | None, met: bool) -> None:
    conditional = role(allow("s3:ListBucket", "*", {operator: {"s3:prefix": expected}}))
    given = {} if value is None else {"s3:prefix": value}
    assert conditional.allows(Permission("s3:ListBucket", "arn:aws:s3:::b", given)) is met


def test_a_condition_that_is_not_known_is_no_quiet_yes() -> None:
    with pytest.raises(NotImplementedError, match="IpAddress"):
        role(allow("s3:GetObject", "*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})).allows(
            Permission("s3:GetObject", "arn:aws:s3:::b/x", {"aws:SourceIp": "10.0.0.1"})
        )


def test_what_nothing_needed_is_listed_by_action_and_resource() -> None:
    both = role(allow(["dynamodb:GetItem", "dynamodb:PutItem"], [TABLE, f"{TABLE}-outbox"]))
    unused = both.unused([needs("dynamodb:GetItem", TABLE), needs("dynamodb:PutItem", f"{TABLE}-outbox")])
    assert set(unused) == {("dynamodb:GetItem", f"{TABLE}-outbox"), ("dynamodb:PutItem", TABLE)}
