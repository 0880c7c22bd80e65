"""People of a drill. They do what docs/deployment.md says, with the client's own calls, and read their mail."""

import re
import secrets
import time
from dataclasses import dataclass

import httpx
import pyotp

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
        """Signs in with the first password, which came by mail, chooses another, and sets the second factor up."""
        (first,) = re.findall(r"temporary password is (\S+)\.$", self._mail(email, "temporary password"))
        client, password = Client(self.address), new_password()
        challenge = client.cognito(
            "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": email, "PASSWORD": first}
        )
        assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED", challenge
        answer = client.cognito(
            "RespondToAuthChallenge",
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": password},
        )
        token = answer["AuthenticationResult"]["AccessToken"]
        secret = client.cognito("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
        client.cognito("VerifySoftwareToken", AccessToken=token, UserCode=pyotp.TOTP(secret).now())
        settings = {"Enabled": True, "PreferredMfa": True}
        client.cognito("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings=settings)
        codes = client.as_(token).post("/v1/credits/access/second-factor").accepted()["recovery_codes"]
        assert len(set(codes)) == len(codes) > 1
        return client.sign_in(email, password, pyotp.TOTP(secret).now())

    def register(self, email: str) -> Client:
        """A learner signs up by himself, with the code that came by mail."""
        client, password = Client(self.address), new_password()
        attributes = [{"Name": "email", "Value": email}]
        client.cognito("SignUp", Username=email, Password=password, UserAttributes=attributes)
        (code,) = re.findall(r"\b\d{6}\b", self._mail(email, "code"))
        client.cognito("ConfirmSignUp", Username=email, ConfirmationCode=code)
        return client.sign_in(email, password)

    def _mail(self, to: str, about: str) -> str:
        until = time.monotonic() + MAIL_WAIT_S
        while time.monotonic() < until:
            for mail in mails_of(httpx.get(f"{self.emulator_url}{MESSAGES}").json()):
                if to in mail.to and about in f"{mail.subject} {mail.text}":
                    return mail.text
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} about {about}")
