"""The user pool, as the function that administers second factors and sign-ins needs it."""

from typing import TYPE_CHECKING

from services.credits.app.ports import Standing
from services.credits.domain.ids import LearnerId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AdminGetUserResponseTypeDef

SECOND_FACTOR = "second-factor"
"""The group that the pool's trigger looks for (infra/triggers/token_roles.py)."""
TOTP = "SOFTWARE_TOKEN_MFA"


class CognitoPool:
    """Calls Cognito's administration. The id in people's tokens (`sub`) is a user name there too."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool_id = pool_id
        self._client_id = client_id

    def standing(self, person_id: LearnerId) -> Standing:
        """How it is with somebody's second factor."""
        user = self._client.admin_get_user(UserPoolId=self._pool_id, Username=person_id)
        groups = self._client.admin_list_groups_for_user(UserPoolId=self._pool_id, Username=person_id)["Groups"]
        proven = any(group.get("GroupName") == SECOND_FACTOR for group in groups)
        return Standing(TOTP in user.get("UserMFASettingList", []), proven)

    def find(self, email: str) -> LearnerId | None:
        """Whose account has this address."""
        try:
            return _id_of(self._client.admin_get_user(UserPoolId=self._pool_id, Username=email))
        except (self._client.exceptions.UserNotFoundException, self._client.exceptions.InvalidParameterException):
            return None

    def password_of(self, email: str, password: str) -> LearnerId | None:
        """Whose account has this address and password, and a second factor besides; None for anything else.

        Asked as a browser would, so that the pool counts wrong passwords as it does there.
        """
        known = self._client.exceptions
        try:
            answer = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except (
            known.NotAuthorizedException,
            known.UserNotFoundException,
            known.UserNotConfirmedException,
            known.PasswordResetRequiredException,
            known.InvalidParameterException,
        ):
            return None
        return self.find(email) if answer.get("ChallengeName") == TOTP else None

    def prove(self, person_id: LearnerId) -> None:
        """Ends all sign-ins, and only then notes that all that follow need codes."""
        self.end_all(person_id)
        self._client.admin_add_user_to_group(UserPoolId=self._pool_id, Username=person_id, GroupName=SECOND_FACTOR)

    def disprove(self, person_id: LearnerId) -> None:
        """Takes that note, then the second factor, away, and ends all sign-ins."""
        self._client.admin_remove_user_from_group(UserPoolId=self._pool_id, Username=person_id, GroupName=SECOND_FACTOR)
        self._client.admin_set_user_mfa_preference(
            UserPoolId=self._pool_id, Username=person_id, SoftwareTokenMfaSettings={"Enabled": False}
        )
        self.end_all(person_id)

    def renew_password(self, person_id: LearnerId) -> None:
        """Makes the password worthless; a code for a new one is mailed."""
        self._client.admin_reset_user_password(UserPoolId=self._pool_id, Username=person_id)

    def end(self, token: str) -> None:
        """Ends the sign-in that this token renews. One that ended by itself has ended."""
        try:
            self._client.revoke_token(Token=token, ClientId=self._client_id)
        except self._client.exceptions.InvalidParameterException:
            return

    def end_all(self, person_id: LearnerId) -> None:
        """Ends all sign-ins of somebody."""
        self._client.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=person_id)


def _id_of(user: "AdminGetUserResponseTypeDef") -> LearnerId:
    found = {attribute["Name"]: attribute.get("Value", "") for attribute in user["UserAttributes"]}
    return LearnerId(found["sub"])
