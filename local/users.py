"""Accounts of the user pool, made by its administration: for demo data and tests."""

import contextlib
from typing import Any


def create_user(cognito: Any, pool: str, email: str, password: str, groups: list[str]) -> str:
    """Creates a confirmed user in the groups; answers the learner id. One that exists keeps its id."""
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        cognito.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)
    user = cognito.admin_get_user(UserPoolId=pool, Username=email)
    return str(next(a["Value"] for a in user["UserAttributes"] if a["Name"] == "sub"))


def sign_in(cognito: Any, client: str, email: str, password: str) -> str:
    """An access token, as the client gets one."""
    parameters = {"USERNAME": email, "PASSWORD": password}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    return str(answer["AuthenticationResult"]["AccessToken"])
