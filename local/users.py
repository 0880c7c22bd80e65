"""Accounts of the user pool, made by its administration: for demo data and tests.

Staff get a second factor at once, or their role would take no effect. Its secret is kept by whoever asks for the
account: a program that signs in computes the code from it, as an authenticator does.
"""

import contextlib
from dataclasses import dataclass
from typing import Any, Protocol

import pyotp

from infra.triggers.token_roles import SECOND_FACTOR, TOTP


class Factors(Protocol):
    """Keeps secrets of second factors."""

    def keep(self, email: str, secret: str) -> None:
        """Keeps the secret of an account, in place of the one before."""

    def secret(self, email: str) -> str | None:
        """The secret of an account; None where it has no second factor that was made here."""


@dataclass(frozen=True)
class Users:
    """The users of a pool, and its client that people sign in with."""

    cognito: Any
    pool: str
    client: str
    factors: Factors

    def create(self, email: str, password: str, groups: list[str]) -> str:
        """Creates a confirmed user in the groups; answers the learner id. One that exists keeps its id."""
        who = {"UserPoolId": self.pool, "Username": email}
        with contextlib.suppress(self.cognito.exceptions.UsernameExistsException):
            attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
            self.cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(**who, Password=password, Permanent=True)
        for group in groups:
            self.cognito.admin_add_user_to_group(**who, GroupName=group)
        if groups:
            self._give_factor(email, password)
        user = self.cognito.admin_get_user(**who)
        return str(next(a["Value"] for a in user["UserAttributes"] if a["Name"] == "sub"))

    def sign_in(self, email: str, password: str) -> str:
        """An access token, as the client gets one."""
        answer = self._begin(email, password)
        if answer.get("ChallengeName") == TOTP:
            code = code_of(self.factors, email)
            answer = self.cognito.respond_to_auth_challenge(
                ClientId=self.client,
                ChallengeName=TOTP,
                Session=answer["Session"],
                ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": str(code)},
            )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def _begin(self, email: str, password: str) -> dict[str, Any]:
        parameters = {"USERNAME": email, "PASSWORD": password}
        answer: dict[str, Any] = self.cognito.initiate_auth(
            ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        return answer

    def _give_factor(self, email: str, password: str) -> None:
        """Sets a device up that is no device: as the client does it, with what an administrator may do before."""
        who = {"UserPoolId": self.pool, "Username": email}
        # Of an account that has one already, whose password alone would not do.
        self.cognito.admin_set_user_mfa_preference(**who, SoftwareTokenMfaSettings={"Enabled": False})
        self.cognito.admin_remove_user_from_group(**who, GroupName=SECOND_FACTOR)
        token = self._begin(email, password)["AuthenticationResult"]["AccessToken"]
        secret = self.cognito.associate_software_token(AccessToken=token)["SecretCode"]
        self.cognito.verify_software_token(AccessToken=token, UserCode=pyotp.TOTP(secret).now())
        settings = {"Enabled": True, "PreferredMfa": True}
        self.cognito.admin_set_user_mfa_preference(**who, SoftwareTokenMfaSettings=settings)
        self.cognito.admin_user_global_sign_out(**who)
        self.cognito.admin_add_user_to_group(**who, GroupName=SECOND_FACTOR)
        self.factors.keep(email, secret)


def code_of(factors: Factors, email: str) -> str | None:
    """The code that an authenticator would show for an account now; None where no secret is kept."""
    secret = factors.secret(email)
    return pyotp.TOTP(secret).now() if secret else None
