"""The one origin for clients."""

import json
from fnmatch import fnmatchcase
from importlib import import_module
from types import ModuleType

import pytest

from docs.generate import ROOT
from tests.templates import SERVICES, of_type, templates


@pytest.fixture
def edge() -> ModuleType:
    """The stack's module: not imported by this one, because CDK starts node, in every worker that collects tests."""
    return import_module("infra.stacks.edge")


def test_each_service_media_and_the_client_have_their_place(edge: ModuleType) -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    paths = [behavior["PathPattern"] for behavior in config["CacheBehaviors"]]
    assert paths == [*edge.CACHED_PATHS, *(f"/v1/{service}/*" for service in SERVICES), "/media/*", "/log/*"]
    assert config["WebACLId"]
    for behavior in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        assert behavior["ViewerProtocolPolicy"] in {"https-only", "redirect-to-https"}
        assert behavior["ResponseHeadersPolicyId"]


def test_apis_get_the_origin_header_as_a_reference_and_buckets_are_signed_for() -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    origins = distribution["DistributionConfig"]["Origins"]
    apis = [origin for origin in origins if "execute-api" in repr(origin["DomainName"])]
    assert len(apis) == len(SERVICES)
    for origin in apis:
        (header,) = origin["OriginCustomHeaders"]
        assert header["HeaderName"] == "x-origin-verify"
        assert "{{resolve:secretsmanager:" in repr(header["HeaderValue"])
        assert ":SecretString:current::}}" in repr(header["HeaderValue"])
    for origin in origins:
        assert origin in apis or origin["OriginAccessControlId"]


def test_the_archive_locks_what_is_put_into_it_for_five_years() -> None:
    buckets = of_type(templates()["XueshiPlayback"], "AWS::S3::Bucket").values()
    assert len(buckets) == 2, "evidence, and the log"
    for bucket in buckets:
        assert bucket["ObjectLockEnabled"]
        assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] >= 5 * 366
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_no_bucket_is_public() -> None:
    buckets = [b for template in templates().values() for b in of_type(template, "AWS::S3::Bucket").values()]
    assert buckets
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_every_public_read_of_the_catalogue_is_cached_by_all_its_parameters_and_by_who_asks(
    edge: ModuleType,
) -> None:
    (policy,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::CachePolicy").values()
    config = policy["CachePolicyConfig"]
    keys = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0)
    assert keys["HeadersConfig"]["Headers"] == ["Authorization"]
    assert set(keys["QueryStringsConfig"]["QueryStrings"]) == set(edge.CACHED_PARAMETERS)
    document = json.loads((ROOT / "docs/openapi/catalog.json").read_text())
    for path, methods in document["paths"].items():
        operation = methods.get("get", {})
        if operation and not operation.get("security"):
            assert any(fnmatchcase(path, pattern) for pattern in edge.CACHED_PATHS), path
            parameters = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
            assert parameters <= set(edge.CACHED_PARAMETERS), path


def test_finance_may_put_invoices_into_their_bucket_from_the_clients_pages() -> None:
    (policy,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    content = "".join(map(str, security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Join"][1]))
    assert "https://xueshi-finance-" in content
    (bucket,) = (
        found
        for found in of_type(templates()["XueshiOrders"], "AWS::S3::Bucket").values()
        if "xueshi-finance-" in repr(found["BucketName"])
    )
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["PUT"]
