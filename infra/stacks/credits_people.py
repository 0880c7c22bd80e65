"""Credits' functions around persons: telling them by e-mail, and forgetting them."""

from aws_cdk import aws_ses as ses

from infra.constructs.consumer import EventConsumer
from infra.constructs.function import allow
from infra.stacks.service import ServiceStack


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
    environment = {"USER_POOL_ID": pool.user_pool_id}
    erasure = stack.add_consumer(["credits.person_erased.v1"], environment, kind="erasure")
    stack.allow_write(erasure.function)
    allow(erasure.function, ["cognito-idp:AdminDeleteUser"], [pool.user_pool_arn])
    return erasure
