"""Who has an account in the user pool, found by the pool's own attributes."""

from typing import TYPE_CHECKING, Any

from services.credits.app.ports import PoolAccount
from services.credits.domain.ids import LearnerId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoDirectory:
    """Lists users by one attribute. Values have been read by their forms, in which there is no quotation mark."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str) -> None:
        self._client = client
        self._pool_id = pool_id

    def by_email(self, email: str, most: int) -> list[PoolAccount]:
        """Those with this address, letters' case aside."""
        return self._list(f'email = "{email}"', most)

    def by_phone(self, phone: str, most: int) -> list[PoolAccount]:
        """Those with this number."""
        return self._list(f'phone_number = "{phone}"', most)

    def by_id(self, beginning: str, most: int) -> list[PoolAccount]:
        """Those whose id begins so."""
        return self._list(f'sub ^= "{beginning}"', most)

    def _list(self, wanted: str, most: int) -> list[PoolAccount]:
        found = self._client.list_users(UserPoolId=self._pool_id, Filter=wanted, Limit=most)
        return [_account(user) for user in found["Users"]]


def _account(user: Any) -> PoolAccount:
    known = {attribute["Name"]: attribute.get("Value") for attribute in user["Attributes"]}
    created = user.get("UserCreateDate")
    return PoolAccount(LearnerId(known["sub"]), known.get("email"), known.get("phone_number"), created)
