"""Credits' functions around documents: certificates of completion, credentials, verification, and what follows."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from infra.constructs.consumer import EventConsumer
from infra.constructs.signing_keys import SigningKeys
from infra.stacks.service import ServiceStack

TOLD = [
    "credits.hours_awarded.v1",
    "credits.hours_granted.v1",
    "credits.hours_held.v1",
    "credits.hours_released.v1",
    "credits.hours_reversed.v1",
    "credits.declaration_answered.v1",
    "credits.deadline_approaching.v1",
    "credits.year_ending.v1",
    "credits.certificate_confirmed.v1",
    "credits.certificate_returned.v1",
]
"""What learners are told of; a reversal is also published in the status list, a confirmation files a deadline."""


@dataclass(frozen=True)
class DocumentFunctions:
    """Functions by the name that routes give them, and the consumer of the ledger's facts."""

    http: dict[str, lambda_.Function]
    notices: EventConsumer


def add_documents(stack: ServiceStack) -> DocumentFunctions:
    """Adds them to the credits stack."""
    notices = stack.add_consumer(TOLD, kind="notices")
    stack.allow_write(notices.function)
    stack.allow_emit(notices.function)
    verification = stack.add_http_function("verification")
    stack.allow_read(verification)
    http = {"documents": _documents(stack), "badges": _badges(stack), "verification": verification}
    return DocumentFunctions(http, notices)


def _documents(stack: ServiceStack) -> lambda_.Function:
    function = stack.add_http_function("documents", bundle=stack.bundle_with("documents"))
    stack.allow_write(function)
    stack.allow_emit(function)
    stack.open_public_url(function)
    return function


def _badges(stack: ServiceStack) -> lambda_.Function:
    keys = SigningKeys(stack, "BadgeKey", kms.KeySpec.RSA_3072, "Signs Open Badges credentials and their status lists")
    function = stack.add_http_function("badges", {"BADGE_KEY_IDS": keys.ids()})
    stack.allow_read(function)
    stack.open_public_url(function)
    keys.open_to(function, "kms:GetPublicKey", "kms:Sign")
    keys.renew(function)
    return function
