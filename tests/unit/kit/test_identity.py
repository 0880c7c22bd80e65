"""Who calls, from the shapes that the gateway really sends."""

from typing import Any

import pytest

from services.kit.identity import Principal, Role, principal_from
from services.kit.problems import NOT_SIGNED_IN, Problem
from tests.gateway import claims, request


def principal(authorizer: Any) -> Principal:
    """Of an event with this authorizer."""
    event = request("GET", "/")
    event["requestContext"]["authorizer"] = authorizer
    return principal_from(event)


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ("[editor]", {Role.EDITOR}),
        ("[editor finance]", {Role.EDITOR, Role.FINANCE}),
        ("[editor, finance]", {Role.EDITOR, Role.FINANCE}),
        (["editor", "finance"], {Role.EDITOR, Role.FINANCE}),
        ("editor", {Role.EDITOR}),
        ("[editors administrator-in-training]", set()),
        ("[EDITOR]", set()),
        ("learner", {Role.LEARNER}),
        ("unproven", {Role.UNPROVEN}),
        ("[]", {Role.LEARNER}),
        ("", {Role.LEARNER}),
        (None, {Role.LEARNER}),
        (7, set()),
        ([7, None], set()),
    ],
)
def test_roles(groups: object, roles: set[Role]) -> None:
    found = principal({"jwt": {"claims": {"sub": "x", "token_use": "access", "roles": groups}}})
    assert found == Principal("x", frozenset(roles))


@pytest.mark.parametrize(
    ("groups", "role"),
    [("[administrator]", Role.UNPROVEN), ("[second-factor]", Role.UNPROVEN), ("", Role.LEARNER), (None, Role.LEARNER)],
)
def test_groups_of_a_token_that_names_no_roles_open_nothing(groups: object, role: Role) -> None:
    found = principal({"jwt": {"claims": {"sub": "x", "token_use": "access", "cognito:groups": groups}}})
    assert found.roles == {role}


def test_groups_add_nothing_to_the_roles_that_are_named() -> None:
    token = claims("x", "unproven") | {"cognito:groups": "[administrator second-factor]"}
    assert principal({"jwt": {"claims": token}}).roles == {Role.UNPROVEN}


def test_another_issuer_does_not_say_what_a_token_is_for() -> None:
    """Its ID tokens have another audience, which the authorizer refuses."""
    assert principal({"jwt": {"claims": {"sub": "x", "roles": "[editor]"}}}).roles == {Role.EDITOR}


def test_the_gateways_own_shape() -> None:
    """As captured from an HTTP API with a JWT authorizer: every claim is text, lists are flattened."""
    shape = {
        "jwt": {
            "claims": {
                "auth_time": "1772424000",
                "client_id": "1example23456789",
                "cognito:groups": "[administrator finance second-factor]",
                "exp": "1772427600",
                "iat": "1772424000",
                "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_example",
                "jti": "7d9f1c0e-0000-4000-8000-000000000000",
                "roles": "administrator finance",
                "sub": "a4c8f4e8-5061-7094-2f5a-3f1d5f8f2b11",
                "token_use": "access",
                "username": "a4c8f4e8-5061-7094-2f5a-3f1d5f8f2b11",
            },
            "scopes": None,
        }
    }
    found = principal(shape)
    assert found.id == "a4c8f4e8-5061-7094-2f5a-3f1d5f8f2b11"
    assert found.roles == {Role.ADMINISTRATOR, Role.FINANCE}


@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        {},
        {"jwt": None},
        {"jwt": {"claims": None}},
        {"jwt": {"claims": {}}},
        {"claims": claims("x", "learner")},
        {"lambda": claims("x", "learner")},
        {"jwt": {"claims": claims("", "learner")}},
        {"jwt": {"claims": claims("x", "learner") | {"token_use": "id"}}},
        {"jwt": {"claims": {"sub": "x", "token_use": ""}}},
        {"jwt": {"claims": {"sub": 7, "token_use": "access"}}},
    ],
)
def test_nobody(authorizer: Any) -> None:
    with pytest.raises(Problem) as problem:
        principal(authorizer)
    assert problem.value.type is NOT_SIGNED_IN


def test_headers_name_nobody() -> None:
    event = request("GET", "/", authorization="Bearer e30.eyJzdWIiOiJ4In0.", x_amzn_oidc_identity="x")
    with pytest.raises(Problem):
        principal_from(event)


def test_roles_are_required() -> None:
    somebody = Principal("x", frozenset({Role.FINANCE}))
    somebody.require(Role.FINANCE, Role.ADMINISTRATOR)
    with pytest.raises(Problem):
        somebody.require(Role.ADMINISTRATOR)
    with pytest.raises(Problem):
        somebody.require()
