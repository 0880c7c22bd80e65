"""Credits' functions around persons: finding them, telling them by e-mail, forgetting them, and how they sign in."""

from dataclasses import dataclass

from aws_cdk import Aws, Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses

from infra.constructs.archive import allow_objects, encrypted
from infra.constructs.consumer import EventConsumer
from infra.constructs.function import allow
from infra.constructs.review import accept_no_access_log, accept_unversioned
from infra.constructs.secrets import ServiceKeys, made_up_secret
from infra.constructs.stage import MINIMUM_TLS, kept
from infra.stacks.service import ServiceStack
from infra.stages import Stage

ACCESS, CODES, PEOPLE = "access", "codes", "people"
CODES_LAYER = "sms"
UNSET = "unset"
POOL_ADMINISTRATION = [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:AdminResetUserPassword",
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:AdminUserGlobalSignOut",
]
"""What second factors, sign-ins and identities need. Whoever may do this may give roles: one function alone."""
SENT_PREFIX, KEPT_PREFIX = "sent/", "kept/"
SENT_KEPT, DECIDED_WITHIN = Duration.days(1), Duration.days(30)
"""A picture of a certificate goes with the decision; whatever came in between, it goes after these."""


def pictures_bucket_name(stage: Stage) -> str:
    """Known before the bucket is there: the client's pages may connect to it."""
    return f"{stage.prefix}-pictures-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def pictures_bucket(stack: ServiceStack) -> s3.Bucket:
    """Pictures of certificates. Without versions: what is deleted is gone."""
    bucket = s3.Bucket(
        stack,
        "Pictures",
        bucket_name=pictures_bucket_name(stack.stage),
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        **encrypted(stack),
        enforce_ssl=True,
        minimum_tls_version=MINIMUM_TLS,
        # Browsers send forms that are signed for one picture each: an origin would prove nothing more.
        cors=[s3.CorsRule(allowed_methods=[s3.HttpMethods.POST], allowed_origins=["*"], allowed_headers=["*"])],
        lifecycle_rules=[
            s3.LifecycleRule(prefix=SENT_PREFIX, expiration=SENT_KEPT),
            s3.LifecycleRule(prefix=KEPT_PREFIX, expiration=DECIDED_WITHIN),
        ],
        removal_policy=kept(stack),
    )
    accept_no_access_log(bucket, "Every look at a picture is in the audit log, and the functions are traced.")
    accept_unversioned(bucket, "What is deleted of a person must be gone.")
    return bucket


def add_finding(stack: ServiceStack, keys: ServiceKeys, pictures: s3.Bucket) -> dict[str, lambda_.Function]:
    """The function that finds learners and shows pictures, added to the credits stack."""
    pool = stack.platform.pool
    environment = {"PICTURES_BUCKET_NAME": pictures.bucket_name}
    function = stack.add_http_function(PEOPLE, environment | ({"USER_POOL_ID": pool.user_pool_id} if pool else {}))
    stack.allow_write(function)
    keys.open_to(function)
    if pool:
        allow(function, ["cognito-idp:ListUsers"], [pool.user_pool_arn])
    allow_objects(function, pictures, SENT_PREFIX, "s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    allow_objects(function, pictures, KEPT_PREFIX, "s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    return {PEOPLE: function}


def add_access(stack: ServiceStack) -> dict[str, lambda_.Function]:
    """The functions of signing in, added to the credits stack. Another issuer has its own pages."""
    pool, client, tickets = stack.platform.pool, stack.platform.client, stack.platform.tickets
    if pool is None or client is None or tickets is None:
        stack.without |= {ACCESS, CODES}
        return {}
    identities = _secret(stack, "Identities", "What numbers and WeChat's ids are hashed with; never rotated", "key")
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
        "IDENTITIES_SECRET_ID": identities.secret_arn,
        "TICKETS_SECRET_ID": tickets.secret_arn,
    }
    read = [identities.secret_arn, tickets.secret_arn]
    if stack.stage.wechat:
        apps = _secret(stack, "WechatApps", "Our apps at WeChat, for signing in", UNSET)
        environment["WECHAT_SECRET_ID"] = apps.secret_arn
        read.append(apps.secret_arn)
    access = stack.add_http_function(ACCESS, environment)
    stack.open_public_url(access)
    stack.allow_remove(access)
    allow(access, ["secretsmanager:GetSecretValue"], read)
    stack.allow_write(access)
    allow(access, POOL_ADMINISTRATION, [pool.user_pool_arn])
    allow(access, ["kms:Decrypt", "kms:Encrypt"], [key.key_arn])
    return {ACCESS: access, CODES: _codes(stack, identities)}


def _codes(stack: ServiceStack, identities: secretsmanager.Secret) -> lambda_.Function:
    """What sends codes. It cannot reach the user pool."""
    sms, sender = stack.stage.sms, f"accounts@{stack.stage.sends_from}"
    environment, read = {"IDENTITIES_SECRET_ID": identities.secret_arn, "MAIL_SENDER": sender}, [identities.secret_arn]
    if sms:
        environment |= {"SMS_PROVIDER": sms.provider, "SMS_COUNTRIES": " ".join(sms.countries)}
        account = _secret(stack, "Sms", "The account that short messages are sent by", UNSET)
        environment["SMS_SECRET_ID"] = account.secret_arn
        read.append(account.secret_arn)
    codes = stack.add_http_function(CODES, environment, stack.bundle_with(CODES_LAYER))
    stack.allow_write(codes)
    allow(codes, ["secretsmanager:GetSecretValue"], read)
    _allow_mail(stack, codes, sender)
    return codes


def _secret(stack: ServiceStack, id_: str, description: str, key: str) -> secretsmanager.Secret:
    name = f"credits-{id_.lower()}"
    return made_up_secret(stack, id_, name=name, description=description, template={}, key=key)


def add_people(stack: ServiceStack, pictures: s3.Bucket) -> list[EventConsumer]:
    """Adds them to the credits stack."""
    return [_mail(stack), _erasure(stack, pictures)]


@dataclass(frozen=True)
class Telling:
    """What tells devices, and what keeps them."""

    http: dict[str, lambda_.Function]
    push: EventConsumer


def add_push(stack: ServiceStack) -> Telling:
    """Adds them to the credits stack: they alone know who we are to push services."""
    secret = made_up_secret(
        stack,
        "PushKey",
        name="push-key",
        description="What the key that signs pushes to browsers follows from; another one ends all subscriptions",
        template={},
        key="seed",
    )
    environment = {"PUSH_SECRET_ID": secret.secret_arn}
    devices = stack.add_http_function("devices", environment)
    push = stack.add_consumer(
        ["credits.notice_posted.v1"],
        {**environment, "PUSH_CONTACT": f"notices@{stack.stage.sends_from}"},
        kind="push",
        bundle=stack.bundle_with("push"),
        # Of ten devices each may keep it waiting.
        timeout=Duration.minutes(2),
        batch_size=1,
    )
    for function in (devices, push.function):
        stack.allow_write(function)
        stack.allow_remove(function)
        allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
    return Telling({"devices": devices}, push)


def _mail(stack: ServiceStack) -> EventConsumer:
    domain = stack.stage.sends_from
    ses.CfnEmailIdentity(stack, "MailIdentity", email_identity=domain)
    sender = f"notices@{domain}"
    mail = stack.add_consumer(["credits.notice_posted.v1"], {"MAIL_SENDER": sender}, kind="mail")
    stack.allow_write(mail.function)
    stack.open_public_url(mail.function)
    _allow_mail(stack, mail.function, sender)
    return mail


def _allow_mail(stack: ServiceStack, function: lambda_.Function, sender: str) -> None:
    arn = stack.format_arn(service="ses", resource="identity", resource_name=stack.stage.sends_from)
    allow(function, ["ses:SendEmail"], [arn], {"StringEquals": {"ses:FromAddress": sender}})


def _erasure(stack: ServiceStack, pictures: s3.Bucket) -> EventConsumer:
    pool = stack.platform.pool
    environment = {"PICTURES_BUCKET_NAME": pictures.bucket_name} | ({"USER_POOL_ID": pool.user_pool_id} if pool else {})
    # A decision ends what a picture is kept for.
    types = ["credits.person_erased.v1", "credits.certificate_confirmed.v1", "credits.certificate_returned.v1"]
    erasure = stack.add_consumer(types, environment, kind="erasure")
    stack.allow_write(erasure.function)
    stack.allow_remove(erasure.function)
    allow_objects(erasure.function, pictures, SENT_PREFIX, "s3:DeleteObject")
    allow_objects(erasure.function, pictures, KEPT_PREFIX, "s3:DeleteObject")
    if pool:
        allow(erasure.function, ["cognito-idp:AdminDeleteUser"], [pool.user_pool_arn])
    return erasure
