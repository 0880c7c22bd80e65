"""The one origin for clients."""

import json
from fnmatch import fnmatchcase
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from docs.generate import ROOT
from infra import capacity
from infra.stages import LOCAL, stage
from local.edge_cache import ALWAYS_KEPT, MAY_REFUSE
from ops.media_key import PLACES, parameter
from tests.templates import SERVICES, of_type, service_template, templates

TAKEN = {"receive_alipay_notification", "receive_wechat_notification"}
"""Operations that payment providers call."""


@pytest.fixture
def edge() -> ModuleType:
    """The stack's module: not imported by this one, because CDK starts node, in every worker that collects tests."""
    return import_module("infra.stacks.edge")


def test_each_service_media_and_the_client_have_their_place(edge: ModuleType) -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    paths = [behavior["PathPattern"] for behavior in config["CacheBehaviors"]]
    assert paths == [
        *edge.CACHED_PATHS,
        *(f"/v1/{service}/*" for service in SERVICES),
        "/media/*",
        "/pictures/*",
        "/log/*",
    ]
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
        # Without its version CloudFormation would see no change in another value, and keep the old one for ever.
        parts = header["HeaderValue"]["Fn::Join"][1]
        assert parts[0] == "{{resolve:secretsmanager:"
        assert parts[2:] == [":SecretString:current::", {"Ref": "OriginVersion"}, "}}"]
    for origin in origins:
        assert origin in apis or origin["OriginAccessControlId"]


def test_failures_are_kept_for_nobody() -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    kept = {e["ErrorCode"]: e["ErrorCachingMinTTL"] for e in distribution["DistributionConfig"]["CustomErrorResponses"]}
    # The others that CloudFront keeps by itself are not kept where an answer says `no-store`, as all of ours do.
    assert kept == dict.fromkeys(ALWAYS_KEPT - MAY_REFUSE, 0)


def test_two_keys_may_open_media_while_one_takes_the_others_place() -> None:
    template = templates()["XueshiEdge"]
    (group,) = of_type(template, "AWS::CloudFront::KeyGroup").values()
    assert len(of_type(template, "AWS::CloudFront::PublicKey")) == len(PLACES)
    for place in PLACES:
        key = template["Resources"][f"MediaKey{place}"]
        assert key["Condition"] == f"MediaKeyGiven{place}"
        assert key["Properties"]["PublicKeyConfig"]["EncodedKey"] == {"Ref": parameter(place)}
        there = {"Fn::If": [key["Condition"], {"Fn::GetAtt": [f"MediaKey{place}", "Id"]}, {"Ref": "AWS::NoValue"}]}
        assert there in group["KeyGroupConfig"]["Items"]
        assert template["Outputs"][f"MediaKeyPairId{place}"]["Condition"] == key["Condition"]


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


def test_invoices_and_pictures_may_be_sent_into_their_buckets_from_the_clients_pages() -> None:
    (policy,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    content = "".join(map(str, security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Join"][1]))
    assert "https://xueshi-finance-" in content
    assert "https://xueshi-pictures-" in content
    (bucket,) = (
        found
        for found in of_type(templates()["XueshiOrders"], "AWS::S3::Bucket").values()
        if "xueshi-finance-" in repr(found["BucketName"])
    )
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["PUT"]


def test_a_payment_providers_callback_passes_by_a_rule_of_its_own_before_any_managed_one() -> None:
    rules = firewall_rules()
    names = list(rules)
    callbacks = rules["callbacks"]
    assert callbacks["Action"] == {"Allow": {}}
    assert callbacks["Statement"]["ByteMatchStatement"]["PositionalConstraint"] == "STARTS_WITH"
    prefix = callbacks["Statement"]["ByteMatchStatement"]["SearchString"]
    document = json.loads((ROOT / "docs/openapi/orders.json").read_text())
    taken = {path for path, methods in document["paths"].items() if methods.get("post", {}).get("operationId") in TAKEN}
    assert len(taken) == len(TAKEN)
    assert all(path.startswith(prefix) for path in taken)
    assert all(names.index("callbacks") < names.index(name) for name in names if name.startswith("AWSManaged"))
    assert names.index("callbacks") < names.index("address-rate")
    assert names.index("callback-rate") < names.index("callbacks"), "a flood of them is still refused"


def test_addresses_that_many_share_are_not_taken_for_one_visitor() -> None:
    rules, local = firewall_rules(), stage(LOCAL)
    by_address = rules["address-rate"]["Statement"]["RateBasedStatement"]
    by_token = rules["token-rate"]["Statement"]["RateBasedStatement"]
    assert (by_address["AggregateKeyType"], by_address["Limit"]) == ("IP", capacity.requests_per_address(local))
    assert by_token["Limit"] == capacity.requests_per_token()
    assert [next(iter(key)) for key in by_token["CustomKeys"]] == ["IP", "Header"]
    assert by_token["CustomKeys"][1]["Header"]["Name"] == "authorization"
    assert by_token["Limit"] < by_address["Limit"]
    assert rules["AWSManagedRulesAmazonIpReputationList"]["OverrideAction"] == {"Count": {}}


def test_nobody_tries_names_against_a_certificate() -> None:
    rules = firewall_rules()
    one = rules["verification-of-one"]["Statement"]["RateBasedStatement"]
    assert [next(iter(key)) for key in one["CustomKeys"]] == ["IP", "UriPath"]
    for name in ("verification-of-one", "verification-rate"):
        counted = rules[name]["Statement"]["RateBasedStatement"]
        assert counted["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"] == "/v1/credits/verification/"
        assert rules[name]["Action"] == {"Block": {}}


def test_the_distribution_has_the_firewall_that_is_in_its_region() -> None:
    (acl,) = of_type(templates()["XueshiFirewall"], "AWS::WAFv2::WebACL").values()
    assert acl["Scope"] == "CLOUDFRONT"
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    assert distribution["DistributionConfig"]["WebACLId"] == {"Ref": "FirewallArn"}


def firewall_rules() -> dict[str, dict[str, Any]]:
    """The rules by name, in their order."""
    (acl,) = of_type(templates()["XueshiFirewall"], "AWS::WAFv2::WebACL").values()
    assert [rule["Priority"] for rule in acl["Rules"]] == list(range(len(acl["Rules"])))
    return {rule["Name"]: rule for rule in acl["Rules"]}


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_api_takes_follows_from_the_stages_learners(service: str) -> None:
    (made,) = of_type(service_template(service), "AWS::ApiGatewayV2::Stage").values()
    limit = capacity.throttle(stage(LOCAL), service)
    settings = made["DefaultRouteSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (limit.rate, limit.burst)


def test_the_beats_function_has_instances_of_its_own() -> None:
    document = json.loads((ROOT / "docs/openapi/playback.json").read_text())
    kind = document["paths"]["/v1/playback/beats"]["post"].get("x-function", "http")
    (function,) = (
        f
        for f in of_type(service_template("playback"), "AWS::Lambda::Function").values()
        if f["Handler"] == f"services.playback.handlers.{kind}.handler"
    )
    assert function["ReservedConcurrentExecutions"] == capacity.beats_at_once(stage(LOCAL))


def test_no_queue_takes_more_than_its_share() -> None:
    queues = [
        mapping
        for service in SERVICES
        for mapping in of_type(service_template(service), "AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" not in mapping
    ]
    assert queues
    for mapping in queues:
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": stage(LOCAL).consumers_at_once}


def test_the_user_pool_has_a_firewall_of_its_own_that_a_shared_address_survives() -> None:
    platform = templates()["XueshiPlatform"]
    ((name, acl),) = of_type(platform, "AWS::WAFv2::WebACL").items()
    assert acl["Scope"] == "REGIONAL"
    (tied,) = of_type(platform, "AWS::WAFv2::WebACLAssociation").values()
    (pool,) = of_type(platform, "AWS::Cognito::UserPool")
    assert tied == {
        "ResourceArn": {"Fn::GetAtt": [pool, "Arn"]},
        "WebACLArn": {"Fn::GetAtt": [name, "Arn"]},
    }
    rates = {rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"]}
    assert all(rule["Action"] == {"Block": {}} for rule in acl["Rules"])
    assert rates["address-rate"]["Limit"] == capacity.sign_ins_per_address(stage(LOCAL))
    assert "ScopeDownStatement" not in rates["address-rate"]
    counted = {
        kind: {
            part["ByteMatchStatement"]["SearchString"]
            for part in rates[f"{kind}-rate"]["ScopeDownStatement"]["OrStatement"]["Statements"]
        }
        for kind in ("mails", "codes")
    }
    target = "AWSCognitoIdentityProviderService"
    assert {f"{target}.ForgotPassword", f"{target}.SignUp"} <= counted["mails"]
    assert f"{target}.RespondToAuthChallenge" in counted["codes"]
    assert rates["mails-rate"]["Limit"] < rates["codes-rate"]["Limit"] < rates["address-rate"]["Limit"]


def test_recovering_an_account_is_limited_by_address() -> None:
    rate = firewall_rules()["recovery-rate"]
    limited = rate["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"]
    document = json.loads((ROOT / "docs/openapi/credits.json").read_text())
    assert limited in document["paths"]
    assert rate["Action"] == {"Block": {}}
