"""The firewall in front of the distribution: in EDGE_REGION, wherever everything else is."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from aws_cdk import CfnOutput
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra import capacity
from infra.constructs.review import accept_check
from infra.constructs.stage import StageStack
from infra.stages import EDGE_REGION, Stage

CALLBACKS = "/v1/orders/payment-callbacks/"
"""Where payment providers notify us."""
CALLBACKS_PER_5_MINUTES = 10_000
"""From one address: a provider has few, and sends some again; more than any sale of courses brings."""
RECOVERY = "/v1/credits/access/recovery"
RECOVERIES_PER_5_MINUTES = 30
"""From one address: a lost device is rare, and it takes a password."""
IDENTITIES = "/v1/credits/identities/"
PROOFS_PER_5_MINUTES = 300
"""From one address: a training room that signs in by phone together, with a second try each, and nobody who tries
codes or has messages sent all day. Credits counts by number, device and address besides."""
VERIFICATION = "/v1/credits/verification/"
CHECKS_OF_ONE_PER_5_MINUTES = 60
"""Of one certificate from one address: somebody who types, and nobody who tries names."""
CHECKS_PER_5_MINUTES = 3_000
"""From one address: personnel offices with piles of certificates behind a shared one, and nobody who tries codes."""

POOL_LIMITS = {
    "mails": (100, ["ForgotPassword", "ResendConfirmationCode", "SignUp"]),
    "codes": (300, ["ConfirmForgotPassword", "ConfirmSignUp", "RespondToAuthChallenge", "VerifySoftwareToken"]),
}
"""Calls of the user pool from one address in five minutes, by what they ask for: a training room registers together,
and nobody has mails sent or tries codes all day."""
POOL_ACTION = "AWSCognitoIdentityProviderService."

Statement: TypeAlias = waf.CfnWebACL.StatementProperty
Action: TypeAlias = waf.CfnWebACL.RuleActionProperty
Rate = waf.CfnWebACL.RateBasedStatementProperty
Key: TypeAlias = waf.CfnWebACL.RateBasedStatementCustomKeyProperty
AS_IT_IS = [waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")]
IP = Key(ip={})
PATH = Key(uri_path=waf.CfnWebACL.RateLimitUriPathProperty(text_transformations=AS_IT_IS))
TOKEN = Key(header=waf.CfnWebACL.RateLimitHeaderProperty(name="authorization", text_transformations=AS_IT_IS))
Rule = dict[str, Any]
"""A rule's members without its priority, which is its place."""


class FirewallStack(StageStack):
    """A web ACL; its first rule that fits decides.

    An address stands for many learners where carriers share theirs out. So what is signed in is counted by address and
    token, an address as a whole has a limit that follows from the stage's learners, and the list of addresses with a
    bad name only counts: behind one of those are our learners too.
    """

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, stage, "Firewall", "Xueshi: the distribution's firewall", region=EDGE_REGION)
        rules = [
            # Providers' requests are no browser's, and must not depend on what managed rules make of them. Each proves
            # itself by its signature.
            _limit("callback-rate", CALLBACKS_PER_5_MINUTES, below=CALLBACKS),
            _rule("callbacks", Action(allow={}), _below(CALLBACKS)),
            _limit("verification-of-one", CHECKS_OF_ONE_PER_5_MINUTES, [IP, PATH], below=VERIFICATION),
            _limit("verification-rate", CHECKS_PER_5_MINUTES, below=VERIFICATION),
            _limit("identity-rate", PROOFS_PER_5_MINUTES, below=IDENTITIES),
            _limit("recovery-rate", RECOVERIES_PER_5_MINUTES, below=RECOVERY),
            _limit("token-rate", capacity.requests_per_token(), [IP, TOKEN]),
            _limit("address-rate", capacity.requests_per_address(stage)),
            _managed("AWSManagedRulesAmazonIpReputationList", only_counts=True),
            # Handlers bound bodies themselves, and a published course is longer than this rule's 8 KB.
            _managed("AWSManagedRulesCommonRuleSet", counted=["SizeRestrictions_BODY"]),
            _managed("AWSManagedRulesKnownBadInputsRuleSet"),
        ]
        acl = waf.CfnWebACL(
            self,
            "Firewall",
            name=f"{stage.prefix}-edge",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(stage.prefix),
            rules=[waf.CfnWebACL.RuleProperty(priority=place, **rule) for place, rule in enumerate(rules)],
        )
        CfnOutput(self, "FirewallArn", value=acl.attr_arn)


def guard_pool(stack: StageStack, pool: cognito.UserPool) -> None:
    """The user pool's own web ACL: browsers call it past the distribution.

    How often one account may be tried is the pool's own to say; here it is how often one address may try many.
    """
    name = f"{stack.stage.prefix}-pool"
    every = _limit("address-rate", capacity.sign_ins_per_address(stack.stage))
    rules = [
        every,
        *(_limit(f"{kind}-rate", limit, within=_asks_for(actions)) for kind, (limit, actions) in POOL_LIMITS.items()),
    ]
    acl = waf.CfnWebACL(
        stack,
        "PoolFirewall",
        name=name,
        scope="REGIONAL",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_visible(name),
        rules=[waf.CfnWebACL.RuleProperty(priority=place, **rule) for place, rule in enumerate(rules)],
    )
    accept_check(acl, "CKV_AWS_192", "Only Cognito stands behind it, and no program that logs by Log4j.")
    waf.CfnWebACLAssociation(stack, "PoolFirewallOfPool", resource_arn=pool.user_pool_arn, web_acl_arn=acl.attr_arn)


def _asks_for(actions: Sequence[str]) -> Statement:
    """One of these calls of the user pool, which its target header names."""
    either = [
        Statement(
            byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
                field_to_match=waf.CfnWebACL.FieldToMatchProperty(single_header={"Name": "x-amz-target"}),
                positional_constraint="EXACTLY",
                search_string=f"{POOL_ACTION}{action}",
                text_transformations=AS_IT_IS,
            )
        )
        for action in actions
    ]
    return Statement(or_statement=waf.CfnWebACL.OrStatementProperty(statements=either))


def _rule(name: str, action: Action, statement: Statement) -> Rule:
    return {"name": name, "action": action, "statement": statement, "visibility_config": _visible(name)}


def _limit(
    name: str, limit: int, keys: Sequence[Key] = (), below: str | None = None, within: Statement | None = None
) -> Rule:
    """Blocks what comes more often than `limit` in five minutes, counted by address or by these keys together.

    A request without one of the keys, such as one without a token, is not counted.
    """
    rate = Rate(
        limit=limit,
        evaluation_window_sec=capacity.WINDOW_S,
        aggregate_key_type="CUSTOM_KEYS" if keys else "IP",
        custom_keys=list(keys) or None,
        scope_down_statement=_below(below) if below else within,
    )
    return _rule(name, Action(block={}), Statement(rate_based_statement=rate))


def _below(path: str) -> Statement:
    match = waf.CfnWebACL.ByteMatchStatementProperty(
        field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
        positional_constraint="STARTS_WITH",
        search_string=path,
        text_transformations=AS_IT_IS,
    )
    return Statement(byte_match_statement=match)


def _managed(name: str, counted: Sequence[str] = (), *, only_counts: bool = False) -> Rule:
    """A managed group that blocks, but only counts the rules named, or all."""
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS",
        name=name,
        rule_action_overrides=[
            waf.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=Action(count={})) for rule in counted
        ],
    )
    override: dict[str, Any] = {"count": {}} if only_counts else {"none": {}}
    return {
        "name": name,
        "override_action": waf.CfnWebACL.OverrideActionProperty(**override),
        "statement": Statement(managed_rule_group_statement=group),
        "visibility_config": _visible(name),
    }


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
