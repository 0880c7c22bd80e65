"""Secrets that CloudFormation makes up, and the key ring that each service has of its own."""

import json
import string

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.function import allow
from infra.constructs.review import accept, accept_check
from infra.constructs.stage import kept, stage_of

LENGTH = 64
FIRST_KEY = "k1"


def made_up_secret(
    scope: Construct, id_: str, *, name: str, description: str, template: dict[str, str], key: str
) -> secretsmanager.Secret:
    """A JSON secret `<prefix>-<name>`: the template's members, and a random text under `key`."""
    secret = secretsmanager.Secret(
        scope,
        id_,
        secret_name=f"{stage_of(scope).prefix}-{name}",
        description=description,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps(template),
            generate_string_key=key,
            password_length=LENGTH,
            # Letters and digits only: one of them also travels in a header.
            exclude_punctuation=True,
            exclude_characters=string.punctuation,
        ),
        removal_policy=kept(scope),
    )
    accept_check(secret, "CKV_AWS_149", "It is about nobody; who may read it, its own permission says.")
    accept(secret, "SMG4", "Rotated by key id: the new value is added beside the old one before it is used.")
    return secret


class ServiceKeys(Construct):
    """A service's MAC keys by id. No other service reads them, so none can forge another's records."""

    def __init__(self, scope: Construct, service: str) -> None:
        super().__init__(scope, "Keys")
        self._secret = made_up_secret(
            self,
            "Secret",
            name=f"{service}-keyring",
            description=f"MAC keys of {service}, by id",
            template={"current": FIRST_KEY},
            key=FIRST_KEY,
        )

    def open_to(self, function: lambda_.Function) -> None:
        """Lets a function read the keys, and tells it where they are."""
        allow(function, ["secretsmanager:GetSecretValue"], [self._secret.secret_arn])
        function.add_environment("KEYRING_SECRET_ID", self._secret.secret_arn)
