"""The one origin that clients know: the client itself, media, the log, and the four APIs under their paths."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from aws_cdk import Aws, CfnOutput, CfnParameter, CfnRule, Duration, Fn, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.capacity import capacity
from infra.constructs.review import accept
from infra.stacks.catalog import MEDIA_PREFIX, CatalogStack
from infra.stacks.finance import finance_bucket_name
from infra.stacks.platform import PlatformStack
from infra.stacks.playback import PlaybackStack
from infra.stacks.playback_log import LOG_PREFIX
from infra.stacks.service import ServiceStack

ORIGIN_HEADER = "x-origin-verify"
VERIFICATIONS_PER_5_MINUTES = 300
"""From one address: a personnel office with a pile of certificates, and nobody who tries names."""
CACHED_PATHS = ("/v1/catalog/search", "/v1/catalog/courses", "/v1/catalog/courses/*")
"""What everybody reads: the catalogue's public routes."""
CACHED_PARAMETERS = (
    "q", "credential", "hours_min", "hours_max", "free_to_members", "recommended", "category",
    "sort", "offset", "limit", "after",
)  # fmt: skip
"""Query parameters of those routes. Others reach the origin, which ignores them, and make no entry of their own."""
HTTPS_ONLY = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS


def _uploads() -> str:
    """Where finance's browser puts invoices, as botocore writes it into signed addresses."""
    return f"https://{finance_bucket_name()}.s3.amazonaws.com"


class EdgeStack(Stack):
    """CloudFront, its firewall, and the bucket of the client's files."""

    def __init__(
        self,
        scope: Construct,
        platform: PlatformStack,
        catalog: CatalogStack,
        playback: PlaybackStack,
        services: Sequence[ServiceStack],
    ) -> None:
        super().__init__(scope, "XueshiEdge", description="Xueshi: the one origin for clients")
        self._require_region()
        self.headers = self._security_headers()
        self.web = self._bucket("Web", f"xueshi-web-{Aws.ACCOUNT_ID}-{Aws.REGION}")
        apis = {stack.service: self._api_origin(stack, platform.origin_secret) for stack in services}
        # CloudFront takes the first pattern that fits.
        behaviors = {pattern: self._api_behavior(apis["catalog"], self._reads_policy) for pattern in CACHED_PATHS}
        behaviors |= {f"/v1/{service}/*": self._api_behavior(origin) for service, origin in apis.items()}
        behaviors[f"/{MEDIA_PREFIX}*"] = self._media_behavior(catalog)
        behaviors[f"/{LOG_PREFIX}*"] = self._log_behavior(playback)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Xueshi",
            default_behavior=self._web_behavior(),
            additional_behaviors=behaviors,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=self._firewall().attr_arn,
            enable_logging=True,
            log_bucket=self._log_bucket(),
        )
        accept(self.distribution, "CFR1", "Learners travel.")
        accept(self.distribution, "CFR4", "Without a domain of its own the distribution has CloudFront's certificate.")
        CfnOutput(self, "DistributionDomainName", value=self.distribution.distribution_domain_name)
        CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "WebBucketName", value=self.web.bucket_name)

    def _require_region(self) -> None:
        rule = CfnRule(self, "Region")
        rule.add_assertion(
            Fn.condition_equals(Aws.REGION, "us-east-1"),
            "CloudFront's firewall exists in us-east-1 only: deploy all stacks there.",
        )

    def _api_origin(self, stack: ServiceStack, origin_secret: secretsmanager.ISecret) -> origins.HttpOrigin:
        # A reference that CloudFormation resolves at each deployment: the value is in no template.
        proof = SecretValue.secrets_manager(origin_secret.secret_arn, json_field="current")
        return origins.HttpOrigin(
            f"{stack.api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={ORIGIN_HEADER: proof.unsafe_unwrap()},
        )

    def _api_behavior(
        self,
        origin: origins.HttpOrigin,
        cached: cloudfront.ICachePolicy = cloudfront.CachePolicy.CACHING_DISABLED,
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cached,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self.headers,
        )

    @cached_property
    def _reads_policy(self) -> cloudfront.CachePolicy:
        """As long as the answer's Cache-Control says, which is not at all where it says nothing or `no-store`.

        With the token in the key an answer made for somebody is never given to anybody else, whatever it says of
        itself; the client reads what is public without one.
        """
        return cloudfront.CachePolicy(
            self,
            "CatalogueReads",
            cache_policy_name="xueshi-catalogue-reads",
            comment="Xueshi: public reads of the catalogue",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.hours(1),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Authorization"),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(*CACHED_PARAMETERS),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _media_behavior(self, catalog: CatalogStack) -> cloudfront.BehaviorOptions:
        # Seen from here as a bucket made elsewhere, whose policy its own stack keeps.
        bucket = s3.Bucket.from_bucket_attributes(
            self,
            "Media",
            bucket_name=catalog.media.bucket_name,
            bucket_regional_domain_name=catalog.media.bucket_regional_domain_name,
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self.headers,
            trusted_key_groups=[self._media_keys()],
            compress=False,  # video is compressed already
        )

    def _log_behavior(self, playback: PlaybackStack) -> cloudfront.BehaviorOptions:
        """Open to everybody: each file says how long it may be kept, the checkpoint for seconds, tiles for ever."""
        bucket = s3.Bucket.from_bucket_attributes(
            self,
            "Log",
            bucket_name=playback.log.bucket.bucket_name,
            bucket_regional_domain_name=playback.log.bucket.bucket_regional_domain_name,
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self.headers,
            compress=False,  # hashes cannot be
        )

    def _media_keys(self) -> cloudfront.KeyGroup:
        """Whose signed cookies open media: playback's, which gives them to live sessions only."""
        parameter = CfnParameter(
            self,
            "MediaPublicKey",
            description="Public half of the key in xueshi-media-key, PEM: python -m ops.media_key",
        )
        key = cloudfront.CfnPublicKey(
            self,
            "MediaKey",
            public_key_config=cloudfront.CfnPublicKey.PublicKeyConfigProperty(
                caller_reference="xueshi-media", encoded_key=parameter.value_as_string, name="xueshi-media"
            ),
        )
        CfnOutput(self, "MediaKeyPairId", value=key.attr_id)
        imported = cloudfront.PublicKey.from_public_key_id(self, "MediaKeyId", key.attr_id)
        return cloudfront.KeyGroup(self, "MediaKeys", items=[imported], comment="Opens lectures to live sessions")

    def _web_behavior(self) -> cloudfront.BehaviorOptions:
        fallback = cloudfront.Function(
            self,
            "Pages",
            code=cloudfront.FunctionCode.from_inline(Path(__file__).with_name("spa.js").read_text(encoding="utf-8")),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            comment="Pages of the client that are no files",
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(self.web),
            viewer_protocol_policy=HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self.headers,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=fallback, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
        )

    def _security_headers(self) -> cloudfront.ResponseHeadersPolicy:
        content = "; ".join(
            [
                "default-src 'self'",
                f"connect-src 'self' https://cognito-idp.{Aws.REGION}.amazonaws.com {_uploads()}",
                "img-src 'self' data:",
                "media-src 'self' blob:",
                "worker-src 'self' blob:",
                "style-src 'self' 'unsafe-inline'",  # Vant sets styles on elements
                "object-src 'none'",
                "base-uri 'self'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ]
        )
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            comment="Xueshi: security headers",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=content, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(
                        header="permissions-policy", value="camera=(), geolocation=(), microphone=()", override=True
                    )
                ]
            ),
        )

    def _bucket(self, id_: str, name: str | None, *, for_logs: bool = False) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            id_,
            bucket_name=name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            # CloudFront's standard logs are delivered by ACL.
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED if for_logs else None,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))] if for_logs else None,
            removal_policy=RemovalPolicy.RETAIN,
        )
        accept(bucket, "S1", "Only the distribution reads or fills it, and that has access logs of its own.")
        return bucket

    def _log_bucket(self) -> s3.Bucket:
        return self._bucket("Logs", None, for_logs=True)

    def _firewall(self) -> waf.CfnWebACL:
        return waf.CfnWebACL(
            self,
            "Firewall",
            name="xueshi",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("xueshi"),
            rules=[
                _managed(0, "AWSManagedRulesAmazonIpReputationList"),
                # Handlers bound bodies themselves, and a published course is longer than this rule's 8 KB.
                _managed(1, "AWSManagedRulesCommonRuleSet", counted=["SizeRestrictions_BODY"]),
                _managed(2, "AWSManagedRulesKnownBadInputsRuleSet"),
                waf.CfnWebACL.RuleProperty(
                    name="rate",
                    priority=3,
                    action=waf.CfnWebACL.RuleActionProperty(block={}),
                    statement=waf.CfnWebACL.StatementProperty(
                        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="IP", limit=capacity().requests_of_one_address
                        )
                    ),
                    visibility_config=_visible("rate"),
                ),
                self._verification_rate(4),
            ],
        )

    def _verification_rate(self, priority: int) -> waf.CfnWebACL.RuleProperty:
        """So that nobody tries names against a certificate in bulk."""
        below = waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string="/v1/credits/verification/",
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
        return waf.CfnWebACL.RuleProperty(
            name="verification-rate",
            priority=priority,
            action=waf.CfnWebACL.RuleActionProperty(block={}),
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                    aggregate_key_type="IP",
                    limit=VERIFICATIONS_PER_5_MINUTES,
                    scope_down_statement=waf.CfnWebACL.StatementProperty(byte_match_statement=below),
                )
            ),
            visibility_config=_visible("verification-rate"),
        )


def _managed(priority: int, name: str, counted: Sequence[str] = ()) -> waf.CfnWebACL.RuleProperty:
    """A managed group that blocks, but only counts the rules named."""
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in counted
                ],
            )
        ),
        visibility_config=_visible(name),
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
