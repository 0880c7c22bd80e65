"""How the local edge reads a distribution."""

from typing import Any

import pytest

from local.distribution import OWN, at_emulator, read_distribution

API = {"Fn::Join": ["", [{"Fn::ImportValue": "Api"}, ".execute-api.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
ENDPOINT = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::ImportValue": "Endpoint"}]}]}
EXPORTS = {
    "Api": "abc123",
    "Endpoint": "https://def456.execute-api.us-east-1.amazonaws.com",
    "Media": "m.s3.us-east-1.x",
}


def template(**origin: Any) -> dict[str, Any]:
    origins = [
        {"Id": "api", "DomainName": API, **origin},
        {"Id": "other", "DomainName": ENDPOINT},
        {"Id": "media", "DomainName": {"Fn::ImportValue": "Media"}},
        {"Id": "web", "DomainName": {"Fn::GetAtt": ["Web", "RegionalDomainName"]}},
    ]
    config = {
        "Origins": origins,
        "CacheBehaviors": [
            {"PathPattern": "/v1/api/*", "TargetOriginId": "api", "AllowedMethods": ["GET", "POST"]},
            {"PathPattern": "v1/ot?er/*", "TargetOriginId": "other"},
            {"PathPattern": "/media/*", "TargetOriginId": "media"},
        ],
        "DefaultCacheBehavior": {"TargetOriginId": "web"},
    }
    distribution = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}
    return {"Resources": {"D": distribution}}


def test_the_first_matching_behaviour_wins_and_the_default_takes_the_rest() -> None:
    read = read_distribution(template(), EXPORTS)
    assert read.behaviour("/v1/api/x/y").origin.api_id == "abc123"
    assert read.behaviour("/v1/other/x").origin.api_id == "def456"
    assert read.behaviour("/media/a.mp4").origin.bucket == "m"
    default = read.behaviour("/v1/apis")
    assert default.origin.domain == f"{OWN}Web"
    assert default.origin.api_id is None
    assert default.origin.bucket is None


def test_a_deployed_distribution_serves_from_its_own_bucket_in_its_region() -> None:
    read = read_distribution(template(), EXPORTS, "ap-southeast-1", {"Web": "xueshi-web"})
    default = read.behaviour("/hours")
    assert default.origin.domain == "xueshi-web.s3.ap-southeast-1.amazonaws.com"
    assert default.origin.bucket == "xueshi-web"
    assert read.behaviour("/v1/api/x").origin.domain == "abc123.execute-api.ap-southeast-1.amazonaws.com"
    assert not default.pages
    changed = template()
    config = changed["Resources"]["D"]["Properties"]["DistributionConfig"]
    config["DefaultCacheBehavior"]["FunctionAssociations"] = [{"EventType": "viewer-request"}]
    assert read_distribution(changed, EXPORTS).behaviour("/hours").pages


def test_methods_are_the_behaviours_own() -> None:
    read = read_distribution(template(), EXPORTS)
    assert read.behaviour("/v1/api/x").methods == {"GET", "POST"}
    assert read.behaviour("/media/x").methods == {"GET", "HEAD"}


def test_origin_headers_keep_their_dynamic_reference() -> None:
    value = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Fn::ImportValue": "Api"}, ":SecretString:current::}}"]]}
    read = read_distribution(template(OriginCustomHeaders=[{"HeaderName": "X-Origin", "HeaderValue": value}]), EXPORTS)
    assert read.behaviour("/v1/api/x").origin.headers == (
        ("x-origin", "{{resolve:secretsmanager:abc123:SecretString:current::}}"),
    )


def test_an_import_that_nobody_exports_is_refused() -> None:
    with pytest.raises(ValueError, match="no deployed stack exports"):
        read_distribution(template(), {})


def test_pages_may_connect_to_the_emulator_where_they_may_to_a_bucket() -> None:
    policy = "connect-src 'self' https://cognito-idp.x.amazonaws.com https://b-1.s3.amazonaws.com; img-src 'self'"
    served = at_emulator(policy, "http://127.0.0.1:4566")
    assert served == "connect-src 'self' https://cognito-idp.x.amazonaws.com http://127.0.0.1:4566; img-src 'self'"
