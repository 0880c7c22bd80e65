"""Credits' functions around persons: telling them by e-mail, forgetting them, and how they sign in."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses

from infra.constructs.consumer import EventConsumer
from infra.constructs.function import allow
from infra.constructs.stage import kept
from infra.stacks.service import ServiceStack

ACCESS = "access"
POOL_ADMINISTRATION = [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:AdminResetUserPassword",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminUserGlobalSignOut",
]
"""What second factors and sign-ins need. Whoever may do this may give roles: one function alone."""


def add_access(stack: ServiceStack) -> dict[str, lambda_.Function]:
    """The function of second factors and sign-ins, added to the credits stack. Another issuer has its own pages."""
    pool, client = stack.platform.pool, stack.platform.client
    if pool is None or client is None:
        stack.without.add(ACCESS)
        return {}
    key = kms.Key(
        stack,
        "SignInKey",
        description="Seals what sign-ins are ended with",
        enable_key_rotation=True,
        removal_policy=kept(stack),
    )
    environment = {
        "USER_POOL_ID": pool.user_pool_id,
        "USER_POOL_CLIENT_ID": client.user_pool_client_id,
        "SIGN_IN_KEY_ID": key.key_id,
    }
    access = stack.add_http_function(ACCESS, environment)
    stack.allow_write(access)
    allow(access, POOL_ADMINISTRATION, [pool.user_pool_arn])
    allow(access, ["kms:Decrypt", "kms:Encrypt"], [key.key_arn])
    return {ACCESS: access}


def add_people(stack: ServiceStack) -> list[EventConsumer]:
    """Adds them to the credits stack."""
    return [_mail(stack), _erasure(stack)]


def _mail(stack: ServiceStack) -> EventConsumer:
    domain = stack.stage.sends_from
    identity = ses.CfnEmailIdentity(stack, "MailIdentity", email_identity=domain)
    sender = f"notices@{domain}"
    mail = stack.add_consumer(["credits.notice_posted.v1"], {"MAIL_SENDER": sender}, kind="mail")
    stack.allow_write(mail.function)
    stack.open_public_url(mail.function)
    arn = stack.format_arn(service="ses", resource="identity", resource_name=identity.ref)
    allow(mail.function, ["ses:SendEmail"], [arn], {"StringEquals": {"ses:FromAddress": sender}})
    return mail


def _erasure(stack: ServiceStack) -> EventConsumer:
    pool = stack.platform.pool
    environment = {"USER_POOL_ID": pool.user_pool_id} if pool else {}
    erasure = stack.add_consumer(["credits.person_erased.v1"], environment, kind="erasure")
    stack.allow_write(erasure.function)
    stack.allow_remove(erasure.function)
    if pool:
        allow(erasure.function, ["cognito-idp:AdminDeleteUser"], [pool.user_pool_arn])
    return erasure
