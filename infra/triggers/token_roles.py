"""Before the user pool makes a token: a staff role only where every sign-in of the person has needed a second factor.

The group SECOND_FACTOR is given by credits' `access` function alone, after it ended all earlier sign-ins of a person
whose TOTP device works; groups can be changed by no token. That the pool still asks for codes is looked up besides. A
token of a person with a second factor cannot change that person's factors at the pool: it lacks the scope for it.

It answers version 2 of the pool's event, and fails closed: where it fails there is no token.
"""

from functools import cache
from typing import Any

SECOND_FACTOR = "second-factor"
TOTP = "SOFTWARE_TOKEN_MFA"
SELF_SERVICE = "aws.cognito.signin.user.admin"
"""The scope with which a token may change its own user at the pool."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Names the roles in the access token, which is all that services read."""
    groups = set(event["request"]["groupConfiguration"].get("groupsToOverride") or ())
    access: dict[str, Any] = {"claimsToAddOrOverride": {"roles": " ".join(_roles(event, groups))}}
    if SECOND_FACTOR in groups:
        access["scopesToSuppress"] = [SELF_SERVICE]
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": access}}
    return event


def _roles(event: dict[str, Any], groups: set[str]) -> list[str]:
    staff = sorted(groups - {SECOND_FACTOR})
    if not staff:
        return ["learner"]
    return staff if SECOND_FACTOR in groups and _asks_for_codes(event) else ["unproven"]


def _asks_for_codes(event: dict[str, Any]) -> bool:
    user = _pool().admin_get_user(UserPoolId=event["userPoolId"], Username=event["userName"])
    return TOTP in user.get("UserMFASettingList", ())


@cache
def _pool() -> Any:
    # Imported for staff only: learners' tokens do not wait for it.
    import boto3

    return boto3.client("cognito-idp")
