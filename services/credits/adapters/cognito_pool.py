"""The user pool, as the function that administers second factors and sign-ins needs it."""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from services.credits.app.ports import AddressTaken, Refused, Standing, Ticket, Tokens
from services.credits.domain.ids import LearnerId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AdminGetUserResponseTypeDef

SECOND_FACTOR = "second-factor"
"""The group that the pool's trigger looks for (infra/triggers/token_roles.py)."""
TOTP = "SOFTWARE_TOKEN_MFA"
CHALLENGE: Final = "CUSTOM_CHALLENGE"
"""What the pool asks of who was proven elsewhere (infra/triggers/challenge.py)."""
NO_ADDRESS = "@accounts.invalid"
"""The pool names people by e-mail addresses, for good: of who has none, by one that nobody can own (RFC 2606)."""


class CognitoPool:
    """Calls Cognito's administration. The id in people's tokens (`sub`) is a user name there too."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool_id = pool_id
        self._client_id = client_id

    def standing(self, person_id: LearnerId) -> Standing:
        """How it is with somebody's second factor. A token outlives a deleted account, which has nothing any more."""
        try:
            user = self._client.admin_get_user(UserPoolId=self._pool_id, Username=person_id)
        except self._client.exceptions.UserNotFoundException:
            return Standing(asks_for_codes=False, proven=False, is_staff=False, email=None)
        groups = self._client.admin_list_groups_for_user(UserPoolId=self._pool_id, Username=person_id)["Groups"]
        names = {group.get("GroupName") for group in groups}
        asks, proven = TOTP in user.get("UserMFASettingList", []), SECOND_FACTOR in names
        return Standing(asks, proven, bool(names), _email_of(_attributes(user)))

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

    def create(self, name: str) -> LearnerId:
        """An account without an address of its own, and with a password that nobody knows."""
        username = f"{name}{NO_ADDRESS}"
        # It exists where somebody was stopped just after this.
        with suppress(self._client.exceptions.UsernameExistsException):
            self._client.admin_create_user(UserPoolId=self._pool_id, Username=username, MessageAction="SUPPRESS")
        # Without one that is meant to last, the pool lets nobody in by a challenge either.
        password = f"aA1!{secrets.token_urlsafe(48)}"
        self._client.admin_set_user_password(
            UserPoolId=self._pool_id, Username=username, Password=password, Permanent=True
        )
        return _id_of(self._client.admin_get_user(UserPoolId=self._pool_id, Username=username))

    def show_phone(self, person_id: LearnerId, number: str | None) -> None:
        """Notes somebody's number at the account, for staff who look for it."""
        if number is None:
            # Cognito deletes what is given a blank value.
            self._change(person_id, phone_number="")
            return
        self._change(person_id, phone_number=number, phone_number_verified="true")

    def take_email(self, person_id: LearnerId, address: str | None) -> None:
        """Gives an account an address that was proven, or takes it away. Raises AddressTaken."""
        try:
            if address is None:
                self._change(person_id, email=f"{person_id}{NO_ADDRESS}", email_verified="false")
            else:
                self._change(person_id, email=address, email_verified="true")
        except self._client.exceptions.AliasExistsException:
            raise AddressTaken from None

    def sign_in(self, person_id: LearnerId, ticket: Ticket) -> Tokens:
        """Answers the pool's challenge for somebody. Raises Refused."""
        known = self._client.exceptions
        try:
            begun = self._client.admin_initiate_auth(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                AuthFlow="CUSTOM_AUTH",
                AuthParameters={"USERNAME": person_id},
            )
            answer = self._client.admin_respond_to_auth_challenge(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                ChallengeName=CHALLENGE,
                Session=begun["Session"],
                ChallengeResponses={
                    "USERNAME": person_id,
                    "ANSWER": ticket(person_id, begun["ChallengeParameters"]["nonce"]),
                },
            )
        except (known.NotAuthorizedException, known.UserNotFoundException, known.UserNotConfirmedException):
            raise Refused from None
        result = answer["AuthenticationResult"]
        return Tokens(result["AccessToken"], result["RefreshToken"], result["ExpiresIn"])

    def _change(self, person_id: LearnerId, **attributes: str) -> None:
        self._client.admin_update_user_attributes(
            UserPoolId=self._pool_id,
            Username=person_id,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )

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


def _attributes(user: "AdminGetUserResponseTypeDef") -> dict[str, str]:
    return {attribute["Name"]: attribute.get("Value", "") for attribute in user["UserAttributes"]}


def _id_of(user: "AdminGetUserResponseTypeDef") -> LearnerId:
    return LearnerId(_attributes(user)["sub"])


def _email_of(attributes: dict[str, str]) -> str | None:
    email = attributes.get("email", "")
    is_own = attributes.get("email_verified") == "true" and not email.endswith(NO_ADDRESS)
    return email if is_own else None
