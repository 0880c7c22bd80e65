"""What all services stand on: identities, the event bus, the operators' alarm topic, and shared secrets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from aws_cdk import CfnCondition, CfnOutput, CfnParameter, Duration, Fn
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.constructs.alarm import Topics
from infra.constructs.function import Bundle, ServiceFunction, allow
from infra.constructs.review import accept, accept_check, accept_no_queue, accept_serverless
from infra.constructs.secrets import made_up_secret
from infra.constructs.stage import StageStack, kept
from infra.stacks.firewall import guard_pool
from infra.stages import MAIL_PROVEN, Stage
from infra.triggers import challenge, token_roles

TOKENS_LIVE = Duration.minutes(15)
"""Of access tokens: a role that was taken away and a sign-in that was ended work no longer than that."""
ROLES = {
    "editor": "Publishes courses",
    "reviewer": "Reviews suspicious watching",
    "finance": "Exports orders, refunds",
    "auditor": "Verifies hours for the certifying body",
    "records": "Declares hours to the certifying body",
    "administrator": "Memberships and certificates",
    "moderator": "Hides reviews",
    "support": "Answers enquiries",
}
GROUPS = {**ROLES, token_roles.SECOND_FACTOR: "Who signs in with a second factor since all else was ended: no role"}
TRIGGER_TIMEOUT = Duration.seconds(5)
"""As long as the user pool waits."""


class PlatformStack(StageStack):
    """Deployed first. It knows no service."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, stage, "Platform", "Xueshi: identities, event bus, alarms, secrets")
        self.tickets = None if stage.issuer else self._tickets()
        self.pool = None if stage.issuer else self._user_pool()
        self.client = self._client(self.pool) if self.pool else None
        self.bus = events.EventBus(self, "Bus", event_bus_name=stage.prefix, description="All services' events")
        self.topics = Topics(
            page=self._topic("AlarmTopic", "alarms", stage.alarms_to.page),
            ticket=self._topic("TicketTopic", "tickets", stage.alarms_to.ticket),
        )
        self.origin_secret = made_up_secret(
            self,
            "OriginSecret",
            name="origin",
            description="What only our distribution sends to the APIs",
            template={},
            key="current",
        )
        self.public_url = ssm.StringParameter(
            self,
            "PublicUrl",
            parameter_name=stage.parameter("public-url"),
            string_value="unset",
            description="Where people reach us; set by `python -m ops.public_url` once the distribution exists",
        )
        for name, value in {
            **self._where_people_sign_in(),
            "BusName": self.bus.event_bus_name,
            "AlarmTopicArn": self.topics.page.topic_arn,
            "OriginSecretArn": self.origin_secret.secret_arn,
        }.items():
            CfnOutput(self, name, value=value)

    def authorizer(self) -> apigateway.IHttpRouteAuthorizer:
        """Of an API: who makes the tokens that it takes, and for whom."""
        issuer = self.stage.issuer
        if issuer:
            return authorizers.HttpJwtAuthorizer(
                "Issuer", issuer.url, authorizer_name="issuer", jwt_audience=[issuer.audience]
            )
        assert self.pool and self.client  # noqa: S101, PT018 (for the type checker: one of the two is there)
        return authorizers.HttpUserPoolAuthorizer(
            "Cognito", self.pool, authorizer_name="cognito", user_pool_clients=[self.client]
        )

    def _where_people_sign_in(self) -> dict[str, str]:
        if self.stage.issuer:
            return {"IssuerUrl": self.stage.issuer.url, "IssuerClientId": self.stage.issuer.client_id}
        assert self.pool and self.client  # noqa: S101, PT018 (for the type checker: one of the two is there)
        return {"UserPoolId": self.pool.user_pool_id, "UserPoolClientId": self.client.user_pool_client_id}

    def _user_pool(self) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "UserPool",
            user_pool_name=self.stage.prefix,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            self_sign_up_enabled=True,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
            ),
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            deletion_protection=self.stage.protected,
            removal_policy=kept(self),
        )
        for rank, (name, description) in enumerate(GROUPS.items()):
            cognito.CfnUserPoolGroup(
                self,
                f"Group-{name}",
                user_pool_id=pool.user_pool_id,
                group_name=name,
                description=description,
                precedence=rank,
            )
        accept(
            pool,
            "COG2",
            "Learners choose. Of staff a pool cannot require it: tokens made without it carry no staff role.",
        )
        accept(pool, "COG8", "Threat protection needs the dearer plan; the pool's web ACL limits rates.")
        self._name_roles(pool)
        self._take_tickets(pool)
        self._send_mails(pool)
        guard_pool(self, pool)
        return pool

    def _send_mails(self, pool: cognito.UserPool) -> None:
        """From the stage's own domain, once its owner has proved it to SES: Cognito takes no other, and `make deploy`
        looks. Until then Cognito's own sender, which is for trials."""
        domain = self.stage.mail_domain
        if domain is None:
            return
        proven = CfnParameter(
            self,
            MAIL_PROVEN,
            default="false",
            allowed_values=["true", "false"],
            description="Whether SES may send for the mail domain: python -m ops.deploy looks",
        )
        condition = CfnCondition(self, "MailsFromOwnDomain", expression=Fn.condition_equals(proven, "true"))
        identity = self.format_arn(service="ses", resource="identity", resource_name=domain)
        own = {
            "EmailSendingAccount": "DEVELOPER",
            "From": f"Xueshi <accounts@{domain}>",
            "SourceArn": identity,
        }
        resource = pool.node.default_child
        assert isinstance(resource, cognito.CfnUserPool)  # noqa: S101 (for the type checker: it always is)
        usual = {"EmailSendingAccount": "COGNITO_DEFAULT"}
        resource.add_property_override("EmailConfiguration", {"Fn::If": [condition.logical_id, own, usual]})

    def _tickets(self) -> secretsmanager.Secret:
        """What credits' `access` function shows the pool that somebody was proven by, and the pool believes."""
        return made_up_secret(
            self, "Tickets", name="tickets", description="Signs tickets for the user pool", template={}, key="current"
        )

    def _take_tickets(self, pool: cognito.UserPool) -> None:
        """Who signs in by phone or WeChat answers the pool's challenge with a ticket."""
        assert self.tickets  # noqa: S101 (for the type checker: where a pool is, it is)
        environment = {"TICKETS_SECRET_ID": self.tickets.secret_arn}
        trigger = self._trigger("challenge", challenge, environment)
        allow(trigger, ["secretsmanager:GetSecretValue"], [self.tickets.secret_arn])
        for operation in (
            cognito.UserPoolOperation.DEFINE_AUTH_CHALLENGE,
            cognito.UserPoolOperation.CREATE_AUTH_CHALLENGE,
            cognito.UserPoolOperation.VERIFY_AUTH_CHALLENGE_RESPONSE,
        ):
            pool.add_trigger(operation, trigger)
        self._let_ask(trigger, "ChallengeReadsGroups", "cognito-idp:AdminListGroupsForUser", pool)

    def _name_roles(self, pool: cognito.UserPool) -> None:
        """Staff roles only after a second factor: what services read is what this trigger writes."""
        trigger = self._trigger("tokens", token_roles, {})
        pool.add_trigger(cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger, cognito.LambdaVersion.V2_0)
        self._let_ask(trigger, "TokensReadUsers", "cognito-idp:AdminGetUser", pool)

    def _trigger(self, kind: str, module: ModuleType, environment: Mapping[str, str]) -> ServiceFunction:
        """A function of the pool's, which is its own file."""
        code = Path(str(module.__file__)).read_text(encoding="utf-8")
        trigger = ServiceFunction(
            self,
            kind,
            Bundle("pool", lambda _: lambda_.Code.from_inline(code), []),
            memory_mib=self.stage.memory_mib.http,
            timeout=TRIGGER_TIMEOUT,
            environment=environment,
            handler="index.handler",
        )
        accept_no_queue(trigger, "The user pool calls it and waits: who signs in is told of a failure.")
        return trigger

    def _let_ask(self, trigger: ServiceFunction, id_: str, action: str, pool: cognito.UserPool) -> None:
        assert trigger.role is not None  # noqa: S101 (for the type checker: it always is)
        # A policy apart: the function's own would have to be there before it, and the pool, which it names, after it.
        reading = iam.PolicyStatement(actions=[action], resources=[pool.user_pool_arn])
        iam.Policy(self, id_, statements=[reading], roles=[trigger.role])

    def _client(self, pool: cognito.UserPool) -> cognito.UserPoolClient:
        return pool.add_client(
            "Client",
            user_pool_client_name="web",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True, custom=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=TOKENS_LIVE,
            id_token_validity=TOKENS_LIVE,
            refresh_token_validity=Duration.days(7),
        )

    def _topic(self, id_: str, name: str, told: Sequence[str]) -> sns.Topic:
        topic = sns.Topic(self, id_, topic_name=f"{self.stage.prefix}-{name}", enforce_ssl=True)
        for address in told:
            # Each has to be confirmed once, by a link that AWS mails.
            subscribed = topic.add_subscription(subscriptions.EmailSubscription(address))
            accept_serverless(subscribed, "SNSRedrivePolicy", "Nobody hears of that queue; CloudWatch keeps the alarm.")
        accept_check(topic, "CKV_AWS_26", "Alarms name functions and queues, and nobody.")
        # A topic with a policy of its own no longer admits CloudWatch by default.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return topic
