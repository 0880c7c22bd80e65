"""The user pool, as far as forgetting somebody needs it."""

from typing import TYPE_CHECKING

from services.credits.domain.ids import LearnerId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CognitoUsers:
    """Deletes users by the id that is in their tokens (`sub`), which the pool takes for a user name too."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str) -> None:
        self._client = client
        self._pool_id = pool_id

    def delete(self, learner_id: LearnerId) -> None:
        """Deletes a person's account, if there still is one."""
        try:
            self._client.admin_delete_user(UserPoolId=self._pool_id, Username=learner_id)
        except self._client.exceptions.UserNotFoundException:
            return
