"""How the local edge reads a distribution."""

from typing import Any

from local.distribution import Chosen, Distribution, at_emulator, read_distribution
from tests.cloudfront import TemplatesCloudFront

ORIGINS = [
    {
        "Id": "api",
        "DomainName": "abc123.execute-api.us-east-1.amazonaws.com",
        "OriginCustomHeaders": [{"HeaderName": "X-Origin-Verify", "HeaderValue": "ours"}],
    },
    {"Id": "other", "DomainName": "https://def456.execute-api.us-east-1.amazonaws.com"},
    {"Id": "media", "DomainName": "m.s3.us-east-1.amazonaws.com"},
]
RULES = [
    {"PathPattern": "/v1/api/*", "TargetOriginId": "api", "AllowedMethods": ["GET", "POST"], "CachePolicyId": "Reads"},
    {"PathPattern": "v1/ot?er/*", "TargetOriginId": "other", "OriginRequestPolicyId": "all"},
    {"PathPattern": "/media/*", "TargetOriginId": "media", "TrustedKeyGroups": ["group"]},
]
READS = {
    "MinTTL": 0,
    "DefaultTTL": 5,
    "MaxTTL": 3600,
    "ParametersInCacheKeyAndForwardedToOrigin": {
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "allExcept", "QueryStrings": ["t"]},
    },
}


def read(**more: Any) -> Distribution:
    default = {"TargetOriginId": "media", "FunctionAssociations": [{"EventType": "viewer-request"}]}
    config = {"Origins": ORIGINS, "CacheBehaviors": RULES, "DefaultCacheBehavior": default, **more}
    resources = {
        "D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
        "Reads": {"Type": "AWS::CloudFront::CachePolicy", "Properties": {"CachePolicyConfig": READS}},
    }
    return read_distribution(TemplatesCloudFront({"Resources": resources}), "D")


def test_the_first_matching_behaviour_wins_and_the_default_takes_the_rest() -> None:
    found = read()
    assert found.behaviour("/v1/api/x/y").origin.api_id == "abc123"
    assert found.behaviour("/v1/other/x").origin.api_id == "def456"
    assert found.behaviour("/media/a.mp4").origin.bucket == "m"
    assert found.behaviour("/v1/apis").pattern == "*"
    assert found.behaviour("/v1/apis").pages
    assert not found.behaviour("/v1/api/x").pages


def test_methods_headers_and_key_groups_are_the_behaviours_own() -> None:
    found = read()
    assert found.behaviour("/v1/api/x").methods == {"GET", "POST"}
    assert found.behaviour("/media/x").methods == {"GET", "HEAD"}
    assert found.behaviour("/v1/api/x").origin.headers == (("x-origin-verify", "ours"),)
    assert found.behaviour("/media/x").key_groups == ("group",)
    assert found.behaviour("/v1/api/x").key_groups == ()


def test_policies_say_what_is_kept_for_whom_and_what_the_origin_sees() -> None:
    found = read(CustomErrorResponses=[{"ErrorCode": 503, "ErrorCachingMinTTL": 0}])
    policy = found.behaviour("/v1/api/x").cache
    assert (policy.min_s, policy.default_s, policy.max_s) == (0, 5, 3600)
    assert policy.key.headers == Chosen("whitelist", frozenset({"authorization"}))
    assert [policy.key.queries.takes(name) for name in ("q", "t")] == [True, False]
    assert not policy.key.cookies.takes("a")
    assert found.behaviour("/v1/other/x").cache.max_s == 0
    assert found.behaviour("/v1/other/x").forwards.cookies.takes("a")
    assert not found.behaviour("/media/x").forwards.headers.takes("authorization")
    assert found.errors_s == {503: 0}


def test_pages_may_connect_to_the_emulator_where_they_may_to_a_bucket() -> None:
    policy = "connect-src 'self' https://cognito-idp.x.amazonaws.com https://b-1.s3.amazonaws.com; img-src 'self'"
    served = at_emulator(policy, "http://127.0.0.1:4566")
    assert served == "connect-src 'self' https://cognito-idp.x.amazonaws.com http://127.0.0.1:4566; img-src 'self'"
