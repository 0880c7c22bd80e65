"""People of a drill. They do what docs/deployment.md says, with the client's own calls, and read their mail."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from demo.client import Client
from local.mailbox import MESSAGES, mails_of

MAIL_WAIT_S = 30.0


def new_password() -> str:
    """One that the pool takes."""
    return f"Xs1-{secrets.token_urlsafe(15)}"


@dataclass(frozen=True)
class Town:
    """Where people live: the address of a stage, and the mail of the account that it is in."""

    address: str
    emulator_url: str

    def accept_invitation(self, email: str) -> Client:
        """Signs in with the first password, which came by mail, and chooses another."""
        (password,) = re.findall(r"temporary password is (\S+)\.$", self._mail(email, "temporary password"))
        client = Client(self.address)
        challenge = _cognito(client, "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
            "USERNAME": email, "PASSWORD": password,
        })  # fmt: skip
        assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED", challenge
        answer = _cognito(
            client,
            "RespondToAuthChallenge",
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": new_password()},
        )
        return client.as_(answer["AuthenticationResult"]["AccessToken"])

    def register(self, email: str) -> Client:
        """A learner signs up by himself, with the code that came by mail."""
        client, password = Client(self.address), new_password()
        _cognito(
            client, "SignUp", Username=email, Password=password, UserAttributes=[{"Name": "email", "Value": email}]
        )
        (code,) = re.findall(r"\b\d{6}\b", self._mail(email, "code"))
        _cognito(client, "ConfirmSignUp", Username=email, ConfirmationCode=code)
        return client.sign_in(email, password)

    def _mail(self, to: str, about: str) -> str:
        until = time.monotonic() + MAIL_WAIT_S
        while time.monotonic() < until:
            for mail in mails_of(httpx.get(f"{self.emulator_url}{MESSAGES}").json()):
                if to in mail.to and about in f"{mail.subject} {mail.text}":
                    return mail.text
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} about {about}")


def _cognito(client: Client, action: str, **request: Any) -> dict[str, Any]:
    config = client.get("/config.json").accepted()
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"AWSCognitoIdentityProviderService.{action}",
    }
    body = json.dumps({"ClientId": config["userPoolClientId"], **request})
    answer: dict[str, Any] = client.send("POST", config["cognitoUrl"], content=body, headers=headers).accepted()
    return answer
