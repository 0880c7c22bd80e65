"""The one origin for clients."""

from tests.templates import SERVICES, of_type, templates


def test_each_service_media_and_the_client_have_their_place() -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    paths = [behavior["PathPattern"] for behavior in config["CacheBehaviors"]]
    assert paths == [*(f"/v1/{service}/*" for service in SERVICES), "/media/*"]
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
    (evidence,) = of_type(templates()["XueshiPlayback"], "AWS::S3::Bucket").values()
    assert evidence["ObjectLockEnabled"]
    assert evidence["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] >= 5 * 366
    assert evidence["VersioningConfiguration"] == {"Status": "Enabled"}


def test_no_bucket_is_public() -> None:
    buckets = [b for template in templates().values() for b in of_type(template, "AWS::S3::Bucket").values()]
    assert buckets
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
