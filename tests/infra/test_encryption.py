"""What is encrypted on its way and where it lies."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.templates import SERVICES, Template, data_key, of_type, service_template, templates

POLICIES = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
"""What has a policy: the policy's type, and the member that says whose it is."""
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
OLD = {"NumericLessThan": {"s3:TlsVersion": 1.2}}


@pytest.mark.parametrize("kind", POLICIES)
def test_nothing_is_reached_unencrypted(kind: str) -> None:
    reached = [(template, name) for template in templates().values() for name in of_type(template, kind)]
    assert reached
    for template, name in reached:
        assert INSECURE in list(_refused(template, kind, name)), name


def test_buckets_refuse_old_tls() -> None:
    for template in templates().values():
        for name in of_type(template, "AWS::S3::Bucket"):
            assert OLD in list(_refused(template, "AWS::S3::Bucket", name)), name


def test_the_distribution_reaches_the_apis_with_tls_1_2_only() -> None:
    (distribution,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    custom = [
        o["CustomOriginConfig"] for o in distribution["DistributionConfig"]["Origins"] if "CustomOriginConfig" in o
    ]
    assert custom
    assert all((o["OriginProtocolPolicy"], o["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"]) for o in custom)


PUBLIC = {"catalog": ["xueshi-media-"], "playback": ["xueshi-log-"]}
"""Buckets that hold nothing of persons: lectures, and the log, which everybody reads."""


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_about_persons_is_encrypted_with_the_services_own_key(service: str) -> None:
    template = service_template(service)
    own = {"Fn::GetAtt": [data_key(template), "Arn"]}
    tables = of_type(template, "AWS::DynamoDB::Table").values()
    assert [t["SSESpecification"] for t in tables] == [
        {"KMSMasterKeyId": own, "SSEEnabled": True, "SSEType": "KMS"}
    ] * 2
    for queue in of_type(template, "AWS::SQS::Queue").values():
        assert queue["KmsMasterKeyId"] == own
    functions = of_type(template, "AWS::Lambda::Function").values()
    for group in (of_type(template, "AWS::Logs::LogGroup")[f["LoggingConfig"]["LogGroup"]["Ref"]] for f in functions):
        assert group["KmsKeyId"] == own
    public = [name for bucket in of_type(template, "AWS::S3::Bucket").values() for name in _unless(bucket, own)]
    assert [name in names for name, names in zip(PUBLIC.get(service, []), public, strict=True)] == [True] * len(public)


@pytest.mark.parametrize("service", SERVICES)
def test_the_key_changes_every_year_and_other_services_use_it_for_the_stage_alone(service: str) -> None:
    template = service_template(service)
    key = of_type(template, "AWS::KMS::Key")[data_key(template)]
    account, *others = key["KeyPolicy"]["Statement"]
    assert "root" in repr(account["Principal"])
    for statement in others:
        assert set(statement["Action"]) <= {"kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"}
        (condition,) = statement["Condition"]["ArnLike"].values()
        assert "/xueshi/*" in repr(condition)
    assert ["events" in repr(s["Principal"]) or "logs" in repr(s["Principal"]) for s in others] == [True, True]


@pytest.mark.parametrize("service", SERVICES)
def test_roles_use_the_key_only_through_a_service_that_they_use(service: str) -> None:
    template = service_template(service)
    key = {"Fn::GetAtt": [data_key(template), "Arn"]}
    for policy in of_type(template, "AWS::IAM::Policy").values():
        statements = policy["PolicyDocument"]["Statement"]
        actions = {action.partition(":")[0] for s in statements for action in _several(s["Action"])}
        for statement in statements:
            if key in _several(statement["Resource"]):
                (through,) = statement["Condition"]["StringEquals"].values()
                assert repr(through["Fn::Join"][1][0]).strip("'.") in actions


def _unless(bucket: dict[str, Any], key: Any) -> Iterator[str]:
    """The bucket's name, unless it is encrypted with that key, for which S3 asks seldom."""
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    if rule["ServerSideEncryptionByDefault"] != {"KMSMasterKeyID": key, "SSEAlgorithm": "aws:kms"}:
        yield repr(bucket["BucketName"])
    else:
        assert rule["BucketKeyEnabled"]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _refused(template: Template, kind: str, name: str) -> Iterator[Any]:
    """The conditions under which everybody is refused everything."""
    policy, member = POLICIES[kind]
    for properties in of_type(template, policy).values():
        if {"Ref": name} in _several(properties[member]):
            for statement in properties["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Deny" and statement["Principal"] in ("*", {"AWS": "*"}):
                    yield statement["Condition"]
