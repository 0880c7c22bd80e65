"""A staff role takes effect only with a second factor: what a stolen password, token or code opens."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pyotp
import pytest

from demo.client import Client, Refused
from demo.people import learner_id_of
from infra.triggers.token_roles import SECOND_FACTOR, TOTP
from local.seed import DOMAIN, PASSWORD
from services.kit.identity import Role
from tests.flows.world import World

pytestmark = pytest.mark.system

ACCESS = "/v1/credits/access"
STAFF = sorted(set(Role) - {Role.LEARNER, Role.UNPROVEN})
RESET_MAIL = "code"


@dataclass
class Officer:
    """A member of the staff with an account of their own, and with what signs them in."""

    world: World
    email: str
    password: str = PASSWORD
    secret: str = ""

    @property
    def pool(self) -> dict[str, str]:
        """Who it is, for the pool's administration."""
        return {"UserPoolId": self.world.system.user_pool_id, "Username": self.email}

    def begin(self) -> dict[str, Any]:
        """The pool's answer to the password alone."""
        parameters = {"USERNAME": self.email, "PASSWORD": self.password}
        return self.world.public.cognito("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    def with_password(self) -> Client:
        """Signed in by the password alone, where that does."""
        return self.world.public.signed_in(self.begin()["AuthenticationResult"])

    def with_code(self) -> Client:
        """Signed in with a code of the device."""
        return self.world.public.sign_in(self.email, self.password, pyotp.TOTP(self.secret).now())

    def add_device(self, client: Client) -> None:
        """What the client's page does with the pool: a device, verified by one of its codes, that is asked for."""
        pool = self.world.public.cognito
        token = client.token
        self.secret = pool("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
        pool("VerifySoftwareToken", AccessToken=token, UserCode=pyotp.TOTP(self.secret).now())
        settings = {"Enabled": True, "PreferredMfa": True}
        pool("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings=settings)

    def set_up(self) -> list[str]:
        """The whole of it; the recovery codes."""
        client = self.with_password()
        self.add_device(client)
        found: list[str] = client.post(f"{ACCESS}/second-factor").accepted()["recovery_codes"]
        return found

    def recover(self, code: str) -> str:
        """Uses a recovery code; the refusal's code, "" where there is none."""
        body = {"email": self.email, "password": self.password, "recovery_code": code}
        return self.world.public.post(f"{ACCESS}/recovery", body).code


@pytest.fixture
def officer(world: World) -> Officer:
    """An administrator who was just invited: an account, a role, no second factor."""
    return officer_of(world, "administrator")


def officer_of(world: World, *roles: str) -> Officer:
    """Somebody with these roles and no second factor."""
    made = Officer(world, f"officer-{uuid4().hex[:12]}@{DOMAIN}")
    world.system.create_user(made.email, made.password, [])
    for role in roles:
        world.system.client("cognito-idp").admin_add_user_to_group(**made.pool, GroupName=role)
    return made


def allowed(client: Client) -> bool:
    """Whether an administrator's route opens."""
    answer = client.get("/v1/orders/coupons")
    assert answer.ok or answer.code == "WRONG_ROLE"
    return answer.ok


def is_refused(world: World, action: str, **request: Any) -> bool:
    """Whether the pool takes a public action."""
    try:
        world.public.cognito(action, **request)
    except Refused:
        return True
    return False


def test_a_role_takes_effect_with_the_second_factor_only(officer: Officer) -> None:
    assert not allowed(officer.with_password())
    officer.set_up()
    assert officer.begin()["ChallengeName"] == TOTP
    assert allowed(officer.with_code())


def test_a_stolen_password_alone_opens_nothing(officer: Officer) -> None:
    officer.set_up()
    challenge = officer.begin()
    assert "AuthenticationResult" not in challenge
    wrong = f"{(int(pyotp.TOTP(officer.secret).now()) + 1) % 10**6:06d}"
    for code in ("", "000000" if wrong != "000000" else "000001", wrong):
        responses = {"USERNAME": officer.email, "SOFTWARE_TOKEN_MFA_CODE": code}
        assert is_refused(
            officer.world, "RespondToAuthChallenge", ChallengeName=TOTP, Session=challenge["Session"],
            ChallengeResponses=responses,
        )  # fmt: skip


def test_a_device_that_was_never_confirmed_here_gives_no_role(officer: Officer) -> None:
    """Whoever calls the pool past the client, which ends older sign-ins, has a device and no role."""
    officer.add_device(officer.with_password())
    assert not allowed(officer.with_code())


def test_a_sign_in_of_before_gets_no_role_by_being_renewed(officer: Officer) -> None:
    thief = officer.with_password()
    time.sleep(1.1)  # The emulated pool tells a sign-in from its end by whole seconds.
    officer.set_up()
    assert thief._sign_in  # noqa: SLF001 (its token)
    parameters = {"REFRESH_TOKEN": thief._sign_in.refresh}  # noqa: SLF001
    assert is_refused(officer.world, "InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert not allowed(thief)


def test_a_stolen_token_of_staff_changes_no_second_factor(officer: Officer) -> None:
    codes = officer.set_up()
    client = officer.with_code()
    off = {"Enabled": False}
    assert is_refused(officer.world, "SetUserMFAPreference", AccessToken=client.token, SoftwareTokenMfaSettings=off)
    assert is_refused(officer.world, "AssociateSoftwareToken", AccessToken=client.token)
    assert client.post(f"{ACCESS}/second-factor").code == "SECOND_FACTOR_ON"
    assert officer.recover(codes[0]) == ""


def test_switched_off_in_the_pool_the_role_is_gone_with_the_next_token(officer: Officer) -> None:
    officer.set_up()
    officer.world.system.client("cognito-idp").admin_set_user_mfa_preference(
        **officer.pool, SoftwareTokenMfaSettings={"Enabled": False}
    )
    assert not allowed(officer.with_password())


def test_a_recovery_code_serves_once_and_gives_no_role(officer: Officer) -> None:
    codes = officer.set_up()
    assert officer.recover("0000-0000-0000-0000") == "RECOVERY_REFUSED"
    assert officer.recover(codes[0]) == ""
    assert not allowed(officer.with_password())
    assert officer.recover(codes[0]) == "RECOVERY_REFUSED"
    fresh = officer.set_up()
    assert allowed(officer.with_code())
    assert officer.recover(codes[1]) == "RECOVERY_REFUSED"
    assert officer.recover(codes[0]) == "RECOVERY_REFUSED"
    assert officer.recover(fresh[1]) == ""


def test_a_reset_leaves_a_stolen_password_worthless(officer: Officer) -> None:
    officer.set_up()
    body = {"email": officer.email, "reason": "lost the phone"}
    assert officer.world.admin.post(f"{ACCESS}/second-factor-resets", body).ok
    with pytest.raises(Refused, match="PasswordResetRequired"):
        officer.begin()
    officer.world.public.cognito(
        "ConfirmForgotPassword", Username=officer.email, ConfirmationCode="123456", Password=f"{PASSWORD}-new"
    )
    officer.password = f"{PASSWORD}-new"
    assert not allowed(officer.with_password())
    officer.set_up()
    assert allowed(officer.with_code())


def test_who_is_no_administrator_resets_nobody(officer: Officer) -> None:
    officer.set_up()
    body = {"email": officer.email, "reason": "mine now"}
    others = [
        officer.world.staff("support"),
        officer.world.learner(),
        officer_of(officer.world, "editor").with_password(),
    ]
    for other in others:
        answer = other.post(f"{ACCESS}/second-factor-resets", body)
        assert (answer.status, answer.code) == (403, "WRONG_ROLE")
    assert officer.world.public.post(f"{ACCESS}/second-factor-resets", body).status == 401
    assert officer.with_code().post(f"{ACCESS}/second-factor-resets", body).code == "OWN_RESET"
    assert allowed(officer.with_code())


def test_an_ended_sign_in_is_renewed_by_nobody(officer: Officer) -> None:
    officer.set_up()
    here, lost = officer.with_code(), officer.with_code()
    for client in (here, lost):
        assert client._sign_in  # noqa: SLF001 (its token)
        body = {"refresh_token": client._sign_in.refresh}  # noqa: SLF001
        client.put(f"{ACCESS}/sign-ins/current", body).accepted()
    listed = here.get(f"{ACCESS}/sign-ins").accepted()["sign_ins"]
    (other,) = [found["sign_in_id"] for found in listed if not found["current"]]
    here.post(f"{ACCESS}/sign-ins/{other}/end").accepted()
    with pytest.raises(Refused, match="NotAuthorized"):
        renewed(lost)
    renewed(here)
    time.sleep(1.1)  # The emulated pool tells a sign-in from its end by whole seconds.
    here.post(f"{ACCESS}/sign-ins/end").accepted()
    with pytest.raises(Refused, match="NotAuthorized"):
        renewed(here)


def renewed(client: Client) -> None:
    """Gets another access token."""
    assert client._sign_in  # noqa: SLF001 (its token)
    client._sign_in.due_at = 0  # noqa: SLF001
    client.get(f"{ACCESS}/sign-ins").accepted()


def test_the_group_alone_that_notes_a_second_factor_is_no_role(officer: Officer) -> None:
    learner = officer_of(officer.world)
    officer.world.system.client("cognito-idp").admin_add_user_to_group(**learner.pool, GroupName=SECOND_FACTOR)
    client = learner.with_password()
    assert not allowed(client)
    assert client.get("/v1/credits/account").ok
    assert learner_id_of(client)
