"""The user pool's trigger: whose tokens name a staff role, and whose may change the person's own user."""

from typing import Any

import pytest

from infra.triggers import token_roles
from infra.triggers.token_roles import SECOND_FACTOR, SELF_SERVICE, TOTP, handler


class Pool:
    """Stands for Cognito's administration."""

    def __init__(self, *factors: str) -> None:
        self.factors = factors
        self.asked: list[dict[str, str]] = []

    def admin_get_user(self, **who: str) -> dict[str, Any]:
        self.asked.append(who)
        return {"UserMFASettingList": list(self.factors)} if self.factors else {}


def token(groups: list[str] | None, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the trigger puts into an access token."""
    monkeypatch.setattr(token_roles, "_pool", lambda: pool)
    event = {
        "version": "2",
        "triggerSource": "TokenGeneration_RefreshTokens",
        "userPoolId": "us-east-1_x",
        "userName": "somebody",
        "request": {"groupConfiguration": {"groupsToOverride": groups}, "scopes": [SELF_SERVICE]},
        "response": {"claimsAndScopeOverrideDetails": None},
    }
    answer = handler(event, None)
    # The answer is the event, whose other members the pool checks.
    assert {**answer, "response": None} == {**event, "response": None}
    made: dict[str, Any] = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return made


@pytest.mark.parametrize(
    ("groups", "factors", "roles"),
    [
        (None, (), "learner"),
        ([], (), "learner"),
        ([SECOND_FACTOR], (TOTP,), "learner"),
        (["administrator"], (), "unproven"),
        (["administrator"], (TOTP,), "unproven"),
        (["administrator", SECOND_FACTOR], (), "unproven"),
        (["administrator", SECOND_FACTOR], ("EMAIL_OTP",), "unproven"),
        (["finance", SECOND_FACTOR, "administrator"], (TOTP,), "administrator finance"),
    ],
)
def test_roles(groups: list[str] | None, factors: tuple[str, ...], roles: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert token(groups, Pool(*factors), monkeypatch)["claimsToAddOrOverride"] == {"roles": roles}


def test_who_has_a_second_factor_cannot_change_it_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for groups, suppressed in (([SECOND_FACTOR], [SELF_SERVICE]), (["editor", SECOND_FACTOR], [SELF_SERVICE])):
        assert token(groups, Pool(TOTP), monkeypatch)["scopesToSuppress"] == suppressed
    for groups in ([], ["editor"]):
        assert "scopesToSuppress" not in token(groups, Pool(TOTP), monkeypatch)


def test_learners_cost_no_lookup_and_staff_are_looked_up_by_the_name_that_the_pool_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Pool(TOTP)
    token([], pool, monkeypatch)
    assert not pool.asked
    token(["editor", SECOND_FACTOR], pool, monkeypatch)
    assert pool.asked == [{"UserPoolId": "us-east-1_x", "Username": "somebody"}]
