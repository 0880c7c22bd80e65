"""The one origin that clients know: the client itself, media, the log, and the four APIs under their paths."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from aws_cdk import Aws, CfnCondition, CfnOutput, CfnParameter, Duration, Fn
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.review import accept, accept_check, accept_no_access_log
from infra.constructs.stage import MINIMUM_TLS, StageStack, kept
from infra.stacks.catalog import CatalogStack, media_bucket_name
from infra.stacks.credits_people import pictures_bucket_name
from infra.stacks.finance import finance_bucket_name
from infra.stacks.platform import PlatformStack
from infra.stacks.playback import PlaybackStack
from infra.stacks.playback_log import LOG_PREFIX
from infra.stacks.productions import MEDIA_PREFIX, PICTURES_PREFIX
from infra.stacks.service import ServiceStack
from infra.stages import EDGE_REGION, Stage

ORIGIN_HEADER = "x-origin-verify"
CACHED_PATHS = ("/v1/catalog/search", "/v1/catalog/completions", "/v1/catalog/courses", "/v1/catalog/courses/*")
"""What everybody reads: the catalogue's public routes."""
CACHED_PARAMETERS = (
    "q", "credential", "hours_min", "hours_max", "free_to_members", "recommended", "category",
    "sort", "offset", "limit", "after",
)  # fmt: skip
"""Query parameters of those routes. Others reach the origin, which ignores them, and make no entry of their own."""
HTTPS_ONLY = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
MEDIA_KEY_PLACES = {"": "", "2": "-2"}
"""Two public keys may open media at a time, while one takes the other's place: what ids and names of each end in."""
FAILURES = (500, 502, 503, 504)
"""CloudFront keeps these for ten seconds whatever an answer says of itself, and gives them to everybody who asks for
the same path: one learner's failure would be all learners'."""


def _uploads(stage: Stage) -> str:
    """Where browsers put invoices, pictures of certificates and recordings."""
    names = (finance_bucket_name(stage), pictures_bucket_name(stage), media_bucket_name(stage))
    return " ".join(_signed_address(stage, name) for name in names)


def _signed_address(stage: Stage, bucket: str) -> str:
    """Where a bucket is, as botocore writes it into signed addresses: us-east-1 has no region."""
    region = "" if stage.region == "us-east-1" else f".{stage.region}"
    return f"https://{bucket}.s3{region}.amazonaws.com"


class EdgeStack(StageStack):
    """CloudFront, and the bucket of the client's files. Its firewall has a stack of its own, in EDGE_REGION."""

    def __init__(
        self,
        scope: Construct,
        platform: PlatformStack,
        catalog: CatalogStack,
        playback: PlaybackStack,
        services: Sequence[ServiceStack],
    ) -> None:
        super().__init__(scope, platform.stage, "Edge", "Xueshi: the one origin for clients")
        self.headers = self._security_headers()
        self.web = self._bucket("Web", f"{self.stage.prefix}-web-{Aws.ACCOUNT_ID}-{Aws.REGION}")
        proof = self._origin_proof(platform.origin_secret)
        apis = {stack.service: self._api_origin(stack, proof) for stack in services}
        # CloudFront takes the first pattern that fits.
        behaviors = {pattern: self._api_behavior(apis["catalog"], self._reads_policy) for pattern in CACHED_PATHS}
        behaviors |= {f"/v1/{service}/*": self._api_behavior(origin) for service, origin in apis.items()}
        media = self._media_bucket(catalog)
        behaviors[f"/{MEDIA_PREFIX}*"] = self._media_behavior(media, [self._media_keys()])
        behaviors[f"/{PICTURES_PREFIX}*"] = self._media_behavior(media, None)
        behaviors[f"/{LOG_PREFIX}*"] = self._log_behavior(playback)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=self.stage.namespace,
            default_behavior=self._web_behavior(),
            additional_behaviors=behaviors,
            default_root_object="index.html",
            error_responses=[cloudfront.ErrorResponse(http_status=code, ttl=Duration.seconds(0)) for code in FAILURES],
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=self._firewall(),
            enable_logging=True,
            log_bucket=self._log_bucket(),
            **self._own_name(),
        )
        accept(self.distribution, "CFR1", "Learners travel.")
        if self.stage.domain is None:
            reason = "Without a domain of its own it has CloudFront's certificate."
            accept(self.distribution, "CFR4", reason)
            accept_check(self.distribution, "CKV_AWS_174", reason)
        CfnOutput(self, "DistributionDomainName", value=self.distribution.distribution_domain_name)
        CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "WebBucketName", value=self.web.bucket_name)

    def _own_name(self) -> dict[str, Any]:
        """Alias, certificate and TLS of the stage's own domain."""
        domain = self.stage.domain
        if domain is None:
            return {}
        return {
            "domain_names": [domain.name],
            "certificate": certificates.Certificate.from_certificate_arn(self, "Certificate", domain.certificate_arn),
            "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        }

    def _firewall(self) -> str:
        """A parameter, since the firewall may be in another region than this stack."""
        made_by = self.stage.stack("Firewall")
        return CfnParameter(self, "FirewallArn", description=f"Output of {made_by} in {EDGE_REGION}").value_as_string

    def _origin_proof(self, secret: secretsmanager.ISecret) -> str:
        """A reference that CloudFormation resolves: the value is in no template.

        It does so where the distribution changes only, so the secret's version is a parameter: another one is a change.
        """
        version = CfnParameter(self, "OriginVersion", description="Of the origin's secret, the version that is sent")
        parts = ["{{resolve:secretsmanager:", secret.secret_arn, ":SecretString:current::", version.value_as_string]
        return Fn.join("", [*parts, "}}"])

    def _api_origin(self, stack: ServiceStack, proof: str) -> origins.HttpOrigin:
        return origins.HttpOrigin(
            f"{stack.api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={ORIGIN_HEADER: proof},
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
            cache_policy_name=f"{self.stage.prefix}-catalogue-reads",
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

    def _media_bucket(self, catalog: CatalogStack) -> s3.IBucket:
        """Seen from here as a bucket made elsewhere, whose policy its own stack keeps."""
        return s3.Bucket.from_bucket_attributes(
            self,
            "Media",
            bucket_name=catalog.media.bucket_name,
            bucket_regional_domain_name=catalog.media.bucket_regional_domain_name,
        )

    def _media_behavior(
        self, bucket: s3.IBucket, opened_by: list[cloudfront.IKeyGroup] | None
    ) -> cloudfront.BehaviorOptions:
        """Lectures open by signed cookies; covers and portraits (None) to everybody."""
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self.headers,
            trusted_key_groups=opened_by,
            compress=False,  # video and pictures are compressed already
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
        keys = [self._media_key(ending, suffix) for ending, suffix in MEDIA_KEY_PLACES.items()]
        return cloudfront.KeyGroup(self, "MediaKeys", items=keys, comment="Opens lectures to live sessions")

    def _media_key(self, ending: str, suffix: str) -> cloudfront.IPublicKey:
        """A public key, where there is one: CloudFront changes none, so another one has the other place."""
        parameter = CfnParameter(
            self,
            f"MediaPublicKey{ending}",
            default="",
            description=f"Public half of a key in {self.stage.prefix}-media-key, PEM, or nothing: ops.media_key",
        )
        given = CfnCondition(
            self,
            f"MediaKeyGiven{ending}",
            expression=Fn.condition_not(Fn.condition_equals(parameter.value_as_string, "")),
        )
        name = f"{self.stage.prefix}-media{suffix}"
        key = cloudfront.CfnPublicKey(
            self,
            f"MediaKey{ending}",
            public_key_config=cloudfront.CfnPublicKey.PublicKeyConfigProperty(
                caller_reference=name, encoded_key=parameter.value_as_string, name=name
            ),
        )
        key.cfn_options.condition = given
        CfnOutput(self, f"MediaKeyPairId{ending}", value=key.attr_id, condition=given)
        there = Fn.condition_if(given.logical_id, key.attr_id, Aws.NO_VALUE).to_string()
        return cloudfront.PublicKey.from_public_key_id(self, f"MediaKeyId{ending}", there)

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
        in_the_making = _signed_address(self.stage, media_bucket_name(self.stage))
        content = "; ".join(
            [
                "default-src 'self'",
                f"connect-src 'self' {self._signing_in()} {_uploads(self.stage)}",
                # Of courses in the making editors see pictures and hear sound before any distribution serves them.
                f"img-src 'self' blob: data: {in_the_making}",
                f"media-src 'self' blob: {in_the_making}",
                "worker-src 'self' blob:",
                "manifest-src 'self'",
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

    def _signing_in(self) -> str:
        """Where the client asks for tokens."""
        issuer = self.stage.issuer
        return "/".join(issuer.url.split("/")[:3]) if issuer else f"https://cognito-idp.{Aws.REGION}.amazonaws.com"

    def _bucket(self, id_: str, name: str | None, *, for_logs: bool = False) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            id_,
            bucket_name=name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=MINIMUM_TLS,
            # CloudFront's standard logs are delivered by ACL.
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED if for_logs else None,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))] if for_logs else None,
            removal_policy=kept(self),
        )
        accept_no_access_log(bucket, "Only the distribution reads or fills it, and that has access logs of its own.")
        accept_check(bucket, "CKV_AWS_21", "Its files are built again from a release, or are logs that nobody changes.")
        return bucket

    def _log_bucket(self) -> s3.Bucket:
        return self._bucket("Logs", None, for_logs=True)
